import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { madeTree, plain, type Made, type Tree } from '../tree.ts';
import { isAnyMethod } from './api-document.ts';

const key = 'x-amazon-apigateway-policy';
const accounts = [
  ['AwsAccountWhitelist', 'Allow'],
  ['AwsAccountBlacklist', 'Deny'],
] as const;
/** Lists that allow all, and deny who is (or is not) on them. */
const addresses = [
  ['IpRangeWhitelist', 'NotIpAddress'],
  ['IpRangeBlacklist', 'IpAddress'],
] as const;
const networks = [
  ['Blacklist', 'StringEquals'],
  ['Whitelist', 'StringNotEquals'],
] as const;

/** The policy of an API while it is laid together: what its document says, then what SAM makes. */
export class Policy {
  readonly #document: Draft;
  /** By what they say: a statement that is there already is not said twice. */
  readonly #statements = new Map<string, Tree>();
  #at: Tree | undefined;
  #isList = false;

  constructor(document: Draft) {
    this.#document = document;
    const there = document.isMap(key) ? document.below(key).get('Statement') : undefined;
    if (there === undefined) return;
    this.#isList = true;
    for (const one of there.kind === 'list' ? there.items : [there]) this.#put(one);
  }

  /** What `ResourcePolicy` says of a path. */
  add(policy: Setting, path: string, item: Draft, stage: string): void {
    const at = policy.tree;
    if (at === undefined) return;
    const invoke = { Action: 'execute-api:Invoke', Resource: resourcesOf(path, item, stage) };
    for (const [name, effect] of accounts) {
      const list = listIn(policy.get(name));
      if (list.length > 0) this.#made(at, { Effect: effect, ...invoke, Principal: { AWS: list } });
    }
    const denied = (condition: Made): void => {
      this.#made(at, { Effect: 'Allow', ...invoke, Principal: '*' });
      this.#made(at, { Effect: 'Deny', ...invoke, Principal: '*', Condition: condition });
    };
    for (const [name, operator] of addresses) {
      const list = listIn(policy.get(name));
      if (list.length > 0) denied({ [operator]: { 'aws:SourceIp': list } });
    }
    for (const [name, operator] of networks) {
      const [vpcs, endpoints] = networksIn(policy, name);
      if (vpcs !== undefined || endpoints !== undefined) denied({ [operator]: { 'aws:SourceVpc': vpcs, 'aws:SourceVpce': endpoints } });
    }
  }

  /** Statements of the user's own, for the whole API. */
  addCustom(policy: Setting): void {
    const custom = policy.get('CustomStatements');
    this.#isList ||= custom.kind === 'list';
    for (const one of listIn(custom)) this.#made(custom.tree as Tree, one);
  }

  /** Writes it into the document, if anything was said. */
  write(): void {
    if (this.#at === undefined) return;
    const policy = this.#document.below(key, this.#at);
    const version = policy.get('Version');
    if (version?.kind !== 'scalar' || version.value !== '2012-10-17') policy.set('Version', '2012-10-17');
    const list = [...this.#statements.values()];
    policy.set('Statement', list.length === 1 && !this.#isList ? list[0] : list);
  }

  #made(at: Tree, statement: Made): void {
    this.#at ??= at;
    this.#put(madeTree(statement, at));
  }
  #put(statement: Tree): void {
    const text = JSON.stringify(plain(statement));
    if (!this.#statements.has(text)) this.#statements.set(text, statement);
  }
}

function networksIn(policy: Setting, name: string): readonly (readonly Tree[] | undefined)[] {
  const given = listIn(policy.get(`SourceVpc${name}`));
  const starting = (prefix: string): readonly Tree[] => given.filter((one) => one.kind === 'scalar' && String(one.value).startsWith(prefix));
  const vpcs = [...starting('vpc-'), ...listIn(policy.get(`IntrinsicVpc${name}`))];
  const endpoints = [...starting('vpce-'), ...listIn(policy.get(`IntrinsicVpce${name}`))];
  return [vpcs, endpoints].map((list) => (list.length > 0 ? list : undefined));
}

function listIn(setting: Setting): readonly Tree[] {
  const { tree } = setting;
  if (tree === undefined || !setting.exists) return [];
  return tree.kind === 'list' ? tree.items : [tree];
}

/** `execute-api:/STAGE/METHOD/PATH` for every method of a path, its parameters as wildcards. */
const resourcesOf = (path: string, item: Draft, stage: string): readonly string[] =>
  item.keys().map((method) => `execute-api:/${stage}/${isAnyMethod(method) ? '*' : method.toUpperCase()}${path.replaceAll(/\{[\w.-]+\+?\}/g, '*')}`);
