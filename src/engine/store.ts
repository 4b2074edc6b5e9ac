import type { Limiter } from '../limiters/limiter.ts';

export type { Limiter };

/** Counters that outlive programs. One atomic operation; in memory it answers at once, elsewhere with a promise. */
export interface Store {
  update<S, V>(key: string, limiter: Limiter<S, V>, now: number, cost: number): V | Promise<V>;
}

/** A server that keeps counters for several processes, as the configuration names it. */
export interface StoreServer {
  readonly host: string;
  readonly port: number;
  /** Empty: none. */
  readonly username: string;
  readonly password: string;
  readonly database: number;
  readonly timeoutMs: number;
}

/** Other state that outlives programs (key sets, round-robin positions), under keys that each kind derives from what it does. */
export interface Memory {
  get<T>(key: string, create: () => T): T;
}
