import { Setting } from '../../setting.ts';
import type { Scalar } from '../../tree.ts';
import { openedFile } from './file.ts';
import type { Found, Resolver } from './resolve.ts';

/** A source that was asked. */
export interface Named {
  readonly type: string;
  readonly address: string | undefined;
  /** As the user would write it, and give it: `ssm:/path`. */
  readonly name: string;
  /** What it says is known only where the service is deployed. */
  readonly elsewhere: boolean;
}

/** Undefined where a source has nothing to say. */
type Answer = Found | Scalar | undefined;
type Source = (address: string, params: readonly string[], resolver: Resolver) => Answer;

const defaultStage = 'dev';

/** What a source says. What the user gives for a whole variable stands above that. */
export function lookUp(
  type: string,
  params: readonly string[] | undefined,
  address: string | undefined,
  resolver: Resolver,
): { readonly named: Named; readonly answer: Answer } {
  const below = address === undefined ? '' : `:${address.replace(/~(?:true|false|split|raw)$/, '')}`;
  const name = `${type}${params === undefined ? '' : `(${params.join(', ')})`}${below}`;
  const source = Object.hasOwn(sources, type) ? sources[type] : undefined;
  const named = { type, address, name, elsewhere: source === undefined };
  const answer = given(resolver, name) ?? (source === undefined ? given(resolver, `${type}${below}`) : undefined);
  return { named, answer: answer ?? source?.(address ?? '', params ?? [], resolver) };
}

const sources: Readonly<Record<string, Source>> = {
  self: (address, _, resolver) => resolver.at(resolver.root, keysOf(address)),
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
    return address === 'stage' ? (resolver.context.stage ?? resolver.at(resolver.root, ['provider', 'stage']) ?? defaultStage) : undefined;
  },
  aws: (address, _, resolver) => {
    if (address === 'accountId') return '123456789012';
    if (address !== 'region') return undefined;
    return given(resolver, 'region') ?? resolver.at(resolver.root, ['provider', 'region']) ?? 'us-east-1';
  },
  strToBool: (_, [text = '']) => (/^(?:true|1)$/i.test(text.trim()) ? true : /^(?:false|0)$/i.test(text.trim()) ? false : undefined),
  file: (address, [location = ''], resolver) => {
    const content = openedFile(location, resolver);
    const found = content && resolver.at(content, keysOf(address));
    if (found !== undefined) Setting.root(found.tree, '', resolver.context.ledger, resolver.context.by);
    return found;
  },
};

/** The name of the stage that is served. */
export function stageOf(resolver: Resolver): string {
  const asked = resolver.context.stage ?? resolver.at(resolver.root, ['provider', 'stage'])?.tree;
  if (typeof asked === 'string') return asked;
  return asked?.kind === 'scalar' ? String(asked.value) : defaultStage;
}

/** What stands in for a source that says nothing, and what is told of it. */
export function standInFor({ type, address, name, elsewhere }: Named): { readonly text: string; readonly message: string; readonly hint: string } {
  const give = `give it with --var '${name}=VALUE'`;
  if (type === 'opt' && address === 'stage')
    return { text: defaultStage, message: `no stage is given: it is ${defaultStage} here`, hint: 'give it with --stage NAME' };
  if (elsewhere) return { text: name, message: `${name} is not known here: it is the text ${JSON.stringify(name)}`, hint: give };
  return {
    text: name,
    message: `${name} leads to nothing, and no other value stands after it: it is the text ${JSON.stringify(name)}`,
    hint:
      type === 'env'
        ? `set ${address} in the environment, or ${give}`
        : type === 'opt' || type === 'param'
          ? `give it with --var ${address}=VALUE`
          : give,
  };
}

const keysOf = (address: string): string[] => (address === '' ? [] : address.split('.'));
/** A text that was given where a value is: Serverless takes `true` for the value where one is asked for. */
function valueIn(texts: Readonly<Record<string, string | undefined>>, name: string): Scalar | undefined {
  const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
  return text === 'true' ? true : text === 'false' ? false : text;
}
const given = ({ context }: Resolver, name: string): Scalar | undefined => valueIn(context.given, name);
