/** A position in a file, from 1. 0: none. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Scalar = string | number | boolean | null;

/** What every file format is parsed into: values with their places. `tag`: a tag of the file's own language, without its `!`. */
export type Tree = { readonly tag?: string } & (
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
