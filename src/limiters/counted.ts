import type { Allowance, Applied } from './limiter.ts';

export interface WindowState {
  /** When the window began: a count of another window is not read. */
  readonly start: number;
  readonly count: number;
}

/** Counts into one window that ends at `end`. A refused request is not counted. */
export function countInto(before: number, start: number, end: number, now: number, limit: number, cost: number): Applied<WindowState, Allowance> {
  const allowed = before + cost <= limit;
  const count = allowed ? before + cost : before;
  const resetMs = end - now;
  return {
    state: count === 0 ? undefined : { start, count },
    verdict: {
      allowed,
      limit,
      remaining: Math.max(0, limit - count),
      resetMs,
      retryAfterMs: allowed ? 0 : cost > limit ? Infinity : resetMs,
    },
    expiresAt: end,
  };
}
