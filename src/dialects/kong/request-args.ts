import type { Exchange } from '../../engine/exchange.ts';
import { parseQuery } from '../../http/query.ts';

/** A parameter as OpenResty gives it: `true` where there is no `=`, a list where the name comes more than once. */
export type Arg = string | true | readonly (string | true)[];

/** Parameters past this many are not seen (lua_max_uri_args, lua_max_post_args). */
const most = 100;

/** Parameters of a query or of a form (ngx.decode_args). */
export function decodeArgs(text: string): Map<string, Arg> {
  const args = new Map<string, Arg>();
  for (const part of text.split('&', most)) {
    const [pair] = parseQuery(part);
    if (pair === undefined || pair[0] === '') continue;
    const value = part.includes('=') ? pair[1] : true;
    const before = args.get(pair[0]);
    if (before === undefined) args.set(pair[0], value);
    else args.set(pair[0], [...(Array.isArray(before) ? (before as (string | true)[]) : [before as string | true]), value]);
  }
  return args;
}

/** Parameters as text, in the order of their bytes (make_ordered_args in kong.pdk.service.request). */
export function encodeArgs(args: ReadonlyMap<string, unknown>): string {
  return [...args]
    .map(([name, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((one) => encodeArg(name, one)).join('&'))
    .filter((one) => one !== '')
    .sort()
    .join('&');
}

function encodeArg(name: string, value: unknown): string[] {
  if (value === true) return [escape(name)];
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  return [`${escape(name)}=${escape(String(value))}`];
}

/** A half of a surrogate pair, which JSON can bring, has no bytes of its own. */
const escape = (text: string): string => encodeURIComponent(Buffer.from(text).toString('utf8'));

/** The upstream is asked with these parameters (kong.service.request.set_query). */
export function setQuery(exchange: Exchange, args: ReadonlyMap<string, unknown>): void {
  exchange.query = encodeArgs(args);
}

/**
 * The upstream is asked without this parameter (kong.service.request.clear_query_arg): the others keep their order and are
 * written as the URL standard does, but for spaces.
 */
export function clearQueryArg(exchange: Exchange, name: string): void {
  if (exchange.query === '') return;
  const args = new URLSearchParams(exchange.query);
  args.delete(name);
  exchange.query = args.toString().replaceAll('+', '%20');
}

/** A request field by a configured name, in which `_` also means `-` (the metatable of ngx.req.get_headers). */
export function headerArg({ arrived }: Exchange, name: string): string | readonly string[] | undefined {
  const exact = arrived.headers.getAll(name);
  const values = exact.length > 0 || !name.includes('_') ? exact : arrived.headers.getAll(name.replaceAll('_', '-'));
  return values.length > 1 ? values : values[0];
}

/** The first of such a field (kong.request.get_header). */
export const firstHeader = (exchange: Exchange, name: string): string | undefined => [headerArg(exchange, name)].flat()[0];
