import { Setting } from '../../setting.ts';
import type { Scalar, Tree } from '../../tree.ts';
import type { Found, Resolver } from './resolve.ts';

/** A source that was asked. */
export interface Named {
  readonly type: string;
  readonly address: string | undefined;
  /** As the user would write it, and give it: `ssm:/path`. */
  readonly name: string;
  /** Of a file. */
  readonly location: string | undefined;
  /** What it says is known only where the service is deployed. */
  readonly elsewhere: boolean;
}

/** Undefined where a source has nothing to say. */
type Answer = Found | Scalar | undefined;
type Source = (address: string, params: readonly string[], resolver: Resolver, at: Tree) => Answer;

const defaultStage = 'dev';

/** What a source says. What the user gives for a whole variable stands above that. */
export function lookUp(
  type: string,
  params: readonly string[] | undefined,
  address: string | undefined,
  resolver: Resolver,
  at: Tree,
): { readonly named: Named; readonly answer: Answer } {
  const below = address === undefined ? '' : `:${address.replace(/~(?:true|false|split|raw)$/, '')}`;
  const name = `${type}${params === undefined ? '' : `(${params.join(', ')})`}${below}`;
  const source = Object.hasOwn(sources, type) ? sources[type] : undefined;
  const named = {
    type,
    address,
    name,
    location: type === 'file' ? params?.[0] : undefined,
    elsewhere: source === undefined || (type === 'aws' && below.includes(':', 1)),
  };
  const answer = given(resolver, name) ?? (source === undefined ? given(resolver, `${type}${below}`) : undefined);
  return { named, answer: answer ?? source?.(address ?? '', params ?? [], resolver, at) };
}

const sources: Readonly<Record<string, Source>> = {
  self: (address, _, resolver) => {
    const found = resolver.at(resolver.root, keysOf(address));
    // Where the configuration does not name its stage or region, the framework does.
    if (address === 'provider.region' && found === undefined) return usualOptions['region'];
    return address === 'provider.stage' && (found === undefined || resolver.isStandIn(found.tree)) ? stageOf(resolver) : found;
  },
  env: (address, _, { context }) => valueIn(context.env, address),
  opt: (address, _, resolver) => (address === 'stage' ? resolver.context.stage : undefined) ?? given(resolver, address),
  param: (address, _, resolver) => {
    const answer = given(resolver, address);
    if (answer !== undefined) return answer;
    const stage = stageOf(resolver);
    for (const path of [`params.${stage}`, `stages.${stage}.params`, 'params.default', 'stages.default.params']) {
      const found = resolver.at(resolver.root, [...keysOf(path), address]);
      if (found !== undefined) return found;
    }
    return undefined;
  },
  sls: (address, _, resolver) => {
    if (address === 'instanceId') return 'local';
    if (address !== 'stage') return undefined;
    const found = resolver.context.stage === undefined ? resolver.at(resolver.root, ['provider', 'stage']) : undefined;
    return found === undefined || resolver.isStandIn(found.tree) ? stageOf(resolver) : found;
  },
  aws: (address, _, resolver) => {
    if (address === 'accountId') return '123456789012';
    if (address !== 'region') return undefined;
    return given(resolver, 'region') ?? resolver.at(resolver.root, ['provider', 'region']) ?? usualOptions['region'];
  },
  strToBool: (_, [text = '']) => (/^(?:true|1)$/i.test(text.trim()) ? true : /^(?:false|0)$/i.test(text.trim()) ? false : undefined),
  file: (address, [location = ''], resolver, at) => {
    const found = resolver.files.at(location, keysOf(address), at);
    if (found !== undefined) Setting.root(found.tree, '', resolver.context.ledger, resolver.context.by);
    return found;
  },
};

/** The name of the stage that is served. */
export function stageOf(resolver: Resolver): string {
  const { stage } = resolver.context;
  const named = stage === undefined ? resolver.at(resolver.root, ['provider', 'stage'])?.tree : undefined;
  return stage ?? (named?.kind === 'scalar' && !resolver.isStandIn(named) ? String(named.value) : defaultStage);
}

export interface StandIn {
  readonly text: string;
  readonly cause: string;
  readonly message: string;
  readonly hint: string;
}

/** What stands in for a source that says nothing, and what is told of it: once for each `cause`. */
export function standInFor(
  named: Named,
  resolver: Resolver,
): { readonly text: string; readonly cause: string; readonly message: string; readonly hint: string } {
  const { type, address, name, elsewhere, location } = named;
  const give = `give it with --var '${name}=VALUE'`;
  const usual = type === 'opt' && address !== undefined ? usualOptions[address] : undefined;
  if (usual !== undefined)
    return {
      text: usual,
      cause: name,
      message: `no ${address} is given: it is ${usual} here`,
      hint: `give it with ${address === 'stage' ? '--stage NAME' : '--var region=NAME'}`,
    };
  const reads = `it is the text ${JSON.stringify(name)}`;
  if (elsewhere) return { text: name, cause: name, message: `${name} is not known here: ${reads}`, hint: give };
  if (location !== undefined && resolver.files.text(location) === undefined)
    return {
      text: name,
      cause: location,
      message: `there is no file ${location}: what variables ask of it is a text that names it`,
      hint: `write the file, or ${give}`,
    };
  const known = type === 'self' ? standInOnTheWay(keysOf(address ?? ''), resolver) : undefined;
  return {
    text: name,
    cause: known ?? name,
    message: `${name} leads to nothing, and no other value stands after it: ${reads}`,
    hint:
      type === 'env'
        ? `set ${address} in the environment, or ${give}`
        : type === 'opt' || type === 'param'
          ? `give it with --var ${address}=VALUE`
          : give,
  };
}

/** The text of a stand-in that stands where a variable leads through, which was told of. */
function standInOnTheWay(keys: readonly string[], resolver: Resolver): string | undefined {
  for (const at of keys.keys()) {
    const tree = resolver.at(resolver.root, keys.slice(0, at))?.tree;
    if (tree?.kind === 'scalar' && resolver.isStandIn(tree)) return String(tree.value);
  }
  return undefined;
}

/** What the framework takes where an option is not given. */
const usualOptions: Readonly<Record<string, string>> = { stage: defaultStage, region: 'us-east-1' };

const keysOf = (address: string): string[] => (address === '' ? [] : address.split('.'));
/** A text that was given where a value is: Serverless takes `true` for the value where one is asked for. */
function valueIn(texts: Readonly<Record<string, string | undefined>>, name: string): Scalar | undefined {
  const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
  return text === 'true' ? true : text === 'false' ? false : text;
}
const given = ({ context }: Resolver, name: string): Scalar | undefined => valueIn(context.given, name);
