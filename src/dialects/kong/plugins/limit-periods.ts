import { tally, type TallyState } from '../../../limiters/tally.ts';
import type { CalendarUnit } from '../../../limiters/calendar.ts';
import type { Limiter } from '../../../limiters/limiter.ts';
import type { Setting } from '../../../sources/setting.ts';

export type Period = Exclude<CalendarUnit, 'week'>;
const periods: readonly Period[] = ['second', 'minute', 'hour', 'day', 'month', 'year'];

/** Kong's own lengths, by which counters are forgotten and resets told: a month has 30 days (kong/plugins/rate-limiting/expiration.lua). */
export const periodSeconds: Readonly<Record<Period, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  month: 2_592_000,
  year: 31_536_000,
};

export interface PeriodLimit {
  readonly period: Period;
  readonly limit: number;
}

/** The limits of a record, the shortest period first. `the`: how Kong begins the sentence of its refusal. */
export function readPeriodLimits(setting: Setting, the: 'The' | 'the'): PeriodLimit[] {
  const limits = periods.flatMap((period): PeriodLimit[] => {
    const limit = setting.get(period).number();
    if (limit === undefined) return [];
    if (limit > 0) return [{ period, limit }];
    setting.get(period).problem('DG1203', `${setting.name}.${period} is ${limit}`, 'value must be greater than 0');
    return [];
  });
  if (limits.length === 0 && !periods.some((period) => setting.get(period).exists)) {
    setting.problem('DG1204', `${setting.name} has no limit`, `at least one of these fields must be non-empty: ${periods.join(', ')}`);
  }
  for (const [index, lower] of limits.entries()) {
    for (const upper of limits.slice(index + 1)) {
      if (upper.limit >= lower.limit) continue;
      const said = ({ period, limit }: PeriodLimit): string => `${the} limit for ${period}(${limit.toFixed(1)})`;
      const message = `${said(upper)} cannot be lower than ${said(lower).replace(/^The/, 'the')}`;
      setting.get(upper.period).problem('DG1206', message, 'expected a longer period to allow at least as much as each shorter one');
    }
  }
  return limits;
}

export const periodTally = (period: Period): Limiter<TallyState, number> => tally({ per: period, lifetimeMs: periodSeconds[period] * 1_000 });
