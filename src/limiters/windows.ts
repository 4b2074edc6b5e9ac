import type { Limiter, LimitVerdict } from './limiter.ts';

/** From the time to the window that it lies in: start included, end not. */
export type WindowOf = (now: number) => { readonly start: number; readonly end: number };

/** Windows of one length, counted from 1970. */
export const alignedWindow =
  (lengthMs: number): WindowOf =>
  (now) => {
    const start = Math.floor(now / lengthMs) * lengthMs;
    return { start, end: start + lengthMs };
  };

export type CalendarPeriod = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
const lengths = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Windows of the calendar in UTC. Weeks begin on Monday. */
export function calendarWindow(period: CalendarPeriod): WindowOf {
  if (period === 'week') {
    // 1970-01-01 was a Thursday: three days after a Monday.
    const offset = 3 * lengths.day;
    const week = alignedWindow(7 * lengths.day);
    return (now) => {
      const { start, end } = week(now + offset);
      return { start: start - offset, end: end - offset };
    };
  }
  if (period !== 'month' && period !== 'year') return alignedWindow(lengths[period]);
  return (now) => {
    const date = new Date(now);
    const year = date.getUTCFullYear();
    const month = period === 'month' ? date.getUTCMonth() : 0;
    return { start: Date.UTC(year, month), end: period === 'month' ? Date.UTC(year, month + 1) : Date.UTC(year + 1, 0) };
  };
}

export interface WindowState {
  readonly start: number;
  readonly count: number;
}

/** So many requests in each window. `countRefused`: refused ones use up the window too. */
export function fixedWindow(limit: number, windowOf: WindowOf, countRefused = false): Limiter<WindowState, LimitVerdict> {
  return {
    name: 'fixed-window',
    apply(state, now, cost) {
      const { start, end } = windowOf(now);
      const used = state !== undefined && state.start === start ? state.count : 0;
      const allowed = used + cost <= limit;
      const count = allowed || countRefused ? used + cost : used;
      const verdict = { allowed, limit, remaining: Math.max(0, limit - count), resetMs: end - now, retryAfterMs: allowed ? 0 : end - now };
      return { state: { start, count }, verdict, expiresAt: end };
    },
  };
}

export interface SlidingState {
  readonly start: number;
  readonly count: number;
  readonly previous: number;
}

/** Weighs the window before by the part of it that still lies in the last `lengthMs`. */
export function slidingWindow(limit: number, lengthMs: number, countRefused = false): Limiter<SlidingState, LimitVerdict> {
  const windowOf = alignedWindow(lengthMs);
  return {
    name: 'sliding-window',
    apply(state, now, cost) {
      const { start, end } = windowOf(now);
      const current = state?.start === start ? state.count : 0;
      const previous = state?.start === start ? state.previous : state?.start === start - lengthMs ? state.count : 0;
      const before = previous * ((end - now) / lengthMs);
      const allowed = before + current + cost <= limit;
      const count = allowed || countRefused ? current + cost : current;
      // When enough of the window before has slid out; where this window alone is full, not before the next one.
      const missing = before + current + cost - limit;
      const retryAfterMs = allowed ? 0 : previous > 0 && current + cost <= limit ? Math.ceil((missing / previous) * lengthMs) : end - now;
      const verdict = { allowed, limit, remaining: Math.max(0, Math.floor(limit - before - count)), resetMs: end - now, retryAfterMs };
      return { state: { start, count, previous }, verdict, expiresAt: end + lengthMs };
    },
  };
}
