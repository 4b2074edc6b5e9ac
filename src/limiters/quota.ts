import { periodOf, type CalendarUnit } from './calendar.ts';
import { countInto, type WindowState } from './counted.ts';
import type { Allowance, Limiter } from './limiter.ts';

export interface QuotaOptions {
  readonly limit: number;
  readonly per: CalendarUnit;
  /** Days by which weeks, months and years begin later. */
  readonly offsetDays?: number;
}

/** Counts per calendar period in UTC: a month has as many days as the calendar says. */
export function quota({ limit, per, offsetDays = 0 }: QuotaOptions): Limiter<WindowState, Allowance> {
  return {
    name: 'quota',
    apply(state, now, cost) {
      const { start, end } = periodOf(per, now, offsetDays);
      return countInto(state?.start === start ? state.count : 0, start, end, now, limit, cost);
    },
  };
}
