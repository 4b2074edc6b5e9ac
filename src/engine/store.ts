/**
 * A pure limiter: from a state, the time and a cost to a new state and a verdict. It never reads a clock.
 * `undefined` as state: nothing is known of this key. `expiresAt`: from then on the state may be forgotten.
 */
export interface Limiter<S, V> {
  readonly name: string;
  apply(state: S | undefined, now: number, cost: number): { readonly state: S | undefined; readonly verdict: V; readonly expiresAt: number };
}

/** Counters that outlive programs. One atomic operation; in memory it answers at once, elsewhere with a promise. */
export interface Store {
  update<S, V>(key: string, limiter: Limiter<S, V>, now: number, cost: number): V | Promise<V>;
}

/** Other state that outlives programs (key sets, round-robin positions), under keys that each kind derives from what it does. */
export interface Memory {
  get<T>(key: string, create: () => T): T;
}
