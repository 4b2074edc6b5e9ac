import type { Exchange } from '../../../engine/exchange.ts';
import type { StepKind } from '../../../engine/kit.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { parseCookies } from '../../../http/cookies.ts';
import { parseQuery } from '../../../http/query.ts';
import { clientFinder, type RealIp } from '../client-address.ts';
import { uuid } from '../request-id.ts';
import { routerHit } from '../router/match.ts';

/** Where the value that consistent hashing hashes is found. `name`: of the field, cookie, argument or capture. */
export interface HashSource {
  readonly on: 'none' | 'consumer' | 'ip' | 'header' | 'cookie' | 'path' | 'query_arg' | 'uri_capture';
  readonly name: string;
}
export interface HashOptions {
  readonly first: HashSource;
  readonly fallback: HashSource;
  readonly cookiePath: string;
  readonly realIp: RealIp;
}

const cookieSlot: Slot<string> = slot('kong hash cookie');
/** As many as Kong reads (lua_max_uri_args). */
const mostArguments = 100;

/** Source: get_value_to_hash of kong/runloop/balancer/init.lua. Where nothing is found, everybody has the same: the empty text. */
export function hashInput({ first, fallback, cookiePath, realIp }: HashOptions, random: () => number): (exchange: Exchange) => string {
  const clientOf = clientFinder(realIp);
  const find = (exchange: Exchange, { on, name }: HashSource): string | undefined => {
    if (on === 'consumer') return exchange.caller.consumer?.id ?? exchange.caller.credential?.id;
    if (on === 'ip') return clientOf(exchange).address;
    if (on === 'header') return (name.toLowerCase() === 'host' ? exchange.arrived : exchange.outgoing).headers.joined(name);
    if (on === 'cookie') return cookieOrNew(exchange, name);
    if (on === 'path') return exchange.read(routerHit)?.uri;
    if (on === 'query_arg') return argumentOf(exchange.query, name);
    return on === 'uri_capture' ? exchange.read(routerHit)?.captures[name] : undefined;
  };
  /** nginx does not mind the case of a cookie's name. Who has none is given one. */
  const cookieOrNew = (exchange: Exchange, name: string): string => {
    const lower = name.toLowerCase();
    const sent = parseCookies(exchange.outgoing.headers.getAll('cookie')).find(([one]) => one.toLowerCase() === lower);
    if (sent !== undefined) return sent[1];
    const made = uuid(random);
    exchange.write(cookieSlot, `${name}=${made}; Path=${cookiePath}; Same-Site=Lax; HttpOnly`);
    return made;
  };
  return (exchange) => find(exchange, first) ?? find(exchange, fallback) ?? '';
}

/** Of several the values in their order, joined; one without `=` is true (ngx.req.get_uri_args). */
function argumentOf(query: string, name: string): string | undefined {
  const found = query
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('='))
    .slice(0, mostArguments)
    .flatMap((part) => parseQuery(part).flatMap(([key, value]) => (key !== name ? [] : part.includes('=') ? value : 'true')));
  return found.length === 0 ? undefined : Buffer.from(found.sort().join(',')).toString('latin1');
}

/** Gives the client the cookie that it was hashed by (set_cookie of the same file). */
export const hashCookieStep: StepKind<null> = {
  kind: 'kong/hash-cookie',
  create: () => (exchange) => {
    const cookie = exchange.read(cookieSlot);
    const headers = exchange.response?.headers;
    if (cookie === undefined || headers === undefined) return undefined;
    const prefix = cookie.slice(0, cookie.indexOf('=') + 1);
    const others = headers.getAll('set-cookie').filter((one) => !one.startsWith(prefix));
    headers.remove('set-cookie');
    for (const one of [...others, cookie]) headers.append('Set-Cookie', one);
    return undefined;
  },
};
