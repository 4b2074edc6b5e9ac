import type { Exchange } from '../../engine/exchange.ts';
import { queryValue } from '../../http/query.ts';
import { requestVariable } from '../aws/context.ts';
import { authorizerVariable, identityFields } from './authorizers/authorized.ts';
import { pathInStage, type When } from './match.ts';

/** What every request of a stage shares. */
export interface StageFacts {
  readonly stage: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A variable of `$context`, by its path. Undefined where the gateway has none of that name. Source: the developer guide, `$context` variables. */
export function contextValue(name: string, exchange: Exchange, { stage }: StageFacts, requestId: string): string | undefined {
  switch (name) {
    case 'stage':
      return stage;
    case 'resourcePath':
      return (exchange.route?.when as When | undefined)?.resource ?? pathInStage(exchange.path, stage);
    case 'domainName':
      return exchange.arrived.headers.get('host');
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
