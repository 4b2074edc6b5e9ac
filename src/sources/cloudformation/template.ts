import path from 'node:path';
import type { Ledger } from '../../model/ledger.ts';
import type { Files } from '../files.ts';
import { Setting } from '../setting.ts';
import type { Source } from '../source.ts';
import { located, treeOf, type Tree } from '../tree.ts';
import { parseYaml } from '../yaml.ts';
import { member, resolve } from './functions.ts';
import { withGlobals } from '../sam/globals.ts';
import { isSam, unfoldSam } from '../sam/unfold.ts';
import { isServerless } from '../serverless/serverless.ts';
import { unfoldServerless } from '../serverless/unfold.ts';
import { scopeOf, withPseudoParameters } from './scope.ts';

/** A resource of a template, its functions worked out. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly setting: Setting;
  readonly properties: Setting;
}

/** A template in which nothing is left to be worked out. */
export interface Template {
  readonly root: Setting;
  readonly resources: readonly Resource[];
  /** The content of a file that stands beside the template. */
  readonly open: (location: string) => Tree | undefined;
  /** The parameters' and resources' values inside a document that is opened later. */
  readonly resolve: (tree: Tree) => Tree;
}

export interface TemplateInput {
  readonly source: Source;
  readonly ledger: Ledger;
  /** Who reads: `DIALECT/template`. */
  readonly by: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly files: Files;
  /** The stage that the user asks for. */
  readonly stage?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a template: CloudFormation's in YAML or JSON, or what SAM and the Serverless Framework make one of. `Ref` of a resource gives its logical id, of a stage its name; what is elsewhere (another
 * stack's export, a secret) is a text that names it. Branches and resources whose condition does not hold are settled as that.
 */
export function readTemplate(input: TemplateInput): Template {
  const { source, ledger, by } = input;
  const written = located(source.trees()[0] ?? treeOf({}), originOf(source.name));
  const overridden = (left: Tree): void => Setting.root(left, source.name, ledger, by).leftToOthers('every resource of this kind says it itself');
  const tree = isServerless(source) ? unfoldServerless(Setting.root(written, source.name, ledger, by), input) : withGlobals(written, overridden);
  const open = opener(input);
  const scope = scopeOf(tree, input.parameters, open, (left, condition) => ignore(left, `the condition ${condition} leaves it out`));
  const ignore = (left: Tree, why: string): void => Setting.root(left, source.name, ledger, by).ignored(why);
  const kept = new Map(tree.kind === 'map' ? tree.entries : []);
  const resources = kept.get('Resources');
  if (resources?.value.kind === 'map') {
    const entries = new Map(resources.value.entries);
    for (const [id, { value }] of entries) {
      const condition = member(value, 'Condition');
      const name = condition?.kind === 'scalar' ? String(condition.value) : undefined;
      if (name === undefined || scope.condition(name)) continue;
      entries.delete(id);
      ignore(value, `the condition ${name} does not hold`);
    }
    kept.set('Resources', { ...resources, value: { ...resources.value, entries } });
  }
  const resolved = resolve({ kind: 'map', entries: kept, line: tree.line, column: tree.column }, scope) ?? treeOf({});
  const asWritten = Setting.root(resolved, source.name, ledger, by);
  settleFrame(asWritten, scope.asked);
  const resolveLater = (one: Tree): Tree => resolve(one, scope, true) ?? treeOf({});
  const openResolved = (location: string): Tree | undefined => {
    const found = open(location);
    return found === undefined ? undefined : resolveLater(found);
  };
  const root = isSam(asWritten) ? Setting.made(unfoldSam(asWritten, openResolved), ledger, by) : asWritten;
  return { root, resources: resourcesIn(root), open, resolve: resolveLater };
}

/** The resources of a template's root. */
export function resourcesIn(root: Setting): Resource[] {
  return root
    .get('Resources')
    .entries()
    .map(([id, setting]) => {
      for (const name of setting.keys())
        if (name === 'Metadata') setting.get(name).leftToOthers('concerns the deployment');
        else if (name !== 'Type' && name !== 'Properties') setting.get(name).ignored(name === 'Condition' ? 'holds here' : 'concerns the deployment');
      return { id, type: setting.get('Type').string() ?? '', setting, properties: setting.get('Properties') };
    });
}

/** A document whose functions are worked out, as parts of a template have them that stand in a file of their own. */
export function settingsWithFunctions(
  source: Source,
  ledger: Ledger,
  by: string,
  parameters: Readonly<Record<string, string>>,
  files?: Files,
): Setting {
  const tree = withPseudoParameters(located(source.trees()[0] ?? treeOf({}), originOf(source.name)));
  const open = files === undefined ? (): undefined => undefined : opener({ source, ledger, by, parameters, files });
  const scope = scopeOf(tree, parameters, open, (left, condition) =>
    Setting.root(left, source.name, ledger, by).ignored(`the condition ${condition} leaves it out`),
  );
  return Setting.root(resolve(tree, scope, true) ?? treeOf({}), source.name, ledger, by);
}

/** What surrounds the resources: a parameter's default counts where the template asks for it. */
function settleFrame(root: Setting, asked: ReadonlySet<string>): void {
  for (const [name, parameter] of root.get('Parameters').entries())
    for (const key of parameter.keys()) {
      if (key === 'Default' && asked.has(name)) parameter.get(key).settle();
      else parameter.get(key).ignored(key === 'Default' ? 'nothing that is read here asks for it' : 'says what may be given when the stack is made');
    }
  for (const name of ['Mappings', 'Conditions', 'Transform']) root.get(name).settle();
  for (const name of root.keys())
    if (!['Resources', 'Globals', 'Parameters', 'Mappings', 'Conditions', 'Transform'].includes(name)) root.get(name).ignored('is no resource');
}

const originOf = (file: string): { readonly file: string; readonly line: number; readonly column: number; readonly pointer: string } => ({
  file,
  line: 1,
  column: 1,
  pointer: '',
});

/** Opens files by a path beside the template; what is in a bucket is not here. */
function opener({ source, files, ledger, by }: TemplateInput): (location: string) => Tree | undefined {
  const opened = new Map<string, Tree>();
  return (location) => {
    if (/^[a-z][\w+.-]*:\/\//i.test(location)) return undefined;
    const absolute = path.resolve(source.folder, location);
    const known = opened.get(absolute);
    if (known !== undefined) return known;
    const text = files.read(absolute);
    if (text === undefined) return undefined;
    const name = files.nameOf(absolute);
    const tree = located(parseYaml(text, name)[0] ?? treeOf({}), originOf(name));
    Setting.root(tree, name, ledger, by);
    opened.set(absolute, tree);
    return tree;
  };
}
