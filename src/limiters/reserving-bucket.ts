import type { Limiter } from './limiter.ts';
import { missingAt, type BucketState, type TokenBucketOptions } from './token-bucket.ts';

export interface ReservingBucketOptions extends TokenBucketOptions {
  /** A request that would have to wait longer is refused, and gives its token back. */
  readonly maxWaitMs: number;
  /** When an idle bucket is forgotten, and so full again. Default: when it is full. */
  readonly forgetAt?: (now: number) => number;
}

export interface Reservation {
  readonly allowed: boolean;
  /** How long to wait for the token; where refused, how long it would have been. Infinity: the cost exceeds the bucket. */
  readonly waitMs: number;
}

/** A token bucket that lets a request take a token which is not there yet, and says how long to wait for it. */
export function reservingBucket(options: ReservingBucketOptions): Limiter<BucketState, Reservation> {
  const { rate, perMs, burst, maxWaitMs, forgetAt } = options;
  const size = burst * perMs;
  return {
    name: 'reserving-bucket',
    apply(state, now, cost) {
      const before = missingAt(state, now, options);
      const after = before + cost * perMs;
      const waitMs = cost > burst ? Infinity : Math.max(0, after - size) / rate;
      const allowed = waitMs <= maxWaitMs;
      const missing = allowed ? after : before;
      return {
        state: { missing, perMs, at: now },
        verdict: { allowed, waitMs },
        expiresAt: forgetAt === undefined ? now + (missing === 0 ? 0 : missing / rate) : forgetAt(now),
      };
    },
  };
}
