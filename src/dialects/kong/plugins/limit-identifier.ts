import type { Exchange } from '../../../engine/exchange.ts';
import type { Setting } from '../../../sources/setting.ts';
import { clientFinder, type RealIp } from '../client-address.ts';
import { consumerOf } from '../consumer.ts';
import { matchedSlot } from '../matched.ts';
import { routerHit } from '../router/match.ts';

export interface LimitBy {
  readonly by: 'consumer' | 'credential' | 'ip' | 'service' | 'header' | 'path' | 'consumer-group';
  readonly header: string;
  readonly path: string;
  readonly realIp: RealIp;
}

/** `key` says for whom to count, and `header_name` or `path` what that asks for. */
export function readLimitBy(config: Setting, key: 'limit_by' | 'identifier', realIp: RealIp): LimitBy {
  const setting = config.get(key);
  const by = setting.oneOf('consumer', 'credential', 'ip', 'service', 'header', 'path', 'consumer-group') ?? 'consumer';
  const asked = (kind: LimitBy['by'], field: string): string => {
    const value = config.get(field);
    if (by !== kind) value.ignored(`read only where ${key} is ${kind}`);
    else if (!value.exists)
      setting.problem('DG1204', `${config.name} limits by ${kind} and has no ${field}`, `expected ${field}: required field missing`);
    return by === kind ? (value.string() ?? '') : '';
  };
  return { by, header: asked('header', 'header_name'), path: asked('path', 'path'), realIp };
}

/** Whom a request is counted for; where what is asked for is not there, the address (get_identifier of the limiting plugins). */
export function limitIdentifier({ by, header, path, realIp }: LimitBy): (exchange: Exchange) => string {
  const clientOf = clientFinder(realIp);
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
  return (exchange) => found(exchange) ?? clientOf(exchange).address;
}
