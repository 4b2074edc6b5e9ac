import type { Fields } from '../../../http/fields.ts';

export type Directives = ReadonlyMap<string, string | number | true>;

/** The directives of `Cache-Control`; what looks like a number is one (kong.tools.http.parse_directive_header). */
export function cacheDirectives(headers: Fields): Directives {
  const found = new Map<string, string | number | true>();
  for (const part of (headers.joined('cache-control') ?? '').split(',')) {
    const match = /^\s*([^=]+)(?:=(.+))?/s.exec(part);
    if (match === null) continue;
    const [, name = '', value] = match;
    const number = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
    found.set(name.toLowerCase(), Number.isNaN(number) ? (value ?? true) : number);
  }
  return found;
}

/** Seconds of a directive; undefined where it is not there. What is no number breaks Kong's comparison, and the request with it. */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  if (value === undefined || typeof value === 'number') return value;
  throw new TypeError(`Cache-Control: ${name} is no number`);
}

/** How long a response is fresh, in seconds; 0 where it does not say (kong.tools.http.calculate_resource_ttl). */
export function freshFor(headers: Fields, directives: Directives, nowSeconds: number): number {
  const told = secondsOf(directives, 's-maxage') ?? secondsOf(directives, 'max-age');
  if (told !== undefined) return Math.max(told, 0);
  const text = headers.getAll('expires').at(-1) ?? '';
  // What is no time of HTTP, such as `0`, says nothing.
  const expires = /\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(expires) ? 0 : Math.max(Math.floor(expires / 1000) - nowSeconds, 0);
}
