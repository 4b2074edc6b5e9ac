import type { Ledger } from '../model/ledger.ts';
import { Setting } from './setting.ts';
import type { Source } from './source.ts';
import type { Member, Scalar, Tree } from './tree.ts';

/** A resource of a template, its intrinsic functions worked out. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly setting: Setting;
  readonly properties: Setting;
}

/** A template's values where AWS would put its own. */
const pseudo: Readonly<Record<string, string>> = {
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'local',
  'AWS::StackId': 'arn:aws:cloudformation:us-east-1:123456789012:stack/local/0',
};

/** Whether a text is a CloudFormation template that holds a resource of this type. */
export const holdsResource = (text: string, type: string): boolean => /["']?Resources["']?\s*:/.test(text) && text.includes(type);

/**
 * The resources of a CloudFormation template in YAML or JSON. `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` become texts; a `Ref` of a
 * resource is its logical id, that of a stage its name. Other functions stay as they stand, for the reader to refuse.
 */
export function resourcesOf(source: Source, ledger: Ledger, by: string, parameters: Readonly<Record<string, string>>): Resource[] {
  const tree = source.trees()[0];
  if (tree?.kind !== 'map') return [];
  const root = settingsWithFunctions(source, ledger, by, parameters);
  for (const name of root.keys()) if (name !== 'Resources' && name !== 'Transform') root.get(name).ignored('is no resource');
  return root
    .get('Resources')
    .entries()
    .map(([id, setting]) => {
      for (const name of setting.keys()) if (name !== 'Type' && name !== 'Properties') setting.get(name).ignored('concerns the deployment');
      return { id, type: setting.get('Type').string() ?? '', setting, properties: setting.get('Properties') };
    });
}

/** A document whose intrinsic functions are worked out, as parts of a template have them that stand in a file of their own. */
export function settingsWithFunctions(source: Source, ledger: Ledger, by: string, parameters: Readonly<Record<string, string>>): Setting {
  const tree = source.trees()[0] ?? { kind: 'map', entries: new Map(), line: 1, column: 1 };
  return Setting.root(resolve(tree, valuesOf(tree, parameters)), source.name, ledger, by);
}

type Values = (name: string, attribute: string) => string;

function valuesOf(template: Tree, parameters: Readonly<Record<string, string>>): Values {
  const asked = new Set<string>();
  /** A name may be a function of its own; one that asks for itself is left as it is. */
  const stageName = (stage: string): string | undefined => {
    const given = memberAt(template, 'Resources', stage, 'Properties', 'StageName');
    asked.add(stage);
    const name = given === undefined ? undefined : resolve(given, values);
    asked.delete(stage);
    return name?.kind === 'scalar' && name.value !== null ? String(name.value) : undefined;
  };
  const values: Values = (name, attribute) => {
    const type = textAt(template, 'Resources', name, 'Type');
    if (attribute !== '') {
      // Where no template says what it is, what has an ARN here is a function.
      const arn = type === undefined || type === 'AWS::Lambda::Function' || type === 'AWS::Serverless::Function';
      return arn && attribute === 'Arn'
        ? `arn:aws:lambda:${pseudo['AWS::Region']}:${pseudo['AWS::AccountId']}:function:${name}`
        : `${name}.${attribute}`;
    }
    if (type === 'AWS::ApiGateway::Stage' && !asked.has(name)) return stageName(name) ?? name;
    return parameters[name] ?? textAt(template, 'Parameters', name, 'Default') ?? pseudo[name] ?? name;
  };
  return values;
}

function memberAt(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  let at = tree;
  for (const name of path) at = at?.kind === 'map' ? at.entries.get(name)?.value : undefined;
  return at;
}
function textAt(tree: Tree, ...path: readonly string[]): string | undefined {
  const found = memberAt(tree, ...path);
  return found?.kind === 'scalar' && found.value !== null ? String(found.value) : undefined;
}

function resolve(tree: Tree, values: Values): Tree {
  const call = callOf(tree);
  if (call !== undefined) {
    const text = evaluate(call.name, call.argument, values);
    if (text !== undefined) return { kind: 'scalar', value: text, line: tree.line, column: tree.column };
  }
  if (tree.kind === 'list') return { ...tree, items: tree.items.map((item) => resolve(item, values)) };
  if (tree.kind !== 'map') return tree;
  const entries = new Map<string, Member>();
  for (const [key, member] of tree.entries) entries.set(key, { ...member, value: resolve(member.value, values) });
  return { ...tree, entries };
}

/** `!Sub text` and `{ Fn::Sub: text }` are the same call. */
function callOf(tree: Tree): { readonly name: string; readonly argument: Tree } | undefined {
  if (tree.tag !== undefined) {
    const { tag, ...argument } = tree;
    return { name: tag, argument: argument as Tree };
  }
  if (tree.kind !== 'map' || tree.entries.size !== 1) return undefined;
  const [[key, { value }]] = [...tree.entries] as [[string, Member]];
  if (key === 'Ref') return { name: key, argument: value };
  return key.startsWith('Fn::') ? { name: key.slice(4), argument: value } : undefined;
}

function evaluate(name: string, argument: Tree, values: Values): Scalar | undefined {
  const text = (tree: Tree | undefined): string | undefined => {
    const resolved = tree === undefined ? undefined : resolve(tree, values);
    return resolved?.kind === 'scalar' && resolved.value !== null ? String(resolved.value) : undefined;
  };
  const texts = (tree: Tree | undefined): string[] => (tree?.kind === 'list' ? tree.items.map((item) => text(item) ?? '') : []);
  const [first, second] = argument.kind === 'list' ? argument.items : [argument];
  switch (name) {
    case 'Ref':
      return values(text(argument) ?? '', '');
    case 'GetAtt': {
      const [resource = '', ...attribute] = argument.kind === 'list' ? texts(argument) : (text(argument) ?? '').split('.');
      return values(resource, attribute.join('.'));
    }
    case 'Join':
      return texts(second).join(text(first) ?? '');
    case 'Sub':
      return text(first)?.replaceAll(/\$\{(!?)([^}]*)\}/g, (all, literal: string, inner: string) => {
        if (literal !== '') return `\${${inner}}`;
        const [resource = '', ...attribute] = inner.trim().split('.');
        return text(memberAt(second, inner.trim())) ?? values(resource, attribute.join('.')) ?? all;
      });
    default:
      return undefined;
  }
}
