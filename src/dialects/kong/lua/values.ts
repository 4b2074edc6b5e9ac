import { luaNumber, luaToNumber } from './numbers.ts';

/** Values of Lua as far as expressions here can have them; texts are bytes, as latin1 characters. `undefined` is nil. */
export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction;
export interface LuaTable {
  /** What `#` answers. */
  readonly length: number;
  get(key: LuaValue): LuaValue;
}
export type LuaFunction = (args: readonly LuaValue[]) => readonly LuaValue[];

/** What Lua would stop with while it runs. */
export class LuaError extends Error {}
/** No Lua, and where. */
export class LuaSyntaxError extends SyntaxError {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
/** Lua, but nothing that is run here. */
export class LuaNotRun extends LuaSyntaxError {}

export const isTrue = (value: LuaValue): boolean => value !== undefined && value !== false;
export const isTable = (value: LuaValue): value is LuaTable => typeof value === 'object';

export function typeOf(value: LuaValue): string {
  if (value === undefined) return 'nil';
  return typeof value === 'object' ? 'table' : typeof value;
}

/** Lua's tostring; the address of a table is not that of production. */
export function toText(value: LuaValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return luaNumber(value);
  if (value === undefined) return 'nil';
  return typeof value === 'boolean' ? String(value) : `${typeOf(value)}: 0x7f0000000000`;
}

/** A number, or a text that is one. */
export const toNumber = (value: LuaValue): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' ? luaToNumber(value) : undefined;

/** A list: its items are counted from one. */
export const listOf = (items: readonly LuaValue[]): LuaTable => ({
  length: items.length,
  get: (key) => (typeof key === 'number' ? items[key - 1] : undefined),
});
export const tableOf = (members: ReadonlyMap<string, LuaValue>): LuaTable => ({
  length: 0,
  get: (key) => (typeof key === 'string' ? members.get(key) : undefined),
});

/** Bytes that a text may have here, so that no expression fills the memory. */
export const longestText: number = 1024 * 1024;
export function bounded(text: string): string {
  if (text.length > longestText) throw new LuaError('not enough memory');
  return text;
}
