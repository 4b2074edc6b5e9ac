import type { Exchange } from '../../../engine/exchange.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { identityOf, iamCallers } from '../../aws/iam/caller.ts';

/** What an authorizer found out of a caller who may pass. */
export interface Authorized {
  /** Members of `$context.authorizer`. */
  readonly context: Readonly<Record<string, string | number | Readonly<Record<string, string>>>>;
  /** The API key that it names for the caller. */
  readonly usageIdentifierKey?: string | undefined;
}
export const authorized: Slot<Authorized> = slot('aws-rest/authorized');

/** The API key that a request came with, once it was found good. */
export const apiKeys: Slot<{ readonly id: string; readonly value: string }> = slot('aws-rest/api-key');

/** Members of `identity` that are there for who signed, or came with a key. */
export function identityFields(exchange: Exchange): Readonly<Record<string, string>> {
  const key = exchange.read(apiKeys);
  return { ...identityOf(exchange.read(iamCallers)), ...(key === undefined ? {} : { apiKey: key.value, apiKeyId: key.id }) };
}

/** `claims.sub`, `principalId`: a variable below `$context.authorizer`. */
export function authorizerVariable(name: string, exchange: Exchange): string | undefined {
  const context = exchange.read(authorized)?.context ?? {};
  const claim = /^claims\.(.+)$/s.exec(name)?.[1];
  const claims = context['claims'];
  const value = claim !== undefined && typeof claims === 'object' ? own(claims, claim) : own(context, name);
  return value === undefined || typeof value === 'object' ? undefined : String(value);
}
const own = <T>(map: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(map, name) ? map[name] : undefined);
