import type { Allowance, Limiter } from './limiter.ts';

export interface TokenBucketOptions {
  /** Tokens that come back in each period; fractions are allowed. */
  readonly rate: number;
  readonly perMs: number;
  /** The size of the bucket. It starts full. */
  readonly burst: number;
}

/**
 * What is missing from a bucket. Kept as tokens times milliseconds, so that whole rates stay whole numbers and a token is there
 * exactly when its time has come; and as what is missing, so that a changed size keeps what was used.
 */
export interface BucketState {
  readonly missing: number;
  readonly perMs: number;
  readonly at: number;
}

/** What is missing at `now`. A clock that went back refills nothing. */
export function missingAt(state: BucketState | undefined, now: number, { rate, perMs }: TokenBucketOptions): number {
  if (state === undefined) return 0;
  const missing = state.perMs === perMs ? state.missing : (state.missing / state.perMs) * perMs;
  return Math.max(0, missing - Math.max(0, now - state.at) * rate);
}

/** Tokens come back evenly; a request that finds too few is refused and takes none. */
export function tokenBucket(options: TokenBucketOptions): Limiter<BucketState, Allowance> {
  const { rate, perMs, burst } = options;
  const size = burst * perMs;
  return {
    name: 'token-bucket',
    apply(state, now, cost) {
      const before = missingAt(state, now, options);
      const after = before + cost * perMs;
      const allowed = after <= size;
      const missing = allowed ? after : before;
      const resetMs = missing === 0 ? 0 : missing / rate;
      return {
        state: { missing, perMs, at: now },
        verdict: {
          allowed,
          limit: burst,
          remaining: Math.max(0, Math.floor((size - missing) / perMs)),
          resetMs,
          retryAfterMs: allowed ? 0 : cost > burst ? Infinity : (after - size) / rate,
        },
        expiresAt: now + resetMs,
      };
    },
  };
}
