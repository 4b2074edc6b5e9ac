import { Setting } from '../setting.ts';
import { madeTree, type Member, type Tree } from '../tree.ts';
import { functionsOf } from './functions.ts';
import { httpApiOf } from './http-api.ts';
import { layersOf } from './layers.ts';
import { mergeTrees } from './merge.ts';
import { settleOtherEvents } from './other-events.ts';
import { pluginNames, pluginsOf } from './plugins.ts';
import { restApiOf } from './rest-api.ts';
import { isCall, serviceOf, textOf, type Resources, type Service } from './service.ts';
import { settleRest } from './settle.ts';

/** The stack that the framework would package of a configuration whose variables are worked out. `stage`: the one that is asked for. */
export function stackOf(root: Setting, stage: string | undefined): Tree {
  const at = root.tree as Tree;
  const provider = root.get('provider');
  const name = textOf(provider.kind === 'scalar' ? provider : provider.get('name')) ?? 'aws';
  if (name !== 'aws') {
    provider.warning('DG1208', `the provider of this service is ${name}, not aws`, 'nothing is served of it; name the configuration of a gateway');
    root.ignored(`belongs to the provider ${name}`);
    return madeTree({ Resources: {} }, at);
  }
  const service = serviceOf(root, stage);
  const plugins = pluginNames(service);
  const made: Resources = { ...functionsOf(service), ...layersOf(service), ...restApiOf(service, plugins), ...httpApiOf(service) };
  Object.assign(made, pluginsOf(service, plugins, made));
  settleOtherEvents(service);
  const tree = withOwn(madeTree({ Resources: made }, at), service);
  settleRest(service);
  return tree;
}

/** What `resources` says is merged over what the framework makes; its `extensions` replace property by property. */
function withOwn(made: Tree, { root }: Service): Tree {
  const resources = root.get('resources');
  if (resources.tree?.kind !== 'map') return made;
  const own = resources.get('Resources');
  for (const one of [resources, own])
    if (isCall(one) || (one.exists && one.kind !== 'map')) {
      one.problem('DG1202', `${one.name} is no map`, 'expected resources by their logical ids');
      return made;
    }
  const entries = new Map(resources.tree.entries);
  entries.delete('extensions');
  // Nothing but a comment may stand there.
  if (!own.exists) entries.delete('Resources');
  const replaced = (tree: Tree): void => Setting.made(tree, root.ledger, root.by).ignored('resources say it otherwise');
  const merged = mergeTrees(made, { ...resources.tree, entries }, replaced);
  const all = merged.kind === 'map' ? merged.entries.get('Resources') : undefined;
  if (all?.value.kind !== 'map') return merged;
  const extended = new Map(all.value.entries);
  for (const [id, extension] of resources.get('extensions').entries()) {
    const under = extended.get(id);
    if (under === undefined)
      extension.problem('DG1205', `there is no resource ${id} to be extended`, 'expected the logical id of one that the framework makes');
    else extended.set(id, { ...under, value: extend(under.value, extension, replaced) });
  }
  return {
    ...merged,
    entries: new Map([...(merged.kind === 'map' ? merged.entries : []), ['Resources', { ...all, value: { ...all.value, entries: extended } }]]),
  } as Tree;
}

const deployment = ['CreationPolicy', 'DeletionPolicy', 'UpdatePolicy', 'UpdateReplacePolicy', 'DependsOn', 'Metadata'];

/** Source: lib/plugins/aws/package/lib/merge-custom-provider-resources.js. */
function extend(under: Tree, extension: Setting, replaced: (tree: Tree) => void): Tree {
  if (under.kind !== 'map') return under;
  const entries = new Map<string, Member>(under.entries);
  for (const [key, setting] of extension.entries()) {
    if (deployment.includes(key)) setting.ignored('concerns the deployment');
    else if (key === 'Condition') entries.set(key, memberOf(setting));
    else if (key === 'Properties') {
      const before = entries.get(key)?.value;
      const properties = new Map<string, Member>(before?.kind === 'map' ? before.entries : []);
      for (const [name, value] of setting.entries()) {
        const one = properties.get(name);
        if (one !== undefined) replaced(one.value);
        properties.set(name, memberOf(value));
      }
      entries.set(key, { ...memberOf(setting), value: { ...(before ?? (setting.tree as Tree)), entries: properties } as Tree });
    } else setting.problem('DG1203', `${key} of a resource cannot be extended`, `expected Properties, Condition, ${deployment.join(', ')}`);
  }
  return { ...under, entries };
}

const memberOf = (setting: Setting): Member => ({ value: setting.tree as Tree, line: setting.origin.line, column: setting.origin.column });
