import type { DestinationKind } from '../../../engine/kit.ts';
import { choose } from './session.ts';

export interface WeightedOptions {
  /** Of each child, with a sum above 0. */
  readonly weights: readonly number[];
  /** What each child is called in the tokens of sessions; null: none stays there. */
  readonly ids?: readonly (string | null)[];
}

/**
 * Each backend as often as its weight says in every turn, spread over it (smooth weighted round robin): the API asks for proportions, and
 * the same requests meet the same backends in every run.
 */
export const weightedBackends: DestinationKind<WeightedOptions> = {
  kind: 'gateway-api/weighted',
  create({ weights, ids }, { memory, linkDestination }, { children, origin }) {
    const open = children.map((one) => linkDestination(one));
    const total = weights.reduce((sum, one) => sum + one, 0);
    const key = `gateway-api:weights:${origin.file}:${origin.pointer}:${weights.join(',')}`;
    return (exchange) => {
      const at = choose(exchange, ids, () =>
        nextOf(
          memory.get(exchange.scope + key, () => weights.map(() => 0)),
          weights,
          total,
        ),
      );
      return (open[at] as (typeof open)[number])(exchange);
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
