import type { Exchange } from '../../engine/exchange.ts';
import { queryValue } from '../../http/query.ts';
import { requestVariable } from '../aws/context.ts';
import { authorizerVariable, identityFields } from './authorizers/authorized.ts';
import { extendedIdOf } from './identifiers.ts';
import type { When } from './match.ts';
import { pathInPlace, places } from './place.ts';
import { localAccount } from '../aws/iam/caller.ts';

/** What every request of a stage shares. */
export interface StageFacts {
  readonly stage: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A variable of `$context`, by its path. Undefined where the gateway has none of that name. Source: the developer guide, `$context` variables. */
export function contextValue(name: string, exchange: Exchange, { stage }: StageFacts, requestId: string): string | undefined {
  const domain = exchange.arrived.headers.get('host')?.replace(/:\d+$/, '');
  switch (name) {
    case 'accountId':
      return localAccount;
    case 'apiId':
      return exchange.read(places)?.api ?? 'local';
    case 'deploymentId':
    case 'resourceId':
      return 'local';
    case 'stage':
      return stage;
    case 'resourcePath':
      return (exchange.route?.when as When | undefined)?.resource ?? pathInPlace(exchange);
    case 'isCanaryRequest': {
      const place = exchange.read(places);
      // Where the stage has a canary; the text true or false (recorded).
      return place === undefined || place.canaryPercent === null ? undefined : String(place.canary);
    }
    case 'domainName':
      return domain;
    case 'domainPrefix':
      return domain?.split('.', 1)[0];
    case 'extendedRequestId':
    case 'awsEndpointRequestId':
      return extendedIdOf(requestId);
    case 'customDomain.basePathMatched': {
      const place = exchange.read(places);
      return place?.custom === true ? place.path.slice(1) || '(none)' : undefined;
    }
    default:
      if (name.startsWith('authorizer.')) return authorizerVariable(name.slice('authorizer.'.length), exchange);
      if (name.startsWith('identity.')) {
        const caller = identityFields(exchange)[name.slice('identity.'.length)];
        if (caller !== undefined) return caller;
      }
      return requestVariable(name, exchange, requestId);
  }
}

/** A value of the method request: `header.Accept`, `querystring.page`, `path.id`. */
export function requestValue(place: string, name: string, exchange: Exchange): string | undefined {
  if (place === 'header') return exchange.arrived.headers.get(name);
  return place === 'querystring' ? queryValue(exchange.query, name) : exchange.params[name];
}
