import type { Setting } from '../setting.ts';
import { madeTree, type Member, type Tree } from '../tree.ts';

/**
 * Properties with what Globals say of their kind laid under them: maps are merged, lists joined (those of Globals first), and of single values
 * the resource's own stands. Source: the globals section of SAM's documentation.
 */
export function withGlobals(own: Tree, globals: Setting): Tree {
  if (globals.tree?.kind !== 'map') return own;
  if (own.kind !== 'map') return own;
  const entries = new Map<string, Member>(globals.tree.entries);
  for (const [key, member] of own.entries) {
    const usual = globals.get(key);
    entries.set(key, usual.tree === undefined ? member : { ...member, value: merged(member.value, usual) });
  }
  return { ...own, entries };
}

function merged(own: Tree, usual: Setting): Tree {
  const under = usual.tree as Tree;
  if (own.kind === 'map' && under.kind === 'map') return withGlobals(own, usual);
  if (own.kind === 'list' && under.kind === 'list') return { ...own, items: [...under.items, ...own.items] };
  usual.leftToOthers('every resource of this kind says it itself');
  return own;
}

/** Sections whose kind is not in the template do nothing. */
export function settleGlobals(globals: Setting, kinds: ReadonlySet<string>): void {
  for (const [kind, one] of globals.entries())
    if (kinds.has(kind)) one.entries();
    else one.ignored(`no resource of kind ${kind} is here`);
}

/** The properties of a resource that the template does not write itself. */
export const impliedProperties = (properties: Record<string, string>, globals: Setting, at: Tree): Tree =>
  withGlobals(madeTree(properties, at), globals);
