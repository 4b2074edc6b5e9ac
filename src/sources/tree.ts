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
