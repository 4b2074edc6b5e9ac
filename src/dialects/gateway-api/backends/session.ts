import type { Exchange } from '../../../engine/exchange.ts';
import type { DestinationKind, StepKind } from '../../../engine/kit.ts';
import { slot } from '../../../engine/slot.ts';
import { parseCookies } from '../../../http/cookies.ts';
import type { When } from '../match.ts';
import { cookiePath } from './cookie-path.ts';
import type { SessionOptions } from './read-session.ts';
import { isLive, parseToken, writeToken, type SessionToken } from './session-token.ts';

/** Of one request. */
interface Session {
  /** What the client has shown. */
  readonly shown: SessionToken | undefined;
  /** By the list that it was chosen from: of several tries the last one counts. */
  readonly picks: Map<readonly unknown[], string>;
}
const session = slot<Session>('gateway-api session');

/** What the session of a request has chosen among these before, else what is next. `ids`: null where a choice cannot be kept. */
export function choose(exchange: Exchange, ids: readonly (string | null)[] | undefined, next: () => number): number {
  const current = ids === undefined ? undefined : exchange.read(session);
  if (current === undefined || ids === undefined) return next();
  const kept = ids.findIndex((id) => id !== null && current.shown?.picks.includes(id) === true);
  const at = kept < 0 ? next() : kept;
  const id = ids[at] ?? null;
  if (id !== null) current.picks.set(ids, id);
  return at;
}

/** Finds the session of a request, for the choices below it. */
export const sessionBackend: DestinationKind<SessionOptions> = {
  kind: 'gateway-api/session',
  create(options, { clock, linkDestination }, { children }) {
    const open = linkDestination(children[0] as (typeof children)[number]);
    return (exchange) => {
      const now = (exchange.clock ?? clock).now();
      const shown = tokensIn(exchange, options)
        .flatMap((text) => parseToken(text) ?? [])
        .find((one) => isLive(one, now, options));
      exchange.write(session, { shown, picks: new Map() });
      return open(exchange);
    };
  },
};

/** A client may have several cookies of one name, for several paths. */
function tokensIn({ arrived: { headers } }: Exchange, { type, name }: SessionOptions): string[] {
  if (type === 'Header') return headers.getAll(name.toLowerCase());
  return parseCookies(headers.getAll('cookie')).flatMap(([one, value]) => (one === name ? [value] : []));
}

/** Gives the client the token of a new session, and of one that would end if it were idle. */
export const sessionToken: StepKind<SessionOptions> = {
  kind: 'gateway-api/session-token',
  create(options, { clock }) {
    const { type, name, idleMs } = options;
    return (exchange) => {
      const current = exchange.read(session);
      const response = exchange.response;
      if (current === undefined || response === null || exchange.fault !== null || current.picks.size === 0) return undefined;
      const { shown } = current;
      const picks = [...current.picks.values()];
      const stays = shown !== undefined && shown.picks.join() === picks.join();
      if (stays && idleMs === undefined) return undefined;
      const now = (exchange.clock ?? clock).now();
      const createdAt = stays ? shown.createdAt : now;
      const text = writeToken({ picks, createdAt, usedAt: now });
      if (type === 'Header') response.headers.set(name, text);
      else response.headers.append('Set-Cookie', [`${name}=${text}`, ...attributes(exchange, options, now - createdAt)].join('; '));
      return undefined;
    };
  },
};

/** The safe ones, as GEP-1619 asks; `Secure` would keep the cookie from coming back over HTTP. */
function attributes({ route, connection }: Exchange, { onPath, permanent, absoluteMs }: SessionOptions, ageMs: number): string[] {
  const path = onPath && route !== null ? [`Path=${cookiePath((route.when as When).path)}`] : [];
  const age = permanent && absoluteMs !== undefined ? [`Max-Age=${Math.ceil((absoluteMs - ageMs) / 1000)}`] : [];
  return [...path, ...age, 'HttpOnly', ...(connection.secure ? ['Secure'] : []), 'SameSite=Strict'];
}
