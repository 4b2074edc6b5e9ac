import { diagnosticAt } from '../../model/error.ts';
import type { Ledger } from '../../model/ledger.ts';
import { Setting } from '../setting.ts';
import { treeOf, type Member, type Tree } from '../tree.ts';
import { member, resolve, textOf, type Scope } from './functions.ts';
import { unfoldLoops } from './loops.ts';
import { scopeOf, type ScopeInput } from './scope.ts';
import { settleFrame } from './settle-frame.ts';
import { Uses } from './uses.ts';

export interface StackInput extends Pick<ScopeInput, 'given' | 'exported'> {
  readonly tree: Tree;
  readonly file: string;
  readonly ledger: Ledger;
  readonly by: string;
  /** The content of a file beside the template. */
  readonly open: (location: string) => Tree | undefined;
  /** Names of resources that surrounding stacks have, which those of nested ones do not take. */
  readonly taken?: ReadonlySet<string>;
  readonly depth?: number;
}

/** A stack whose functions are worked out, what its nested stacks make among its own resources. */
export interface Stack {
  readonly tree: Tree;
  readonly scope: Scope;
  readonly output: (name: string) => Tree | undefined;
}

/** Types whose values decide what a gateway does. */
const ofGateways = /^AWS::(?:ApiGateway|ApiGatewayV2|ElasticLoadBalancingV2|Serverless|Lambda|Cognito|CloudFormation)::/;

export function readStack(input: StackInput): Stack {
  const { file, ledger, by, open } = input;
  const ignore = (left: Tree, why: string): void => Setting.root(left, file, ledger, by).ignored(why);
  const template = unfolded(input);
  const own = member(template, 'Resources');
  const ids = new Set(own?.kind === 'map' ? own.entries.keys() : []);
  const names = new Map([...ids].map((id) => [id, input.taken?.has(id) === true ? `${id}In${input.depth ?? 0}` : id]));
  const nested = new Map<string, Stack | undefined>();
  const stackOf = (name: string): Stack | undefined => {
    if (!nested.has(name)) {
      nested.set(name, undefined);
      nested.set(name, nestedStack(name));
    }
    return nested.get(name);
  };
  const scope = scopeOf({
    template,
    given: input.given,
    include: open,
    untaken: (left, condition) => ignore(left, `the condition ${condition} leaves it out`),
    misused: (call, name, expected) =>
      ledger.report(
        diagnosticAt(
          'DG1203',
          call.from ?? { file, line: call.line, column: call.column, pointer: '' },
          `Fn::${name} cannot be worked out`,
          `expected ${expected}`,
        ),
      ),
    nameOf: (id) => names.get(id) ?? id,
    outputOf: (stack, output) => stackOf(stack)?.output(output),
    ...(input.exported === undefined ? {} : { exported: input.exported }),
  });
  const nestedStack = (name: string): Stack | undefined => {
    const resource = member(own, name);
    const properties = member(resource, 'Properties');
    const asset = textOf(member(member(resource, 'Metadata'), 'aws:asset:path'), scope);
    const found = (input.depth ?? 0) > 4 ? undefined : (fileOf(asset, open) ?? fileOf(textOf(member(properties, 'TemplateURL'), scope), open));
    if (found === undefined) return undefined;
    const given = member(properties, 'Parameters');
    return readStack({
      ...input,
      tree: found,
      file: found.from?.file ?? file,
      given: Object.fromEntries(given?.kind === 'map' ? [...given.entries].map(([key, { value }]) => [key, textOf(value, scope) ?? '']) : []),
      taken: new Set([...(input.taken ?? []), ...ids]),
      depth: (input.depth ?? 0) + 1,
    });
  };

  const uses = new Uses();
  const resources = new Map<string, Member>();
  for (const [id, at] of own?.kind === 'map' ? own.entries : []) {
    const [type, condition] = ['Type', 'Condition']
      .map((key) => member(at.value, key))
      .map((one) => (one?.kind === 'scalar' ? String(one.value) : undefined));
    const [value, asked] = scope.uses.during(() => (condition === undefined || scope.condition(condition) ? resolve(at.value, scope) : undefined));
    if (ofGateways.test(type ?? '')) uses.addAll(asked);
    if (value === undefined) ignore(at.value, `the condition ${condition ?? ''} does not hold`);
    else if (type === 'AWS::CloudFormation::Stack') addNested(resources, id, value, stackOf(id), input);
    else resources.set(names.get(id) ?? id, { ...at, value });
  }
  const globals = member(template, 'Globals');
  const [resolvedGlobals, asked] = scope.uses.during(() => (globals === undefined ? undefined : resolve(globals, scope)));
  uses.addAll(asked);
  const at = { line: template.line, column: template.column };
  const entries = new Map(template.kind === 'map' ? template.entries : []);
  const frame = new Map([...entries].filter(([key]) => key !== 'Resources' && key !== 'Globals'));
  if (frame.size > 0) settleFrame(Setting.root({ kind: 'map', entries: frame, ...at }, file, ledger, by), uses, input.given);
  if (own !== undefined)
    entries.set('Resources', { ...(entries.get('Resources') as Member), value: { ...own, kind: 'map', entries: resources } as Tree });
  if (resolvedGlobals !== undefined) entries.set('Globals', { ...(entries.get('Globals') as Member), value: resolvedGlobals });
  return {
    tree: { kind: 'map', entries, ...at, ...(template.from === undefined ? {} : { from: template.from }) },
    scope,
    output: (name) => {
      const value = member(member(member(template, 'Outputs'), name), 'Value');
      return value === undefined ? undefined : resolve(value, scope);
    },
  };
}

