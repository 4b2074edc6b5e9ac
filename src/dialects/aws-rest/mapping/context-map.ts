import type { Exchange } from '../../../engine/exchange.ts';
import { authorized, identityFields } from '../authorizers/authorized.ts';
import { contextValue, type StageFacts } from '../context.ts';

/** A map that prints as nothing, as the override maps of `$context` do (recorded). */
class SilentMap extends Map<string, unknown> {
  override toString = (): string => '';
}

/** Members of `identity` that are null for who did not sign. */
const callers = [
  'accessKey',
  'accountId',
  'caller',
  'cognitoAuthenticationProvider',
  'cognitoAuthenticationType',
  'cognitoIdentityId',
  'cognitoIdentityPoolId',
  'principalOrgId',
  'user',
  'userArn',
];

/** `$context` of one request: its members are those of a recorded request. Request and response templates share it. */
export function contextMap(exchange: Exchange, facts: StageFacts, requestId: string): Map<string, unknown> {
  const value = (name: string): string | null => contextValue(name, exchange, facts, requestId) ?? null;
  const identity = new Map<string, unknown>(callers.map((name) => [name, null]));
  for (const [name, one] of Object.entries(identityFields(exchange))) identity.set(name, one);
  identity.set('sourceIp', value('identity.sourceIp'));
  identity.set('userAgent', value('identity.userAgent'));
  const overrides = (): [string, unknown][] => ['header', 'path', 'querystring'].map((name) => [name, new SilentMap()]);
  const context = new Map<string, unknown>([
    ['accountId', value('accountId')],
    ['apiId', value('apiId')],
    ['deploymentId', value('deploymentId')],
    ['domainName', value('domainName') ?? ''],
    ['domainPrefix', value('domainPrefix') ?? ''],
    ['extendedRequestId', value('extendedRequestId')],
    ['httpMethod', exchange.method],
    ['identity', identity],
    ['path', exchange.path],
    ['protocol', value('protocol')],
    ['requestId', requestId],
    ['requestOverride', new SilentMap(overrides())],
    ['requestTime', value('requestTime')],
    ['requestTimeEpoch', BigInt(exchange.startedAt)],
    ['resourceId', value('resourceId')],
    ['resourcePath', value('resourcePath')],
    ['responseOverride', new SilentMap([['header', new SilentMap()]])],
    ['stage', facts.stage],
  ]);
  const canary = value('isCanaryRequest');
  if (canary !== null) context.set('isCanaryRequest', canary);
  const known = exchange.read(authorized)?.context;
  if (known !== undefined)
    context.set('authorizer', new Map(Object.entries(known).map(([name, one]) => [name, typeof one === 'object' ? mapOf(one) : String(one)])));
  return context;
}

const mapOf = (object: Readonly<Record<string, unknown>>): Map<string, unknown> => new Map(Object.entries(object));

/** `context.identity.sourceIp` in a parameter. */
export function contextText(context: ReadonlyMap<string, unknown>, path: string): string | undefined {
  let value: unknown = context;
  for (const name of path.split('.')) value = value instanceof Map ? value.get(name) : undefined;
  return value === undefined || value === null || value instanceof Map ? undefined : String(value as string | bigint);
}

/** What templates have written over one place: `requestOverride.header`. */
export function overridesOf(
  context: ReadonlyMap<string, unknown>,
  which: 'requestOverride' | 'responseOverride',
  place: string,
): [string, unknown][] {
  const all = context.get(which);
  const found: unknown = all instanceof Map ? all.get(place) : undefined;
  return found instanceof Map ? [...found].map(([name, value]) => [String(name), value as unknown]) : [];
}
