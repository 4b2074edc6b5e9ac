/**
 * A pure limiter: from a state, the time and a cost to a new state and a verdict. It never reads a clock.
 * `undefined` as state: nothing is known of this key. `expiresAt`: from then on the state may be forgotten.
 * A cost of 0 only looks.
 */
export interface Limiter<S, V> {
  readonly name: string;
  apply(state: S | undefined, now: number, cost: number): { readonly state: S | undefined; readonly verdict: V; readonly expiresAt: number };
}

/** What a request limit says. Times are in milliseconds from now. */
export interface LimitVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  /** Whole requests that are left after this one. */
  readonly remaining: number;
  /** Until the limit is whole again. */
  readonly resetMs: number;
  /** Until a request like this one would be allowed; 0 where it was. */
  readonly retryAfterMs: number;
}
