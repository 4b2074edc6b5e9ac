import type { Exchange } from '../../../engine/exchange.ts';
import { authorized, identityFields } from '../authorizers/authorized.ts';
import { contextValue, type StageFacts } from '../context.ts';

/** A map that prints as nothing, as the override maps of `$context` do (recorded). */
class SilentMap extends Map<string, unknown> {
  override toString = (): string => '';
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (value: number): string => String(value).padStart(2, '0');

/** `09/Apr/2015:12:34:56 +0000`. */
export function requestTime(ms: number): string {
  const at = new Date(ms);
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()] as string}/${at.getUTCFullYear()}`;
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}

/** Members of `identity` that are null for who did not sign. */
export const callers: readonly string[] = [
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
  const domain = value('domainName') ?? '';
  const identity = new Map<string, unknown>(callers.map((name) => [name, null]));
  for (const [name, one] of Object.entries(identityFields(exchange))) identity.set(name, one);
  identity.set('sourceIp', value('identity.sourceIp'));
  identity.set('userAgent', value('identity.userAgent'));
  const overrides = (): [string, unknown][] => ['header', 'path', 'querystring'].map((name) => [name, new SilentMap()]);
  const context = new Map<string, unknown>([
    ['accountId', '123456789012'],
    ['apiId', 'local'],
    ['deploymentId', 'local'],
    ['domainName', domain],
    ['domainPrefix', domain.split(/[.:]/, 1)[0] ?? ''],
    ['extendedRequestId', requestId],
    ['httpMethod', exchange.method],
    ['identity', identity],
    ['path', exchange.path],
    ['protocol', value('protocol')],
    ['requestId', requestId],
    ['requestOverride', new SilentMap(overrides())],
    ['requestTime', requestTime(exchange.startedAt)],
    ['requestTimeEpoch', BigInt(exchange.startedAt)],
    ['resourceId', 'local'],
    ['resourcePath', value('resourcePath')],
    ['responseOverride', new SilentMap([['header', new SilentMap()]])],
    ['stage', facts.stage],
  ]);
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
