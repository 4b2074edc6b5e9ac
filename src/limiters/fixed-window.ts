import { countInto, type WindowState } from './counted.ts';
import type { Allowance, Limiter } from './limiter.ts';

export interface FixedWindowOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** `clock`: windows are multiples of their length since 1970. `first-request`: a window opens with the request that needs one. */
  readonly from: 'clock' | 'first-request';
}

/** Counts in windows of equal length; a new window starts from nothing. */
export function fixedWindow({ limit, windowMs, from }: FixedWindowOptions): Limiter<WindowState, Allowance> {
  return {
    name: 'fixed-window',
    apply(state, now, cost) {
      const open = state !== undefined && now >= state.start && now < state.start + windowMs;
      const start = from === 'clock' ? now - (now % windowMs) : open ? state.start : now;
      return countInto(state?.start === start ? state.count : 0, start, start + windowMs, now, limit, cost);
    },
  };
}
