import type { Exchange } from '../../../engine/exchange.ts';
import type { Fields } from '../../../http/fields.ts';
import { endToEnd } from '../../../http/hop-by-hop.ts';
import { parseQuery } from '../../../http/query.ts';

/** What nginx sets on the way to the upstream: plugins do not see it. */
const setBelowKong = new Set(['host', 'x-real-ip', 'via', 'x-kong-request-id', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host']);
for (const name of ['port', 'path', 'prefix']) setBelowKong.add(`x-forwarded-${name}`);

/** The fields of a request as Kong's plugins see them (kong.request.get_headers): as they came, with what earlier plugins changed. */
export function requestFields(exchange: Exchange): Fields {
  const shown = exchange.outgoing.headers.copy();
  shown.filter((name) => !setBelowKong.has(name));
  const kept = endToEnd(exchange.arrived.headers);
  for (const [name, value] of exchange.arrived.headers) if (setBelowKong.has(name.toLowerCase()) || !kept.has(name)) shown.append(name, value);
  return shown;
}

/** A table of Lua: a list where a key is repeated. */
type Table<T> = Record<string, T | T[]>;
function tableOf<T>(pairs: Iterable<readonly [string, T]>): Table<T> {
  const table = new Map<string, T | T[]>();
  for (const [name, value] of pairs) {
    const before = table.get(name);
    if (before === undefined) table.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else table.set(name, [before, value]);
  }
  return Object.fromEntries(table);
}

/** By lower-case name. */
export const fieldTable = (fields: Fields, hidden: ReadonlySet<string> = new Set()): Table<string> =>
  tableOf(
    (function* () {
      const told = new Set<string>();
      for (const [name, value] of fields) {
        const lower = name.toLowerCase();
        if (!hidden.has(lower)) yield [lower, value];
        else if (!told.has(lower)) yield [lower, 'REDACTED'];
        told.add(lower);
      }
    })(),
  );

/** Of a query or a form (ngx.req.get_uri_args): a parameter without `=` is true. */
export const queryTable = (query: string): Table<string | true> =>
  tableOf(
    query.split('&').flatMap((part) => parseQuery(part).map(([name, text]): [string, string | true] => [name, part.includes('=') ? text : true])),
  );
