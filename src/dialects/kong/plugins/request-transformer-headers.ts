import type { Exchange } from '../../../engine/exchange.ts';
import type { Fields } from '../../../http/fields.ts';
import { headerValue } from '../header-value.ts';
import type { RequestTables } from '../lua/compile.ts';
import { upstreamSlot } from '../upstream-request.ts';
import { appended, type Edits } from './request-transformer-edits.ts';

type Value = string | readonly string[];

/** The fields as the table that ngx.req.get_headers makes: lower-case names, underscores for dashes where nothing is found else. */
class HeaderTable {
  readonly #members = new Map<string, Value>();

  constructor(fields: Fields) {
    for (const [name, value] of fields) {
      const lower = name.toLowerCase();
      const before = this.#members.get(lower);
      this.#members.set(lower, before === undefined ? value : [before, value].flat());
    }
  }
  get(name: string): Value | undefined {
    const lower = name.toLowerCase();
    return this.#members.get(name) ?? this.#members.get(lower) ?? this.#members.get(lower.replaceAll('_', '-'));
  }
  set(name: string, value: Value | undefined): void {
    if (value === undefined) this.#members.delete(name);
    else this.#members.set(name, value);
  }
  [Symbol.iterator](): Iterator<[string, Value]> {
    return this.#members[Symbol.iterator]();
  }
}

/** Source: kong/plugins/request-transformer/access.lua, transform_headers. */
export function editHeaders({ remove, rename, replace, add, append }: Edits, exchange: Exchange, tables: RequestTables): void {
  const fields = exchange.outgoing.headers;
  const table = new HeaderTable(fields);
  const before = new Map(table);
  const gone: string[] = [];
  table.set('host', undefined);

  for (const one of remove) {
    const name = one.toLowerCase();
    if (table.get(name) === undefined) continue;
    table.set(name, undefined);
    gone.push(name);
  }
  for (const { name, value } of rename) {
    const to = value(tables) ?? '';
    const recased = name.toLowerCase() === to.toLowerCase();
    const [old, fresh] = recased ? [name, to] : [name.toLowerCase(), to.toLowerCase()];
    const found = table.get(old);
    if (old === fresh || found === undefined) continue;
    table.set(old, undefined);
    table.set(fresh, found);
    gone.push(name);
  }
  for (const { name, value } of replace) {
    const lower = name.toLowerCase();
    const made = value(tables);
    if (made !== undefined && (table.get(lower) !== undefined || lower === 'host')) table.set(lower, made);
  }
  for (const { name, value } of add) {
    const made = value(tables);
    if (made !== undefined && table.get(name) === undefined && name.toLowerCase() !== 'host') table.set(name, made);
  }
  for (const { name, value } of append) {
    const lower = name.toLowerCase();
    const made = value(tables);
    // Kong hands nginx a list for its Host here, which makes no host: it is left alone.
    if (made === undefined || lower === 'host') continue;
    const found = table.get(name);
    if (name !== lower && found !== undefined) table.set(lower, undefined);
    table.set(name, appended(found, made) as Value);
  }

  for (const name of gone) fields.remove(name);
  for (const [name, value] of table) {
    if (name.toLowerCase() === 'host') setHost(exchange, String(value));
    else if (!framing.has(name.toLowerCase()) && (value !== before.get(name) || !fields.has(name))) setField(fields, name, [value].flat());
  }
}

/** nginx says these itself to the upstream, whatever the request has: how the message is framed is not for a template. */
const framing: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'te',
  'upgrade',
  'expect',
  'trailer',
]);

function setHost(exchange: Exchange, host: string): void {
  const upstream = exchange.read(upstreamSlot);
  if (upstream !== undefined) upstream.host = headerValue(host);
}

/** nginx keeps the field that is there, with the name it has, and does not make one of an empty value. */
function setField(fields: Fields, name: string, values: readonly string[]): void {
  const made = values.map(headerValue).filter((value) => value !== '');
  const [first, ...more] = made;
  if (first === undefined) {
    fields.remove(name);
    return;
  }
  const lower = name.toLowerCase();
  const kept = [...fields].find(([one]) => one.toLowerCase() === lower)?.[0] ?? name;
  fields.set(kept, first);
  for (const value of more) fields.append(name, value);
}
