import { Setting } from '../setting.ts';
import { madeTree, treeOf, type Member, type Tree } from '../tree.ts';
import type { TemplateInput } from '../cloudformation/template.ts';
import { wholeConfiguration } from './bearing.ts';
import { merged } from './merge.ts';
import { withDotenv } from './variables/dotenv.ts';
import { Resolver, type VariableContext } from './variables/resolve.ts';
import { stageOf } from './variables/sources.ts';

/** A configuration of the Serverless Framework as it stands once everything is put together. */
export interface Configuration {
  /**
   * Variables resolved; `service` and `provider` are maps with a `name`, `functions` and `resources` maps. What a variable took from
   * `custom`, `params`, `stages` or a file counts as read when the place that it was taken to is read.
   */
  readonly root: Setting;
  readonly stage: string;
}

/** Reads a configuration as Serverless puts it together before it makes anything of it: variables, stages, merged parts. */
export function readConfiguration(written: Setting, input: TemplateInput): Configuration {
  const tree = written.tree ?? treeOf({});
  const { source, files, stage: asked, parameters: given, ledger, by } = input;
  const context = { folder: source.folder, files, stage: asked, given, ledger, by };
  const resolver = new Resolver(tree, { ...context, env: environment(written, context, input.env ?? {}) });
  const root = Setting.made(putTogether(wholeConfiguration(tree, resolver), resolver), ledger, by);
  const stage = stageOf(resolver);
  settleReservoirs(root, stage);
  return { root, stage };
}

/** Serverless 4 reads `.env` files in any case, 3 where it is told to. */
function environment(written: Setting, context: Omit<VariableContext, 'env'>, env: VariableContext['env']): VariableContext['env'] {
  const { tree } = written;
  if (tree === undefined) return env;
  const early = new Resolver(tree, { ...context, env });
  early.quiet = true;
  const said = (key: string): unknown => {
    const found = early.at(tree, [key])?.tree;
    return found?.kind === 'scalar' ? found.value : undefined;
  };
  const reads = said('useDotenv') === true || /^[\^~>= ]*4/.test(String(said('frameworkVersion'))) || written.get('stages').exists;
  return reads ? withDotenv(env, stageOf(early), context.folder, context.files) : env;
}

/** The parts that may be written in several ways, in one. */
function putTogether(tree: Tree, resolver: Resolver): Tree {
  if (tree.kind !== 'map') return tree;
  const entries = new Map<string, Member>(tree.entries);
  const change = (key: string, how: (value: Tree) => Tree): void => {
    const member = entries.get(key);
    if (member !== undefined) entries.set(key, { ...member, value: how(member.value) });
  };
  for (const key of ['service', 'provider']) change(key, (value) => (value.kind === 'scalar' ? madeTree({ name: value }, value) : value));
  for (const key of ['functions', 'resources'])
    change(key, (value) => {
      for (const part of value.kind === 'list' ? value.items : [value]) if (part.kind === 'scalar') settleScalar(part, key, resolver);
      const map = merged(value);
      return map.kind === 'map' ? map : madeTree({}, value);
    });
  change('functions', (value) => mapsIn(value, resolver));
  return { ...tree, entries };
}

/** The members of a map that are maps themselves. */
function mapsIn(tree: Tree, resolver: Resolver): Tree {
  if (tree.kind !== 'map') return tree;
  const kept = [...tree.entries].filter(([, { value }]) => value.kind !== 'scalar');
  for (const [key, { value }] of tree.entries) if (value.kind === 'scalar') settleScalar(value, `functions.${key}`, resolver);
  return kept.length === tree.entries.size ? tree : { ...tree, entries: new Map(kept) };
}

/** A single value where a map belongs: nothing, or what a variable should have brought, which was told. */
function settleScalar(part: Tree & { kind: 'scalar' }, key: string, resolver: Resolver): void {
  const { context } = resolver;
  const setting = Setting.made(part, context.ledger, context.by);
  if (resolver.isStandIn(part)) setting.ignored('what the variable stands for is not here');
  else if (part.value === null || part.value === '') setting.settle();
  else setting.problem('DG1202', `${key} is ${JSON.stringify(part.value)}`, 'expected a map');
}

/** What variables refer to is settled where it was taken to; the rest belongs to other stages, or to nobody. */
function settleReservoirs(root: Setting, stage: string): void {
  root.get('useDotenv').settle();
  root.get('custom').leftToOthers('nothing that is read here asks for it');
  for (const key of ['params', 'stages'])
    for (const [name, setting] of root.get(key).entries())
      setting.leftToOthers(name === stage || name === 'default' ? 'nothing that is read here asks for it' : `is for the stage ${name}`);
}
