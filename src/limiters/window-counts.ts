import type { Limiter } from './limiter.ts';
import type { SlidingState } from './sliding-window.ts';

/** What two neighbouring windows counted before, for who decides by several of them. */
export interface WindowCounts {
  readonly current: number;
  readonly previous: number;
  /** Since the current window began. */
  readonly elapsedMs: number;
}

/** Only counts, in windows that are multiples of their length since 1970. A cost of 0 reads. */
export function windowCounts(windowMs: number): Limiter<SlidingState, WindowCounts> {
  return {
    name: 'window-counts',
    apply(state, now, cost) {
      const start = now - (now % windowMs);
      const current = state?.start === start ? state.current : 0;
      const previous = state?.start === start ? state.previous : state?.start === start - windowMs ? state.current : 0;
      const next = { start, current: current + cost, previous };
      return {
        state: next.current === 0 && previous === 0 ? undefined : next,
        verdict: { current, previous, elapsedMs: now - start },
        expiresAt: start + (next.current === 0 ? windowMs : 2 * windowMs),
      };
    },
  };
}
