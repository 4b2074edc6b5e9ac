import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { madeTree, plain, type Made, type Tree } from '../tree.ts';
import { isAnyMethod } from './api-document.ts';

const key = 'x-amazon-apigateway-policy';
/** Lists that allow all, and deny who is (or is not) on them. */
const addresses = [
  ['IpRangeWhitelist', 'NotIpAddress'],
  ['IpRangeBlacklist', 'IpAddress'],
] as const;
const networks = [
  ['Blacklist', 'StringEquals'],
  ['Whitelist', 'StringNotEquals'],
] as const;

/** What `ResourcePolicy` says of a path, as statements of the policy of the API. */
export function addPolicy(document: Draft, policy: Setting, path: string, item: Draft, stage: string): void {
  const invoke = { Action: 'execute-api:Invoke', Resource: resourcesOf(path, item, stage) };
  const add = (...statements: readonly Made[]): void => addStatements(document, policy, statements);
  for (const [name, effect] of [
    ['AwsAccountWhitelist', 'Allow'],
    ['AwsAccountBlacklist', 'Deny'],
  ] as const) {
    const accounts = listIn(policy.get(name));
    if (accounts.length > 0) add({ Effect: effect, ...invoke, Principal: { AWS: accounts } });
  }
  const denied = (condition: Made): void =>
    add({ Effect: 'Allow', ...invoke, Principal: '*' }, { Effect: 'Deny', ...invoke, Principal: '*', Condition: condition });
  for (const [name, operator] of addresses) {
    const list = listIn(policy.get(name));
    if (list.length > 0) denied({ [operator]: { 'aws:SourceIp': list } });
  }
  for (const [name, operator] of networks) {
    const given = listIn(policy.get(`SourceVpc${name}`));
    const starting = (prefix: string): readonly Tree[] => given.filter((one) => one.kind === 'scalar' && String(one.value).startsWith(prefix));
    const vpcs = [...starting('vpc-'), ...listIn(policy.get(`IntrinsicVpc${name}`))];
    const endpoints = [...starting('vpce-'), ...listIn(policy.get(`IntrinsicVpce${name}`))];
    if (vpcs.length + endpoints.length === 0) continue;
    denied({
      [operator]: { 'aws:SourceVpc': vpcs.length > 0 ? vpcs : undefined, 'aws:SourceVpce': endpoints.length > 0 ? endpoints : undefined },
    });
  }
}

/** Statements of the user's own, once for the whole API. */
export function addCustomStatements(document: Draft, policy: Setting): void {
  addStatements(document, policy, listIn(policy.get('CustomStatements')));
}

function listIn(setting: Setting): readonly Tree[] {
  const { tree } = setting;
  if (tree === undefined || !setting.exists) return [];
  return tree.kind === 'list' ? tree.items : [tree];
}

/** A statement that is there already is not said twice. */
function addStatements(document: Draft, at: Setting, statements: readonly Made[]): void {
  if (statements.length === 0 || at.tree === undefined) return;
  const policy = document.below(key, at.tree);
  policy.set('Version', '2012-10-17');
  const there = policy.get('Statement');
  const all = new Map<string, Tree>();
  for (const one of there === undefined ? [] : there.kind === 'list' ? there.items : [there]) all.set(JSON.stringify(plain(one)), one);
  for (const made of statements) {
    const one = madeTree(made, at.tree);
    const text = JSON.stringify(plain(one));
    if (!all.has(text)) all.set(text, one);
  }
  policy.set('Statement', [...all.values()]);
}

/** `execute-api:/STAGE/METHOD/PATH` for every method of a path, its parameters as wildcards. */
const resourcesOf = (path: string, item: Draft, stage: string): readonly string[] =>
  item.keys().map((method) => `execute-api:/${stage}/${isAnyMethod(method) ? '*' : method.toUpperCase()}${path.replaceAll(/\{[\w.-]+\+?\}/g, '*')}`);
