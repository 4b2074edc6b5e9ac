/** A target as the algorithms know it. Those of weight 0 get no requests and are left out. */
export interface BalancerTarget {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
}

/** What a request keeps from try to try (Kong's balancer handle). */
export interface Handle {
  /** What consistent hashing hashes. */
  readonly hash: string;
  /** The target that was asked last, as who asks it notes; -1: none. */
  at: number;
  readonly failed: Set<number>;
}
export const newHandle = (hash: string): Handle => ({ hash, at: -1, failed: new Set() });

/** Chooses among the targets of an upstream, by their number. Keeps its own state. */
export interface Algorithm {
  /** Undefined: none is left. `isUp`: whether a target may be asked. `now` in ms. */
  pick(handle: Handle, isUp: (target: number) => boolean, now: number): number | undefined;
  /** The answer of the last one has been passed on. `seconds`: how long that took; `healthy`: the upstream as a whole. */
  finished?(handle: Handle, seconds: number, now: number, healthy: boolean): void;
}
