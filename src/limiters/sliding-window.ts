import type { Allowance, Limiter } from './limiter.ts';

export interface SlidingWindowOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** What counts against the limit: every request, or those that passed. */
  readonly counts: 'all' | 'allowed';
}

export interface SlidingState {
  /** Of the current window; windows are multiples of their length since 1970. */
  readonly start: number;
  readonly current: number;
  readonly previous: number;
}

/** How much of two neighbouring windows counts: the previous one fades out evenly while the current one passes. */
export const slidingEstimate = (previous: number, current: number, elapsedMs: number, windowMs: number): number =>
  previous * (1 - elapsedMs / windowMs) + current;

/** Counts in two neighbouring windows and weighs the previous one by how much of it the sliding window still covers. */
export function slidingWindow({ limit, windowMs, counts }: SlidingWindowOptions): Limiter<SlidingState, Allowance> {
  return {
    name: 'sliding-window',
    apply(state, now, cost) {
      const start = now - (now % windowMs);
      const current = state?.start === start ? state.current : 0;
      const previous = state?.start === start ? state.previous : state?.start === start - windowMs ? state.current : 0;
      const elapsed = now - start;
      const before = slidingEstimate(previous, current, elapsed, windowMs);
      const allowed = before + cost <= limit;
      const added = allowed || counts === 'all' ? cost : 0;
      const next = { start, current: current + added, previous };
      return {
        state: next,
        verdict: {
          allowed,
          limit,
          remaining: Math.max(0, Math.floor(limit - before - added)),
          resetMs: (next.current > 0 ? 2 * windowMs : windowMs) - elapsed,
          retryAfterMs: allowed ? 0 : untilFits(next, cost, elapsed),
        },
        expiresAt: start + (next.current > 0 ? 2 * windowMs : windowMs),
      };
    },
  };

  /** When the estimate will have faded far enough, if nothing else comes. */
  function untilFits({ current, previous }: SlidingState, cost: number, elapsed: number): number {
    if (cost > limit) return Infinity;
    const room = limit - cost - current;
    if (room >= 0) return Math.max(0, Math.ceil(windowMs * (1 - room / previous)) - elapsed);
    return windowMs - elapsed + Math.max(0, Math.ceil(windowMs * (1 - (limit - cost) / current)));
  }
}
