import type { Algorithm, BalancerTarget } from './algorithm.ts';

/**
 * Each target as often as its weight says in every turn of the wheel. Kong shuffles its wheel (balancer/round_robin.lua), so that every
 * order of a turn is as good as any: this one is the same each time, and spreads a target over the turn.
 */
export function roundRobin(targets: readonly BalancerTarget[]): Algorithm {
  const total = targets.reduce((sum, one) => sum + one.weight, 0);
  const turns = targets.map(() => 0);
  const next = (): number => {
    let chosen = 0;
    for (const [at, { weight }] of targets.entries()) {
      turns[at] = (turns[at] as number) + weight;
      if ((turns[at] as number) > (turns[chosen] as number)) chosen = at;
    }
    turns[chosen] = (turns[chosen] as number) - total;
    return chosen;
  };
  return {
    pick(_, isUp) {
      if (!targets.some((_target, at) => isUp(at))) return undefined;
      for (;;) {
        const at = next();
        if (isUp(at)) return at;
      }
    },
  };
}