const fileOf = (location: string | undefined, open: StackInput['open']): Tree | undefined => (location === undefined ? undefined : open(location));

function addNested(resources: Map<string, Member>, id: string, value: Tree, stack: Stack | undefined, { file, ledger, by }: StackInput): void {
  const setting = Setting.root(value, file, ledger, by);
  if (stack === undefined) {
    setting.warning(
      'DG1208',
      `the template of the nested stack ${id} is not beside this one`,
      'nothing of it is served; put it where TemplateURL says',
    );
    setting.ignored('the template of the nested stack is not here');
    return;
  }
  setting.get('Type').string();
  const properties = setting.get('Properties');
  properties.get('TemplateURL').settle();
  properties.get('Parameters').settle();
  setting.leftToOthers('concerns the deployment');
  const own = member(stack.tree, 'Resources');
  for (const [name, one] of own?.kind === 'map' ? own.entries : []) resources.set(name, one);
}

/** A template in which includes and loops stand unfolded. */
function unfolded({ tree, given, open }: StackInput): Tree {
  const bare = scopeOf({ template: tree, given, include: () => undefined, untaken: () => undefined });
  const included = tree.kind === 'map' ? withIncludes(tree, open, bare) : treeOf({});
  if (!hasLoops(included)) return included;
  const scope = scopeOf({ template: included, given, include: () => undefined, untaken: () => undefined });
  return unfoldLoops(included, (collection) => {
    const found = resolve(collection, scope);
    return (found?.kind === 'list' ? found.items : found === undefined ? [] : [found]).map((one) => textOf(one, scope) ?? '');
  });
}

/** `AWS::Include` where it stands for sections of a template, or for resources. */
function withIncludes(tree: Tree & { readonly kind: 'map' }, open: StackInput['open'], scope: Scope): Tree {
  const merged = (at: Tree, call: Tree | undefined): Tree => {
    if (at.kind !== 'map' || textOf(member(call, 'Name'), scope) !== 'AWS::Include') return at;
    const found = fileOf(textOf(member(member(call, 'Parameters'), 'Location'), scope), open);
    if (found?.kind !== 'map') return at;
    const entries = new Map(at.entries);
    entries.delete('Fn::Transform');
    for (const [key, one] of found.entries) entries.set(key, one);
    return { ...at, entries };
  };
  const whole = merged(tree, member(tree, 'Transform'));
  const resources = member(whole, 'Resources');
  if (whole.kind !== 'map' || resources === undefined || member(resources, 'Fn::Transform') === undefined) return whole;
  const entries = new Map(whole.entries);
  entries.set('Resources', { ...(entries.get('Resources') as Member), value: merged(resources, member(resources, 'Fn::Transform')) });
  return { ...whole, entries };
}

function hasLoops(tree: Tree): boolean {
  if (tree.kind === 'scalar') return false;
  if (tree.kind === 'list') return tree.items.some(hasLoops);
  return [...tree.entries].some(([key, { value }]) => key.startsWith('Fn::ForEach::') || hasLoops(value));
}
