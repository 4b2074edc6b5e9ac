import type { Origin } from '../../model/origin.ts';
import { madeTree, type Member, type Scalar, type Tree } from '../tree.ts';

/** What the functions of a template ask it for. */
export interface Scope {
  /** What `Ref` gives; a text stands for what is elsewhere. */
  readonly reference: (name: string) => Tree | Scalar;
  readonly attribute: (name: string, attribute: string) => Tree | Scalar;
  readonly condition: (name: string) => boolean;
  readonly mapping: (map: string, key: string, second: string) => Tree | undefined;
  /** What another stack exports; a text that names it where that is not here. */
  readonly exported: (name: string) => Tree | Scalar;
  /** The content of a file that `AWS::Include` names, its functions worked out; undefined where it is not here. */
  readonly include: (location: string) => Tree | undefined;
  /** Told of every branch that a condition leaves out. */
  readonly untaken: (tree: Tree, condition: string) => void;
  /** Told of every function that CloudFormation would not work out as it is written. */
  readonly misused?: ((call: Tree, name: string, expected: string) => void) | undefined;
}

interface Call {
  readonly name: string;
  readonly argument: Tree;
}

/** Properties that hold documents, in which the text `true` is none but itself. */
const documents: ReadonlySet<string> = new Set(['Body', 'DefinitionBody', 'Schema']);

/**
 * A tree whose functions are worked out; undefined for `AWS::NoValue`. Functions that are not known stay as they stand. The texts `true` and
 * `false` count as what they say, but not in `documents`.
 */
export function resolve(tree: Tree, scope: Scope, document = false): Tree | undefined {
  const call = callOf(tree);
  if (call !== undefined) {
    if (call.name === 'Ref' && call.argument.kind === 'scalar' && call.argument.value === 'AWS::NoValue') return undefined;
    checkForm(call, tree, scope);
    if (call.name === 'If') return branch(call.argument, scope, document);
    const found = evaluate(call, scope);
    if (found !== undefined) return placed(found, tree);
  }
  if (tree.kind === 'scalar') {
    if (document) return tree;
    const value = tree.value === 'true' ? true : tree.value === 'false' ? false : tree.value;
    return value === tree.value ? tree : { ...tree, value };
  }
  if (tree.kind === 'list') return { ...tree, items: tree.items.flatMap((item) => resolve(item, scope, document) ?? []) };
  const entries = new Map<string, Member>();
  for (const [key, member] of tree.entries) {
    const included = key === 'Fn::Transform' ? includedIn(member.value, scope) : undefined;
    if (included?.kind === 'map') for (const [name, one] of included.entries) entries.set(name, one);
    const value = included === undefined ? resolve(member.value, scope, document || documents.has(key)) : undefined;
    if (value !== undefined) entries.set(key, { ...member, value });
  }
  return { ...tree, entries };
}

/** `!Sub text` and `{ Fn::Sub: text }` are the same call. */
export function callOf(tree: Tree): Call | undefined {
  if (tree.tag !== undefined) {
    const { tag, ...argument } = tree;
    return { name: tag, argument: argument as Tree };
  }
  if (tree.kind !== 'map' || tree.entries.size !== 1) return undefined;
  const [[key, { value }]] = [...tree.entries] as [[string, Member]];
  if (key === 'Ref' || key === 'Condition') return { name: key, argument: value };
  return key.startsWith('Fn::') && key !== 'Fn::Transform' ? { name: key.slice(4), argument: value } : undefined;
}

/** How many values functions take that take a list. */
const forms: Readonly<Record<string, readonly [number, number]>> = { If: [3, 3], Join: [2, 2], Select: [2, 2], Split: [2, 2], FindInMap: [3, 4] };

function checkForm({ name, argument }: Call, call: Tree, scope: Scope): void {
  const [least, most] = (Object.hasOwn(forms, name) ? forms[name] : undefined) ?? [0, 0];
  if (most === 0) {
    if (name === 'Sub' && argument.kind === 'map') scope.misused?.(call, name, 'a text, or a list of a text and a map');
  } else if (argument.kind !== 'list' || argument.items.length < least || argument.items.length > most)
    scope.misused?.(call, name, `a list of ${least} values`);
}

/** Whether a condition holds: a name, or one of the functions of conditions. */
export function holds(tree: Tree, scope: Scope): boolean {
  const call = callOf(tree);
  if (call === undefined) return tree.kind === 'scalar' && String(tree.value) === 'true';
  const parts = itemsOf(call.argument);
  switch (call.name) {
    case 'Condition':
      return scope.condition(textOf(call.argument, scope) ?? '');
    case 'Equals': {
      const [left, right] = parts.map((part) => resolve(part, scope));
      return JSON.stringify(bare(left)) === JSON.stringify(bare(right));
    }
    case 'And':
      return parts.every((part) => holds(part, scope));
    case 'Or':
      return parts.some((part) => holds(part, scope));
    case 'Not':
      return !parts.some((part) => holds(part, scope));
    default:
      return false;
  }
}

function branch(argument: Tree, scope: Scope, document: boolean): Tree | undefined {
  const [condition, then, otherwise] = itemsOf(argument);
  const name = condition === undefined ? '' : (textOf(condition, scope) ?? '');
  const [taken, left] = scope.condition(name) ? [then, otherwise] : [otherwise, then];
  if (left !== undefined) scope.untaken(left, name);
  return taken === undefined ? undefined : resolve(taken, scope, document);
}

