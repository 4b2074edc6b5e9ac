import type { Limiter, LimitVerdict } from './limiter.ts';

export interface BucketState {
  /** May be negative after a reservation. */
  readonly tokens: number;
  readonly at: number;
}

export interface TokenBucketOptions {
  /** Tokens that come back in a millisecond. */
  readonly ratePerMs: number;
  /** How many tokens the bucket holds. It starts full. */
  readonly burst: number;
}

const refill = ({ ratePerMs, burst }: TokenBucketOptions, state: BucketState | undefined, now: number): number =>
  state === undefined ? burst : Math.min(burst, state.tokens + Math.max(0, now - state.at) * ratePerMs);

/** Refuses what finds no token. A refused request costs nothing. */
export function tokenBucket(options: TokenBucketOptions): Limiter<BucketState, LimitVerdict> {
  const { ratePerMs, burst } = options;
  const until = (tokens: number): number => (tokens <= 0 ? 0 : ratePerMs > 0 ? Math.ceil(tokens / ratePerMs) : Infinity);
  return {
    name: 'token-bucket',
    apply(state, now, cost) {
      const had = refill(options, state, now);
      // Sums of fractions miss a whole token by less than this.
      const allowed = had + 1e-9 >= cost;
      const tokens = allowed ? had - cost : had;
      const verdict = {
        allowed,
        limit: burst,
        remaining: Math.max(0, Math.floor(tokens + 1e-9)),
        resetMs: until(burst - tokens),
        retryAfterMs: allowed ? 0 : until(cost - had),
      };
      return { state: { tokens, at: now }, verdict, expiresAt: now + until(burst - tokens) + 1 };
    },
  };
}
