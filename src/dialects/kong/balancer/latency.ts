import type { Algorithm, BalancerTarget } from './algorithm.ts';

const decaySeconds = 10;

interface Average {
  seconds: number;
  touchedAt: number;
}

/** Source: kong/runloop/balancer/latency.lua. The lowest average latency for the weight; averages decay with time (peak EWMA). */
export function latency(targets: readonly BalancerTarget[]): Algorithm {
  const averages = new Map<number, Average>();
  let built = '';
  const decayed = ({ seconds, touchedAt }: Average, latest: number, now: number): number => {
    const weight = Math.exp(-Math.max(0, now - touchedAt) / 1000 / decaySeconds);
    return seconds * weight + latest * (1 - weight);
  };
  /** What comes up starts with the average of the others, lest it gets every request. */
  const build = (isUp: (target: number) => boolean, now: number): void => {
    const up = [...targets.keys()].filter(isUp);
    if (up.join() === built) return;
    built = up.join();
    for (const at of averages.keys()) if (!up.includes(at)) averages.delete(at);
    const start = up.reduce((sum, at) => sum + (averages.get(at)?.seconds ?? 0), 0) / Math.max(1, up.length);
    for (const at of up) if (!averages.has(at)) averages.set(at, { seconds: start, touchedAt: now });
  };
  return {
    pick(handle, isUp, now) {
      if (handle.at >= 0) handle.failed.add(handle.at);
      build(isUp, now);
      const candidates = [...targets.keys()].filter((at) => averages.has(at) && (averages.size === 1 || !handle.failed.has(at)));
      let chosen: number | undefined;
      let lowest = Infinity;
      for (const at of candidates) {
        const score = decayed(averages.get(at) as Average, 0, now) / (targets[at] as BalancerTarget).weight;
        if (chosen === undefined || score < lowest) [chosen, lowest] = [at, score];
      }
      return chosen;
    },
    finished({ at }, seconds, now, healthy) {
      const average = averages.get(at);
      if (!healthy || average === undefined) return;
      average.seconds = decayed(average, seconds, now);
      average.touchedAt = now;
    },
  };
}
