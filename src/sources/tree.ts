import type { Origin } from '../model/origin.ts';

/** A position in a file, from 1. 0: none. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Scalar = string | number | boolean | null;

/**
 * What every file format is parsed into: values with their places. `tag`: a tag of the file's own language, without its `!`.
 * A tree that was made from others says where each part of it really stands (`from`); a part that stands nowhere and is only
 * laid at the place that led to it is `made`: the ledger knows nothing of it. A value that a variable brought here names the other
 * places that it came by (`via`): who reads it reads those too.
 */
export type Tree = { readonly tag?: string; readonly from?: Origin; readonly made?: true; readonly via?: readonly Origin[] } & (
  | ({ readonly kind: 'scalar'; readonly value: Scalar } & Position)
  | ({ readonly kind: 'list'; readonly items: readonly Tree[] } & Position)
  | ({ readonly kind: 'map'; readonly entries: ReadonlyMap<string, Member> } & Position)
);

/** A value with the place of its key. */
export interface Member extends Position {
  readonly value: Tree;
}

const none: Position = { line: 0, column: 0 };

/** A tree without places, from an object given in code. Functions and other things that are no data throw a TypeError. */
export function treeOf(value: unknown): Tree {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { kind: 'scalar', value, ...none };
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf), ...none };
  if (typeof value === 'object') {
    const entries = new Map<string, Member>();
    for (const [key, one] of Object.entries(value)) if (one !== undefined) entries.set(key, { value: treeOf(one), ...none });
    return { kind: 'map', entries, ...none };
  }
  throw new TypeError(`a configuration holds only data, not a ${typeof value}`);
}

/** The plain value of a tree. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of tree.entries) object[key] = plain(member.value);
  return object;
}

/** The same tree with other scalars, or at other lines. What nothing changes in is the same object. */
export function mapTree(tree: Tree, scalar: (value: Scalar, at: Position) => Scalar, lineOf: (line: number) => number = (line) => line): Tree {
  const line = lineOf(tree.line);
  if (tree.kind === 'scalar') {
    const value = scalar(tree.value, tree);
    return value === tree.value && line === tree.line ? tree : { ...tree, value, line };
  }
  if (tree.kind === 'list') {
    const items = tree.items.map((item) => mapTree(item, scalar, lineOf));
    return line === tree.line && items.every((item, at) => item === tree.items[at]) ? tree : { ...tree, items, line };
  }
  let changed = line !== tree.line;
  const entries = new Map<string, Member>();
  for (const [key, member] of tree.entries) {
    const value = mapTree(member.value, scalar, lineOf);
    const at = lineOf(member.line);
    changed ||= value !== member.value || at !== member.line;
    entries.set(key, changed ? { value, line: at, column: member.column } : member);
  }
  return changed ? { ...tree, entries, line } : tree;
}

export const escapePointer = (key: string): string => (/[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key);

/** The same tree, each part of which says where it stands, so that it can be moved. */
export function located(tree: Tree, origin: Origin): Tree {
  const from = { ...origin };
  const below = (key: string, { line, column }: Position): Origin => ({
    file: origin.file,
    line,
    column,
    pointer: `${origin.pointer}/${escapePointer(key)}`,
  });
  if (tree.kind === 'scalar') return { ...tree, from };
  if (tree.kind === 'list') return { ...tree, from, items: tree.items.map((item, at) => located(item, below(String(at), item))) };
  const entries = new Map<string, Member>();
  for (const [key, member] of tree.entries) entries.set(key, { ...member, value: located(member.value, below(key, member)) });
  return { ...tree, from, entries };
}

/** Data, and trees within it, that a reader lays at the place that led to them. What is undefined is left out. */
export type Made = Scalar | undefined | Tree | readonly Made[] | { readonly [key: string]: Made };

const isTree = (value: object): value is Tree => 'kind' in value && 'line' in value;

/** A tree of data and of parts of other trees. `at`: the place that led to it. */
export function madeTree(value: Made, at: Tree): Tree {
  const place = { line: at.line, column: at.column, made: true as const, ...(at.from === undefined ? {} : { from: at.from }) };
  if (value === undefined || value === null || typeof value !== 'object') return { kind: 'scalar', value: value ?? null, ...place };
  if (isTree(value)) return value;
  if (Array.isArray(value)) return { kind: 'list', items: value.map((one: Made) => madeTree(one, at)), ...place };
  const entries = new Map<string, Member>();
  for (const [key, one] of Object.entries(value as Record<string, Made>))
    if (one !== undefined) {
      const tree = madeTree(one, at);
      entries.set(key, { value: tree, line: tree.from?.line ?? tree.line, column: tree.from?.column ?? tree.column });
    }
  return { kind: 'map', entries, ...place };
}
