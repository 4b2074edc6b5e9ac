import { createHash } from 'node:crypto';
import type { Exchange } from '../../../engine/exchange.ts';
import { matchedSlot } from '../matched.ts';

export interface CacheKeyOptions {
  readonly ignoreCase: boolean;
  /** Empty: all. */
  readonly varyQuery: readonly string[];
  readonly varyHeaders: readonly string[];
}

/** The name of a response in the cache (kong/plugins/proxy-cache/cache_key.lua), byte for byte: it is shown in `X-Cache-Key`. */
export function cacheKey(exchange: Exchange, { ignoreCase, varyQuery, varyHeaders }: CacheKeyOptions): string {
  const { arrived, caller } = exchange;
  const route = exchange.read(matchedSlot)?.route ?? '';
  const owner = route === '' ? 'default' : caller.consumer === undefined ? route : `${caller.consumer.id}:${route}`;
  const version = arrived.httpVersion === '2' ? '2.0' : arrived.httpVersion;
  // The request line up to the query: without one its end stays, which is how Kong has it.
  const line = `${arrived.method} ${arrived.target} HTTP/${version}`.replace(/\?.*/s, '');
  const query = queryArguments(arrived.target.split('?').slice(1).join('?'));
  const names = varyQuery.length > 0 ? varyQuery : [...query.keys()].sort(compareBytes);
  const parts = [
    owner,
    exchange.method,
    ignoreCase ? line.replaceAll(/[A-Z]/g, (char) => char.toLowerCase()) : line,
    joined(names, (name) => query.get(name)),
    joined(varyHeaders, (name) => (arrived.headers.has(name) ? arrived.headers.getAll(name) : undefined)),
  ];
  return createHash('sha256').update(parts.join('|'), 'latin1').digest('hex');
}

/** `name=value` of each name that is there, several values in order; one that stands without `=` alone. */
function joined(names: readonly string[], valuesOf: (name: string) => readonly (string | true)[] | undefined): string {
  return names
    .flatMap((name) => {
      const values = valuesOf(name);
      if (values === undefined) return [];
      if (values.length === 1 && values[0] === true) return [name];
      return [
        `${name}=${values
          .map((one) => (one === true ? '' : one))
          .sort(compareBytes)
          .join(',')}`,
      ];
    })
    .join(':');
}

const maxArguments = 100;

/** As nginx reads arguments (ngx.req.get_uri_args): bytes, the first hundred of them, `true` for a name without `=`. */
function queryArguments(query: string): ReadonlyMap<string, readonly (string | true)[]> {
  const found = new Map<string, (string | true)[]>();
  for (const part of query.split('&').slice(0, maxArguments)) {
    const at = part.indexOf('=');
    const name = unescape(at < 0 ? part : part.slice(0, at));
    if (name === '') continue;
    const value = at < 0 ? true : unescape(part.slice(at + 1));
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}

const unescape = (text: string): string =>
  text.replaceAll('+', ' ').replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Both are texts of latin1 characters. */
const compareBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
