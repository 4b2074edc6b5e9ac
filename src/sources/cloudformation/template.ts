import type { Ledger } from '../../model/ledger.ts';
import type { Files } from '../files.ts';
import { Setting } from '../setting.ts';
import type { Source } from '../source.ts';
import { located, treeOf, type Tree } from '../tree.ts';
import { filesBeside, originOf } from './beside.ts';
import { exportsOf } from './exports.ts';
import { resolve } from './functions.ts';
import { withGlobals } from '../sam/globals.ts';
import { isSam, unfoldSam } from '../sam/unfold.ts';
import { isServerless } from '../serverless/serverless.ts';
import { unfoldServerless } from '../serverless/unfold.ts';
import { scopeOf, withPseudoParameters } from './scope.ts';
import { readStack } from './stack.ts';

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
  /** Other templates that were named: what they export is known. */
  readonly others?: readonly Source[];
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
  const { tree: text, repeated } = isServerless(source) ? { tree: source.trees()[0] ?? treeOf({}), repeated: [] } : source.lastOfEach();
  // CloudFormation takes the last of a key that stands there twice.
  for (const one of repeated) ledger.report(one);
  const written = located(text, originOf(source.name));
  const overridden = (left: Tree): void => Setting.root(left, source.name, ledger, by).leftToOthers('every resource of this kind says it itself');
  const tree = isServerless(source) ? unfoldServerless(Setting.root(written, source.name, ledger, by), input) : withGlobals(written, overridden);
  const open = filesBeside(source, input.files, ledger, by);
  const stack = readStack({ tree, file: source.name, ledger, by, open, given: input.parameters, exported: exportsOf(input.others ?? [], input) });
  const { scope } = stack;
  const asWritten = Setting.root(stack.tree, source.name, ledger, by);
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
  const scope = scopeOf({
    template: tree,
    given: parameters,
    include: files === undefined ? () => undefined : filesBeside(source, files, ledger, by),
    untaken: (left, condition) => Setting.root(left, source.name, ledger, by).ignored(`the condition ${condition} leaves it out`),
  });
  return Setting.root(resolve(tree, scope, true) ?? treeOf({}), source.name, ledger, by);
}
