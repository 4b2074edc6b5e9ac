import { callOf } from '../cloudformation/functions.ts';
import type { Setting } from '../setting.ts';
import { madeTree, type Member, type Tree } from '../tree.ts';

const below = (tree: Tree | undefined, key: string): Tree | undefined => (tree?.kind === 'map' ? tree.entries.get(key)?.value : undefined);

/**
 * A template in which what Globals say stands in every resource of their kind. Functions are not worked out yet: where one stands on either
 * side, the resource's own value counts as a single one. `overridden` is told of what a resource says itself.
 */
export function withGlobals(template: Tree, overridden: (left: Tree) => void): Tree {
  const [globals, resources] = [below(template, 'Globals'), below(template, 'Resources')];
  if (template.kind !== 'map' || globals?.kind !== 'map' || resources?.kind !== 'map') return template;
  const entries = new Map<string, Member>();
  for (const [id, one] of resources.entries) {
    const type = below(one.value, 'Type');
    const usual = type?.kind === 'scalar' ? below(globals, String(type.value).replace(/^AWS::Serverless::/, '')) : undefined;
    entries.set(id, usual === undefined ? one : { ...one, value: withProperties(one.value, usual, overridden) });
  }
  const all = new Map(template.entries);
  all.set('Resources', { ...(all.get('Resources') as Member), value: { ...resources, entries } });
  return { ...template, entries: all };
}

function withProperties(resource: Tree, usual: Tree, overridden: (left: Tree) => void): Tree {
  if (resource.kind !== 'map') return resource;
  const own = resource.entries.get('Properties');
  const value = own === undefined ? { ...usual, made: true as const } : merged(own.value, usual, overridden);
  const at = own ?? resource;
  return { ...resource, entries: new Map(resource.entries).set('Properties', { line: at.line, column: at.column, value }) };
}

/** Maps are merged, lists joined (those of Globals first), and of single values the own one stands. Source: SAM's documentation of Globals. */
function merged(own: Tree, usual: Tree, overridden: (left: Tree) => void): Tree {
  const isSingle = callOf(own) !== undefined || callOf(usual) !== undefined;
  if (!isSingle && own.kind === 'list' && usual.kind === 'list') return { ...own, items: [...usual.items, ...own.items] };
  if (isSingle || own.kind !== 'map' || usual.kind !== 'map') {
    overridden(usual);
    return own;
  }
  const entries = new Map<string, Member>(usual.entries);
  for (const [key, member] of own.entries) {
    const under = entries.get(key);
    entries.set(key, under === undefined ? member : { ...member, value: merged(member.value, under.value, overridden) });
  }
  return { ...own, entries };
}

/** Sections whose kind is not in the template do nothing, nor do empty ones. */
export function settleGlobals(globals: Setting, kinds: ReadonlySet<string>): void {
  for (const [kind, section] of globals.entries())
    if (kinds.has(kind)) section.entries();
    else section.ignored(`no resource of kind ${kind} is here`);
}

/** The properties of a resource that the template does not write itself. */
export function impliedProperties(properties: Record<string, string>, globals: Setting, at: Tree): Tree {
  const own = madeTree(properties, at);
  return globals.tree === undefined
    ? own
    : merged(own, globals.tree, () => globals.get('StageName').ignored('the API that events imply has its own'));
}
