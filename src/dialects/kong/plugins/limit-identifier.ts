import type { Exchange } from '../../../engine/exchange.ts';
import { cidrMatcher } from '../../../http/cidr.ts';
import { forwardedAddress } from '../client-address.ts';
import { consumerOf } from '../consumer.ts';
import { matchedSlot } from '../matched.ts';
import { routerHit } from '../router/match.ts';

export interface LimitBy {
  readonly by: 'consumer' | 'credential' | 'ip' | 'service' | 'header' | 'path' | 'consumer-group';
  readonly header: string;
  readonly path: string;
  readonly trustedIps: readonly string[];
}

/** Whom a request is counted for; where what is asked for is not there, the address (get_identifier of the limiting plugins). */
export function limitIdentifier({ by, header, path, trustedIps }: LimitBy): (exchange: Exchange) => string {
  const trusted = cidrMatcher(trustedIps);
  const found = (exchange: Exchange): string | undefined => {
    const { consumer, credential } = exchange.caller;
    switch (by) {
      case 'consumer':
        return consumer?.id ?? credential?.id;
      case 'credential':
        return credential?.id;
      case 'service':
        return exchange.read(matchedSlot)?.service || undefined;
      case 'header':
        return exchange.arrived.headers.get(header);
      case 'path':
        return exchange.read(routerHit)?.uri === path ? path : undefined;
      case 'consumer-group':
        return consumerOf(exchange)?.consumerGroups[0]?.id;
      case 'ip':
        return undefined;
    }
  };
  return (exchange) => found(exchange) ?? forwardedAddress(exchange, trusted);
}
