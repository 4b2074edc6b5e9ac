import type { DestinationKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { kongError } from './faults.ts';
import { upstreamSlot } from './upstream-request.ts';

export interface BalancerOptions {
  readonly name: string;
  readonly weights: readonly number[];
  /** The Host field for each target; empty where the client's is kept. */
  readonly hosts: readonly string[];
}

/** Targets in turn, each as often as its weight says (smooth weighted round-robin). */
export const balancer: DestinationKind<BalancerOptions> = {
  kind: 'kong/balancer',
  create({ name, weights, hosts }, { linkDestination, memory }, destination) {
    const children = destination.children.map(linkDestination);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const key = `kong:balancer:${name}:${weights.join(',')}`;
    return (exchange) => {
      if (children.length === 0) return refuse(kongError(503, 'failure to get a peer from the ring-balancer'));
      const turns = memory.get(exchange.scope + key, () => weights.map(() => 0));
      let chosen = 0;
      for (const [at, weight] of weights.entries()) {
        turns[at] = (turns[at] as number) + weight;
        if ((turns[at] as number) > (turns[chosen] as number)) chosen = at;
      }
      turns[chosen] = (turns[chosen] as number) - total;
      const host = hosts[chosen];
      // What a plugin has set stays.
      if (host !== undefined && exchange.read(upstreamSlot)?.host === '') exchange.outgoing.headers.set('Host', host);
      return (children[chosen] as (typeof children)[number])(exchange);
    };
  },
};
