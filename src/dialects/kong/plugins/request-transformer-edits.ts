import type { RequestTables } from '../lua/compile.ts';
import { LuaError, LuaNotRun, LuaSyntaxError } from '../lua/values.ts';
import type { UntrustedLua } from '../node-settings.ts';
import type { Pair, PairEdits } from './pairs.ts';
import { compileTemplate, type Template } from './template.ts';

/** One entry with its value for a request; undefined: it has none. */
export interface Entry {
  readonly name: string;
  readonly value: (tables: RequestTables) => string | undefined;
}
export interface Edits {
  readonly remove: readonly string[];
  readonly rename: readonly Entry[];
  readonly replace: readonly Entry[];
  readonly add: readonly Entry[];
  readonly append: readonly Entry[];
  readonly isEmpty: boolean;
}

export function compileEdits(edits: PairEdits, lua: UntrustedLua): Edits {
  const of = (pairs: readonly Pair[]): Entry[] => pairs.map((pair) => compileEntry(pair, lua));
  const { remove } = edits;
  const made = { rename: of(edits.rename), replace: of(edits.replace), add: of(edits.add), append: of(edits.append) };
  return { remove: remove.map(bytes), ...made, isEmpty: remove.length === 0 && Object.values(made).every((one) => one.length === 0) };
}

function compileEntry([name, text]: Pair, lua: UntrustedLua): Entry {
  return { name: bytes(name), value: text === '' ? () => undefined : compileOrStop(text, lua) };
}

/** Kong compiles a template when it first needs it, and stops then where that is no Lua. */
export function compileOrStop(text: string, lua: UntrustedLua): Template {
  try {
    return compileTemplate(text, lua);
  } catch (error) {
    if (!(error instanceof LuaSyntaxError) || error instanceof LuaNotRun) throw error;
    const { message } = error;
    return () => {
      throw new LuaError(message);
    };
  }
}

const bytes = (text: string): string => Buffer.from(text).toString('latin1');

/** Gives a value another name. What is false is as if it was not there. */
export function rename(members: Map<string, unknown>, from: string, to: string): boolean {
  const value = members.get(from);
  if (from === to || value === undefined || value === false) return false;
  members.delete(from);
  members.set(to, value);
  return true;
}

/** Kong's append_value: to a text, to a list; anything else is replaced by a list. */
export function appended(before: unknown, value: unknown): unknown {
  if (typeof before === 'string') return [before, value];
  if (Array.isArray(before)) return [...(before as unknown[]), value];
  if (typeof before !== 'object' || before === null) return [value];
  // Into a table with names Lua puts a first item, whose name is 1.
  return Object.keys(before).length === 0 ? [value] : { ...before, 1: value };
}
