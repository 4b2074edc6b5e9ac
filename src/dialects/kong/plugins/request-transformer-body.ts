import { decodeArgs, encodeArgs, type Args } from '../args.ts';
import { encodeCjson } from '../cjson.ts';
import type { RequestTables } from '../lua/compile.ts';
import { LuaError } from '../lua/values.ts';
import { Multipart } from '../multipart.ts';
import { appended, rename, type Edits, type Entry } from './request-transformer-edits.ts';

export type BodyKind = 'json' | 'multipart' | 'form';

/** What the body is, by its Content-Type; the first of these words that stands in it. */
export function bodyKind(type: string | undefined): BodyKind | undefined {
  const lower = type?.toLowerCase() ?? '';
  if (lower.includes('application/json')) return 'json';
  if (lower.includes('multipart/form-data')) return 'multipart';
  return lower.includes('application/x-www-form-urlencoded') ? 'form' : undefined;
}

/** The new body, or undefined where it stays as it is. An empty body is only added to. Source: access.lua, transform_body. */
export function editBody(kind: BodyKind, body: Buffer, type: string, edits: Edits, tables: RequestTables): Buffer | undefined {
  if (kind === 'json') return editJson(body, edits, tables);
  const text = body.toString('latin1');
  if (kind === 'form') {
    const args = decodeArgs(text) as Map<string, unknown>;
    const changed = editMembers(args, edits, tables, { empty: body.length === 0 });
    return changed ? Buffer.from(encodeArgs(args as Args), 'latin1') : undefined;
  }
  return editMultipart(text, type, edits, tables);
}

/** The same edits on a query: there is no empty one. */
export function editQuery(args: Args, edits: Edits, tables: RequestTables): void {
  editMembers(args as Map<string, unknown>, edits, tables, { empty: false });
}

/** In Lua's eyes: false is not. */
const isThere = (value: unknown): boolean => value !== undefined && value !== false;

interface How {
  readonly empty: boolean;
  readonly convert?: (value: string) => string;
}

/** Whether something changed, or could have. */
function editMembers(members: Map<string, unknown>, edits: Edits, tables: RequestTables, { empty, convert = (value) => value }: How): boolean {
  let changed = false;
  const valueOf = (entry: Entry): string => convert(entry.value(tables) ?? '');
  if (!empty) {
    for (const name of edits.remove) members.delete(name);
    changed = edits.remove.length > 0;
    for (const entry of edits.rename) changed = rename(members, entry.name, valueOf(entry)) || changed;
    for (const entry of edits.replace) {
      const value = valueOf(entry);
      if (!isThere(members.get(entry.name))) continue;
      members.set(entry.name, value);
      changed = true;
    }
  }
  for (const entry of edits.add) {
    const value = valueOf(entry);
    if (isThere(members.get(entry.name))) continue;
    members.set(entry.name, value);
    changed = true;
  }
  for (const entry of edits.append) members.set(entry.name, appended(members.get(entry.name), valueOf(entry)));
  return changed || edits.append.length > 0;
}

function editJson(body: Buffer, edits: Edits, tables: RequestTables): Buffer | undefined {
  let value: unknown = {};
  if (body.length > 0) {
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch {
      return undefined;
    }
  }
  const isTable = typeof value === 'object' && value !== null;
  const stop = new LuaError(`attempt to index a ${typeof value} value`);
  if (!isTable && typeof value !== 'string') throw stop;
  // Names in a list are not written, and a text has none that could be written.
  const members = new Map<string, unknown>(isTable && !Array.isArray(value) ? Object.entries(value as object) : []);
  const changed = editMembers(members, edits, tables, {
    empty: body.length === 0,
    convert: (text) => Buffer.from(text, 'latin1').toString('utf8'),
  });
  if (!changed) return undefined;
  if (!isTable) throw stop;
  return Buffer.from(encodeCjson(Array.isArray(value) ? value : members));
}

function editMultipart(text: string, type: string, edits: Edits, tables: RequestTables): Buffer | undefined {
  const parts = new Multipart(text, type);
  let changed = false;
  const set = (name: string, value: string): void => {
    parts.setSimple(name, value);
    changed = true;
  };
  if (text !== '') {
    for (const entry of edits.rename) {
      const to = entry.value(tables) ?? '';
      const value = parts.get(entry.name);
      if (value === undefined || to === entry.name) continue;
      set(to, value);
      parts.delete(entry.name);
    }
    for (const name of edits.remove) parts.delete(name);
    changed ||= edits.remove.length > 0;
    for (const entry of edits.replace) {
      const value = entry.value(tables) ?? '';
      if (parts.get(entry.name) === undefined) continue;
      parts.delete(entry.name);
      set(entry.name, value);
    }
  }
  for (const entry of edits.add) {
    const value = entry.value(tables) ?? '';
    if (parts.get(entry.name) === undefined) set(entry.name, value);
  }
  return changed ? Buffer.from(parts.toString(), 'latin1') : undefined;
}
