import type { DestinationKind } from '../../../engine/kit.ts';

export interface WeightedOptions {
  /** Of each child, with a sum above 0. */
  readonly weights: readonly number[];
}

/**
 * Each backend as often as its weight says in every turn, spread over it (smooth weighted round robin): the API asks for proportions, and
 * the same requests meet the same backends in every run.
 */
export const weightedBackends: DestinationKind<WeightedOptions> = {
  kind: 'gateway-api/weighted',
  create({ weights }, { memory, linkDestination }, { children, origin }) {
    const open = children.map((one) => linkDestination(one));
    const total = weights.reduce((sum, one) => sum + one, 0);
    const key = `gateway-api:weights:${origin.file}:${origin.pointer}:${weights.join(',')}`;
    return (exchange) => {
      const turns = memory.get(exchange.scope + key, () => weights.map(() => 0));
      return (open[nextOf(turns, weights, total)] as (typeof open)[number])(exchange);
    };
  },
};

function nextOf(turns: number[], weights: readonly number[], total: number): number {
  let chosen = 0;
  for (const [at, weight] of weights.entries()) {
    turns[at] = (turns[at] as number) + weight;
    if ((turns[at] as number) > (turns[chosen] as number)) chosen = at;
  }
  turns[chosen] = (turns[chosen] as number) - total;
  return chosen;
}
