import { encodeCjson } from '../cjson.ts';
import { luaToNumber } from '../lua/numbers.ts';
import type { Pair } from './pairs.ts';
import { appended } from './request-transformer-edits.ts';

export type JsonType = 'boolean' | 'number' | 'string';
export interface TypedPair {
  readonly name: string;
  readonly text: string;
  readonly type: JsonType | null;
}
export interface JsonEdits {
  readonly remove: readonly string[];
  readonly rename: readonly Pair[];
  readonly replace: readonly TypedPair[];
  readonly add: readonly TypedPair[];
  readonly append: readonly TypedPair[];
}

/** The new body, of which only members at the top are edited; undefined: it stays. Source: kong/plugins/response-transformer/body_transformer.lua. */
export function editJson(body: Buffer, edits: JsonEdits): Buffer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  // Lua gives a list names, too, but they are not written.
  if (Array.isArray(value)) return Buffer.from(encodeCjson(value));
  const members = new Map<string, unknown>(Object.entries(value));
  for (const name of edits.remove) members.delete(name);
  for (const [from, to] of edits.rename) {
    const found = members.get(from);
    if (found === undefined || to === '') continue;
    members.set(to, found);
    members.delete(from);
  }
  const isThere = (name: string): boolean => members.has(name) && members.get(name) !== false;
  for (const pair of edits.replace) {
    const made = valueOf(pair);
    if (made !== undefined && isThere(pair.name)) members.set(pair.name, made);
  }
  for (const pair of edits.add) {
    const made = valueOf(pair);
    if (made !== undefined && !isThere(pair.name)) members.set(pair.name, made);
  }
  for (const pair of edits.append) {
    const made = valueOf(pair);
    if (made !== undefined) members.set(pair.name, appended(members.get(pair.name), made));
  }
  return Buffer.from(encodeCjson(members));
}

/** Kong encodes the text as JSON and takes the quotes off again: what JSON escapes is escaped twice, but for quotes and slashes. */
function valueOf({ text, type }: TypedPair): string | number | boolean | undefined {
  const made = text === '' ? 'null' : encodeCjson(text).slice(1, -1).replaceAll('\\"', '"').replaceAll('\\/', '/');
  if (type === 'number') return luaToNumber(made);
  return type === 'boolean' ? made === 'true' : made;
}
