import { randomBytes } from 'node:crypto';
import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';
import { cookieOf } from '../../../http/cookies.ts';
import { newSessionId, seal, sealingKey, unseal, type SessionData, type SessionState } from './session-cookie.ts';
import type { CookieKind, Session, Tellable } from './session-settings.ts';

/** The session of one exchange and the cookies that its client is to be given. */
export interface OpenSession {
  state: SessionState | null;
  readonly cookies: Map<string, string>;
  fields: readonly string[];
}

const touchSeconds = 60;
const past = '; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0';

/** Opens, renews and ends sessions (lua-resty-session 4, session.lua). */
export class SessionJar {
  readonly #options: Session;
  readonly #deps: Deps;
  readonly #key: Buffer;

  constructor(options: Session, deps: Deps) {
    this.#options = options;
    this.#deps = deps;
    // Made up once for all scopes, so that both phases of the plugin know it.
    const madeUp = (key: string): Buffer => deps.memory.get(key, () => randomBytes(32));
    this.#key = sealingKey(options.secret === '' ? madeUp(`kong:session:secret:${options.place}`) : options.secret);
  }

  #now(exchange: Exchange): number {
    return Math.floor((exchange.clock ?? this.#deps.clock).now() / 1000);
  }
  /** Ids of stored sessions, with the second in which each is gone. */
  #stored({ scope }: Exchange): Map<string, number> {
    return this.#deps.memory.get(`${scope}kong:sessions`, () => new Map<string, number>());
  }

  /** The session that the request brings, or else the remembered one, renewed. */
  open(exchange: Exchange): OpenSession {
    const { cookie, remember } = this.#options;
    const session: OpenSession = { state: this.#read(exchange, cookie), cookies: new Map(), fields: [] };
    const remembered = session.state === null && remember !== null ? this.#read(exchange, remember) : null;
    if (remembered === null || remember === null) return session;
    this.#save(exchange, session, remember, remembered);
    this.#save(exchange, session, cookie, { ...remembered, createdAt: this.#now(exchange), rollingOffset: 0 });
    return session;
  }

  #read(exchange: Exchange, cookie: CookieKind): SessionState | null {
    const value = cookieOf(exchange.arrived.headers.getAll('cookie'), cookie.name);
    const state = value === undefined ? undefined : unseal(this.#key, cookie.name, value);
    if (state === undefined || state.audiences[this.#options.audience] === undefined) return null;
    const now = this.#now(exchange);
    const rolled = now - state.createdAt - state.rollingOffset;
    if (cookie.absolute > 0 && now - state.createdAt > cookie.absolute) return null;
    if (cookie.rolling > 0 && rolled > cookie.rolling) return null;
    if (cookie.idling > 0 && rolled - state.idlingOffset > cookie.idling) return null;
    if (this.#options.stored && (this.#stored(exchange).get(state.id) ?? -Infinity) <= now) return null;
    return state;
  }

  dataOf({ state }: OpenSession): SessionData | undefined {
    return state?.audiences[this.#options.audience];
  }

  /** Keeps somebody in the session: a new cookie, and one to be remembered by. */
  save(exchange: Exchange, session: OpenSession, data: SessionData): void {
    const { cookie, remember, audience } = this.#options;
    const now = this.#now(exchange);
    const audiences = { ...session.state?.audiences, [audience]: data };
    const fresh = { id: '', createdAt: now, rollingOffset: 0, idlingOffset: 0 };
    if (remember !== null) this.#save(exchange, session, remember, { ...(this.#read(exchange, remember) ?? fresh), audiences });
    this.#save(exchange, session, cookie, { ...(session.state ?? fresh), audiences });
  }

  /** Saves when three quarters of the rolling timeout are over, else notes the activity, at most once a minute. */
  refresh(exchange: Exchange, session: OpenSession): void {
    const { state } = session;
    const { cookie } = this.#options;
    if (state === null) return;
    const rolled = this.#now(exchange) - state.createdAt - state.rollingOffset;
    if (cookie.rolling > 0 && rolled > cookie.rolling * 0.75) this.#save(exchange, session, cookie, state);
    else if (cookie.idling > 0 && rolled - state.idlingOffset > touchSeconds) {
      session.state = { ...state, idlingOffset: rolled };
      session.cookies.set(cookie.name, seal(this.#key, cookie.name, session.state) + this.#options.flags);
    }
  }

  /** Ends it for this audience; with the last one the cookies go. */
  logout(exchange: Exchange, session: OpenSession): void {
    const { cookie, remember, audience, flags } = this.#options;
    const { state } = session;
    if (state === null) return;
    const others = Object.fromEntries(Object.entries(state.audiences).filter(([name]) => name !== audience));
    const remembered = remember === null ? null : this.#read(exchange, remember);
    for (const [kind, old] of [[cookie, state] as const, ...(remember === null || remembered === null ? [] : [[remember, remembered] as const])]) {
      if (Object.keys(others).length > 0) this.#save(exchange, session, kind, { ...old, audiences: others });
      else {
        session.cookies.set(kind.name, flags + past);
        this.#stored(exchange).delete(old.id);
      }
    }
    session.state = null;
  }

  /** With a new id; the old one is good for a short time, for requests that are on their way. */
  #save(exchange: Exchange, session: OpenSession, kind: CookieKind, old: SessionState): void {
    const { cookie, flags, stored, staleSeconds } = this.#options;
    const now = this.#now(exchange);
    const state = { ...old, id: newSessionId(), rollingOffset: now - old.createdAt, idlingOffset: 0 };
    const lasting = kind === cookie ? '' : `; Expires=${new Date((now + kind.rolling) * 1000).toUTCString()}; Max-Age=${kind.rolling}`;
    session.cookies.set(kind.name, seal(this.#key, kind.name, state) + flags + lasting);
    if (stored) {
      const ids = this.#stored(exchange);
      for (const [id, goneAt] of ids) if (goneAt <= now) ids.delete(id);
      if (ids.has(old.id)) ids.set(old.id, Math.min(ids.get(old.id) as number, now + staleSeconds));
      ids.set(state.id, kind.rolling > 0 ? now + kind.rolling + 1 : Infinity);
    }
    if (kind === cookie) session.state = state;
  }

  /** Fields that tell of the session, flat. */
  tell(exchange: Exchange, { state }: OpenSession, names: readonly Tellable[]): string[] {
    if (state === null) return [];
    const { cookie, audience } = this.#options;
    const age = this.#now(exchange) - state.createdAt;
    const left = {
      idling: cookie.idling - (age - state.rollingOffset - state.idlingOffset),
      rolling: cookie.rolling - (age - state.rollingOffset),
      absolute: cookie.absolute - age,
    };
    const limited = (['idling', 'rolling', 'absolute'] as const).filter((one) => cookie[one] > 0);
    const rest = (name: 'idling' | 'rolling' | 'absolute'): string => String(limited.includes(name) ? left[name] : 0);
    const values: Readonly<Record<Tellable, readonly [string, string]>> = {
      id: ['Session-Id', state.id],
      audience: ['Session-Audience', audience],
      subject: ['Session-Subject', state.audiences[audience]?.subject ?? ''],
      timeout: ['Session-Timeout', limited.length === 0 ? '0' : String(Math.min(...limited.map((one) => left[one])))],
      'idling-timeout': ['Session-Idling-Timeout', rest('idling')],
      'rolling-timeout': ['Session-Rolling-Timeout', rest('rolling')],
      'absolute-timeout': ['Session-Absolute-Timeout', rest('absolute')],
    };
    return names.flatMap((name) => values[name]);
  }
}
