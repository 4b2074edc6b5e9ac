import type { Limiter } from './limiter.ts';

export interface LeakyState {
  /** Thousandths of requests above the rate. */
  readonly excess: number;
  readonly last: number;
}

export interface LeakyBucketOptions {
  /** Thousandths of requests that leak out in a second; a whole number. */
  readonly rate: number;
  /** Requests above the rate that are let in. */
  readonly burst: number;
}

export interface LeakyVerdict {
  readonly allowed: boolean;
  /** Thousandths of requests above the rate, this one included. */
  readonly excess: number;
}

/**
 * A leaky bucket in thousandths, with whole-number arithmetic. The first request of a key has no excess. A refused request
 * leaves the state as it was. A clock that went back counts as standing, one that went back by over a minute as 1 ms.
 */
export function leakyBucket({ rate, burst }: LeakyBucketOptions): Limiter<LeakyState, LeakyVerdict> {
  return {
    name: 'leaky-bucket',
    apply(state, now, cost) {
      if (state === undefined) return { state: { excess: 0, last: now }, verdict: { allowed: true, excess: 0 }, expiresAt: now + 60_000 };
      const gone = now - state.last;
      const ms = gone < -60_000 ? 1 : Math.max(0, gone);
      const excess = Math.max(0, state.excess - Math.trunc((rate * ms) / 1000) + 1000 * cost);
      const expiresAt = now + Math.max(60_000, Math.ceil((excess * 1000) / rate));
      if (excess > burst * 1000) return { state, verdict: { allowed: false, excess }, expiresAt };
      return { state: { excess, last: ms > 0 ? now : state.last }, verdict: { allowed: true, excess }, expiresAt };
    },
  };
}

/** How long a request with this excess is held where only `delay` requests above the rate pass at once. */
export const leakyDelayMs = (excess: number, delay: number, rate: number): number =>
  excess <= delay * 1000 ? 0 : Math.trunc(((excess - delay * 1000) * 1000) / rate);
