import { madeTree, type Member, type Tree } from '../tree.ts';

/** A list of maps as one map, as Serverless merges `resources` and `functions`; each part keeps its place. What is no list stays. */
export function merged(tree: Tree): Tree {
  if (tree.kind !== 'list') return tree;
  return tree.items.filter((item) => item.kind === 'map').reduce<Tree>(mergeTwo, madeTree({}, tree));
}

/** Maps and lists are merged within each other (lodash `merge`); of anything else the later one counts. */
function mergeTwo(one: Tree, other: Tree): Tree {
  if (one.kind === 'list' && other.kind === 'list') {
    const longer = one.items.length > other.items.length ? one.items : other.items;
    return { ...other, items: longer.map((_, at) => mergeBoth(one.items[at], other.items[at])) };
  }
  if (one.kind !== 'map' || other.kind !== 'map') return other;
  const entries = new Map<string, Member>(one.entries);
  for (const [key, member] of other.entries) entries.set(key, { ...member, value: mergeBoth(entries.get(key)?.value, member.value) });
  return { ...one, entries };
}

const mergeBoth = (one: Tree | undefined, other: Tree | undefined): Tree =>
  one === undefined ? (other as Tree) : other === undefined ? one : mergeTwo(one, other);
