import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import { requestVariable } from '../aws/context.ts';
import { iamCallers } from '../aws/iam/caller.ts';
import { bases, routeKey } from './base.ts';

/** What the authorizer found out: claims of a token, or what a function said. */
export type Authorizer =
  | { readonly jwt: { readonly claims: Readonly<Record<string, string>>; readonly scopes: readonly string[] | null } }
  | { readonly lambda: Readonly<Record<string, unknown>> | null; readonly principalId?: string };
export const authorizers: Slot<Authorizer> = slot('aws-http/authorizer');

export const accountId = '123456789012';
export const domainOf = ({ arrived }: Exchange): string => (arrived.headers.get('host') ?? '').replace(/:\d+$/, '');
export const routeArn = (exchange: Exchange): string => {
  const base = exchange.read(bases);
  const path = exchange.path.slice(base?.path.length ?? 0);
  return `arn:aws:execute-api:us-east-1:${accountId}:${base?.api ?? ''}/${base?.stage.name ?? ''}/${exchange.method}${path}`;
};

/** A variable of `$context`; undefined where there is none of that name. Source: the developer guide, logging variables of HTTP APIs. */
export function contextValue(name: string, exchange: Exchange, requestId: string): string | undefined {
  switch (name) {
    case 'accountId':
      return accountId;
    case 'apiId':
      return exchange.read(bases)?.api;
    case 'stage':
      return exchange.read(bases)?.stage.name;
    case 'routeKey':
      return routeKey(exchange);
    case 'domainName':
      return domainOf(exchange);
    case 'domainPrefix':
      return domainOf(exchange).split('.', 1)[0];
    case 'identity.accountId':
      return exchange.read(iamCallers)?.accountId;
    case 'identity.caller':
    case 'identity.user':
      return exchange.read(iamCallers)?.userId;
    case 'identity.userArn':
      return exchange.read(iamCallers)?.userArn;
    default:
      return name.startsWith('authorizer.')
        ? authorizerValue(name.slice(11), exchange.read(authorizers))
        : requestVariable(name, exchange, requestId);
  }
}

function authorizerValue(name: string, authorizer: Authorizer | undefined): string | undefined {
  if (authorizer === undefined) return undefined;
  if ('jwt' in authorizer) return name.startsWith('claims.') ? authorizer.jwt.claims[name.slice(7)] : undefined;
  if (name === 'principalId') return authorizer.principalId;
  const value = authorizer.lambda?.[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
