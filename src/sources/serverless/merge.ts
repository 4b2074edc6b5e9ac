import { callOf } from '../cloudformation/functions.ts';
import { madeTree, type Member, type Tree } from '../tree.ts';

/** A list of maps as one map, as the framework merges `functions` and `resources`. What is no list stays. */
export function merged(tree: Tree): Tree {
  if (tree.kind !== 'list') return tree;
  return tree.items.filter((item) => item.kind === 'map').reduce<Tree>((under, over) => mergeTrees(under, over), madeTree({}, tree));
}

/**
 * What `over` says stands above what `under` says: maps member by member, lists item by item, all else as a whole.
 * The framework merges so what a service says over what it makes. `replaced` is told of what does not count any more.
 */
export function mergeTrees(under: Tree | undefined, over: Tree, replaced: (tree: Tree) => void = () => {}): Tree {
  if (under === undefined) return over;
  if (!isCall(under) && !isCall(over)) {
    if (under.kind === 'list' && over.kind === 'list')
      return {
        ...over,
        items: [...over.items.map((item, at) => mergeTrees(under.items[at], item, replaced)), ...under.items.slice(over.items.length)],
      };
    if (under.kind === 'map' && over.kind === 'map') {
      const entries = new Map<string, Member>(under.entries);
      for (const [key, member] of over.entries) entries.set(key, { ...member, value: mergeTrees(entries.get(key)?.value, member.value, replaced) });
      return { ...under, entries };
    }
  }
  replaced(under);
  return over;
}

/** A resource of which only a Condition is said is no function of CloudFormation, though it looks like one. */
const isCall = (tree: Tree): boolean => (callOf(tree)?.name ?? 'Condition') !== 'Condition';
