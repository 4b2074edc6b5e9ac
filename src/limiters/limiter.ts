/**
 * A pure limiter: from a state, the time and a cost to a new state and a verdict. It never reads a clock.
 * `undefined` as state: nothing is known of this key. `expiresAt`: from then on the state may be forgotten.
 */
export interface Limiter<S, V> {
  readonly name: string;
  apply(state: S | undefined, now: number, cost: number): Applied<S, V>;
}

export interface Applied<S, V> {
  readonly state: S | undefined;
  readonly verdict: V;
  readonly expiresAt: number;
}

/** The verdict of every limiter that counts against a number. */
export interface Allowance {
  readonly allowed: boolean;
  /** What the limit was given as: a bucket's size, a window's count. */
  readonly limit: number;
  /** Whole requests that would still pass now, after this one. */
  readonly remaining: number;
  /** Milliseconds until nothing of what was used counts any more. */
  readonly resetMs: number;
  /** Milliseconds after which the same request would pass; 0 where it passed, Infinity where it never can. */
  readonly retryAfterMs: number;
}
