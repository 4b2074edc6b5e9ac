import { mapTree, type Member, type Tree } from '../tree.ts';
import { callOf } from './functions.ts';

/** More than a stack may hold of anything. */
const most = 10_000;

/**
 * A template whose `Fn::ForEach::NAME: [identifier, collection, fragment]` are unfolded (the transform AWS::LanguageExtensions). `textsOf` works out a
 * collection.
 */
export function unfoldLoops(tree: Tree, textsOf: (collection: Tree) => readonly string[]): Tree {
  let left = most;
  const unfold = (at: Tree): Tree => {
    if (at.kind === 'scalar') return at;
    if (at.kind === 'list') return { ...at, items: at.items.map(unfold) };
    const entries = new Map<string, Member>();
    for (const [key, member] of at.entries) {
      const loop = key.startsWith('Fn::ForEach::') && member.value.kind === 'list' ? member.value.items : [];
      const [identifier, collection, fragment] = loop;
      if (identifier?.kind !== 'scalar' || collection === undefined || fragment?.kind !== 'map') {
        entries.set(key, { ...member, value: unfold(member.value) });
        continue;
      }
      for (const text of textsOf(collection)) {
        if ((left -= 1) < 0) break;
        const filled = unfold(fill(fragment, String(identifier.value), text));
        if (filled.kind === 'map') for (const [name, one] of filled.entries) entries.set(name, one);
      }
    }
    return { ...at, entries };
  };
  return unfold(tree);
}

/** `${Identifier}` in texts and keys, `&{Identifier}` without what no logical id may hold, and a `Ref` of it. */
function fill(tree: Tree, identifier: string, text: string): Tree {
  const inText = (one: string): string =>
    one.replaceAll(`\${${identifier}}`, text).replaceAll(`&{${identifier}}`, text.replaceAll(/[^A-Za-z0-9]/g, ''));
  const call = callOf(tree);
  if (call?.name === 'Ref' && call.argument.kind === 'scalar' && call.argument.value === identifier) return { ...call.argument, value: text };
  if (tree.kind === 'scalar') return mapTree(tree, (value) => (typeof value === 'string' ? inText(value) : value));
  if (tree.kind === 'list') return { ...tree, items: tree.items.map((item) => fill(item, identifier, text)) };
  return {
    ...tree,
    entries: new Map([...tree.entries].map(([key, member]) => [inText(key), { ...member, value: fill(member.value, identifier, text) }] as const)),
  };
}
