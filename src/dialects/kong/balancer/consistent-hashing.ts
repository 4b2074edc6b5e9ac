import type { Algorithm, BalancerTarget } from './algorithm.ts';
import { xxhash32 } from './xxhash32.ts';

/** Of each target where all weigh the same. */
const pointsEach = 160;
const fewestPoints = 1_000;

/**
 * Source: kong/runloop/balancer/consistent_hashing.lua (Ketama). Targets own points of a circle, each by the hash of its address; a value
 * belongs to the first owner at or before its own point. `count`: of the targets with those of weight 0, which Kong counts too.
 */
export function consistentHashing(targets: readonly BalancerTarget[], count: number, slots: number): Algorithm {
  const points = slots >= fewestPoints ? slots : fewestPoints;
  const circle = ownersOf(targets, count, points);
  return {
    pick({ hash }, isUp) {
      const start = xxhash32(hash) % points;
      for (let step = 0; step < points; step += 1) {
        const owner = circle[(start - step + points) % points] as number;
        if (owner >= 0 && isUp(owner)) return owner;
      }
      return undefined;
    },
  };
}

const order = (a: BalancerTarget, b: BalancerTarget): number => (a.host < b.host ? -1 : a.host > b.host ? 1 : a.port - b.port);

/** The number of the owner for each point; -1: nobody's. */
function ownersOf(targets: readonly BalancerTarget[], count: number, points: number): Int32Array {
  const circle = new Int32Array(points).fill(-1);
  const total = targets.reduce((sum, one) => sum + one.weight, 0);
  const sorted = targets.map((target, at) => ({ target, at })).sort((a, b) => order(a.target, b.target));
  for (const { target, at } of sorted) {
    let entries = Math.max(1, Math.floor((target.weight / total) * count * pointsEach));
    for (let entry = 1; entry <= entries; entry += 1) {
      // Kong writes the colon twice.
      const point = xxhash32(`${target.host}::${target.port} ${entry}`) % points;
      if (circle[point] === -1) circle[point] = at;
      else entries += 1;
      // There are too many for this circle: Kong logs it and keeps an empty one.
      if (entry + 1 > points) return new Int32Array(points).fill(-1);
    }
  }
  return circle;
}
