import type { Algorithm, BalancerTarget, Handle } from './algorithm.ts';

/**
 * Source: kong/runloop/balancer/least_connections.lua. The fewest connections for the weight. A binary heap like Kong's: it decides which
 * of equal ones comes first.
 */
export function leastConnections(targets: readonly BalancerTarget[]): Algorithm {
  const connections = targets.map(() => 0);
  let heap: number[] = [];
  let built = '';
  // With one more, so that without any connection the heaviest comes first.
  const load = (target: number): number => ((connections[target] as number) + 1) / (targets[target] as BalancerTarget).weight;
  const isLess = (a: number, b: number): boolean => load(heap[a] as number) < load(heap[b] as number);
  const swap = (a: number, b: number): void => void ([heap[a], heap[b]] = [heap[b] as number, heap[a] as number]);
  const rise = (from: number): void => {
    for (let at = from; at > 0 && isLess(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
  };
  const sink = (from: number): void => {
    for (let at = from; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && isLess(child, least)) least = child;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  const insert = (target: number): void => rise(heap.push(target) - 1);
  const pop = (): void => {
    const last = heap.length - 1;
    swap(0, last);
    heap.length = last;
    sink(0);
  };
  const count = (target: number, by: 1 | -1): void => {
    connections[target] = (connections[target] as number) + by;
    const place = heap.indexOf(target);
    if (place < 0) return;
    rise(place);
    sink(place);
  };
  const release = (handle: Handle): void => {
    if (handle.at >= 0) count(handle.at, -1);
    handle.at = -1;
  };
  /** Only what is up is in the heap; it is made anew where that changes. */
  const build = (isUp: (target: number) => boolean): void => {
    const up = targets.map((_, at) => (isUp(at) ? '1' : '0')).join('');
    if (up === built) return;
    built = up;
    heap = [];
    for (const at of targets.keys()) if (isUp(at)) insert(at);
  };
  return {
    pick(handle, isUp) {
      if (handle.at >= 0) handle.failed.add(handle.at);
      release(handle);
      build(isUp);
      const passedOver: number[] = [];
      while (heap.length > 0 && handle.failed.has(heap[0] as number)) {
        passedOver.push(heap[0] as number);
        pop();
      }
      let chosen = heap[0];
      if (chosen === undefined && passedOver.length > 0) {
        // All have failed this request: they are tried again.
        handle.failed.clear();
        chosen = passedOver[0];
      }
      for (const one of passedOver) insert(one);
      if (chosen === undefined) return undefined;
      count(chosen, 1);
      return chosen;
    },
    finished: release,
  };
}