function includedIn(argument: Tree, scope: Scope): Tree | undefined {
  if (textOf(member(argument, 'Name'), scope) !== 'AWS::Include') return undefined;
  const location = textOf(member(member(argument, 'Parameters'), 'Location'), scope);
  return location === undefined ? undefined : scope.include(location);
}

/** The value of a function; undefined for one that is not known. */
function evaluate({ name, argument }: Call, scope: Scope): Tree | Scalar | undefined {
  const text = (tree: Tree | undefined): string => textOf(tree, scope) ?? '';
  const parts = itemsOf(argument);
  const [first, second, third] = parts;
  switch (name) {
    case 'Ref':
      return scope.reference(text(argument));
    case 'GetAtt': {
      const [resource = '', ...attribute] = argument.kind === 'list' ? parts.map(text) : text(argument).split('.');
      return scope.attribute(resource, attribute.join('.'));
    }
    case 'Sub':
      return substitute(text(first), second, scope, argument);
    case 'Join':
      return listOf(second, scope).map(text).join(text(first));
    case 'Split':
      return madeTree(text(second).split(text(first)), argument);
    case 'Select': {
      const items = listOf(second, scope);
      return items[Number(text(first))] ?? `select.${text(first)}`;
    }
    case 'FindInMap':
      return scope.mapping(text(first), text(second), text(third)) ?? otherwise(parts[3], scope) ?? `${text(first)}.${text(second)}.${text(third)}`;
    case 'ImportValue':
      return scope.exported(text(argument));
    case 'Base64':
      return Buffer.from(text(argument)).toString('base64');
    case 'GetAZs':
      return madeTree(
        ['a', 'b', 'c'].map((zone) => `${text(argument) || substitute('${AWS::Region}', undefined, scope)}${zone}`),
        argument,
      );
    case 'Cidr':
      return madeTree(
        Array.from({ length: Math.min(256, Number(text(second)) || 1) }, (_, at) => `${text(first)}#${at}`),
        argument,
      );
    case 'Length':
      return listOf(argument, scope).length;
    case 'ToJsonString':
      return JSON.stringify(bare(resolve(argument, scope)));
    default:
      return undefined;
  }
}

const otherwise = (options: Tree | undefined, scope: Scope): Tree | undefined => {
  const usual = member(options, 'DefaultValue');
  return usual === undefined ? undefined : resolve(usual, scope);
};

/** `${Name}`, `${Name.Attribute}`, and `${!Literal}`, which stays. */
function substitute(pattern: string, values: Tree | undefined, scope: Scope, call?: Tree): string {
  return pattern.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, inner: string) => {
    if (literal !== '') return `\${${inner}}`;
    const own = member(values, inner.trim());
    if (own !== undefined) return textOf(own, scope) ?? '';
    const [resource = '', ...attribute] = inner.trim().split('.');
    const value = attribute.length > 0 ? scope.attribute(resource, attribute.join('.')) : scope.reference(resource);
    if (typeof value !== 'object' || value === null) return String(value ?? '');
    if (value.kind !== 'scalar' && call !== undefined) scope.misused?.(call, 'Sub', `a text at ${inner.trim()}, which is a list`);
    return textOf(value, scope) ?? '';
  });
}

export function textOf(tree: Tree | undefined, scope: Scope): string | undefined {
  const found = tree === undefined ? undefined : resolve(tree, scope);
  if (found?.kind === 'list') return found.items.map((item) => textOf(item, scope) ?? '').join(',');
  return found?.kind === 'scalar' && found.value !== null ? String(found.value) : undefined;
}

export const member = (tree: Tree | undefined, key: string): Tree | undefined => (tree?.kind === 'map' ? tree.entries.get(key)?.value : undefined);
const itemsOf = (tree: Tree): readonly Tree[] => (tree.kind === 'list' ? tree.items : [tree]);

function listOf(tree: Tree | undefined, scope: Scope): readonly Tree[] {
  const found = tree === undefined ? undefined : resolve(tree, scope);
  return found === undefined ? [] : itemsOf(found);
}

/** Plain data in which `1` and `"1"` are the same, as CloudFormation compares them. */
function bare(tree: Tree | undefined): unknown {
  if (tree === undefined) return null;
  if (tree.kind === 'scalar') return tree.value === null ? '' : String(tree.value);
  if (tree.kind === 'list') return tree.items.map(bare);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, bare(value)]));
}

/** A value at the place of the call that gave it. What a packaging made stands nowhere, and its value neither. */
function placed(value: Tree | Scalar, call: Tree): Tree {
  const at: { readonly line: number; readonly column: number; readonly from?: Origin; readonly made?: true } = {
    line: call.line,
    column: call.column,
    ...(call.from === undefined ? {} : { from: call.from }),
    ...(call.made === undefined ? {} : { made: true }),
  };
  if (typeof value === 'object' && value !== null)
    return value.kind === 'scalar' ? { kind: 'scalar', value: value.value, ...at } : { ...value, ...at };
  return { kind: 'scalar', value: value === 'true' ? true : value === 'false' ? false : value, ...at };
}
