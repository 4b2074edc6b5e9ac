export type CalendarUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

const fixedMs = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const weekMs = 7 * fixedMs.day;
/** 1970-01-04 was a Sunday. */
const firstSunday = 3 * fixedMs.day;

/**
 * The calendar period (UTC) that holds `now`, as milliseconds since 1970; `end` belongs to the next one. `offsetDays` moves where
 * weeks (from Sunday), months (from the 1st) and years begin.
 */
export function periodOf(unit: CalendarUnit, now: number, offsetDays = 0): { readonly start: number; readonly end: number } {
  if (unit === 'week') {
    const first = firstSunday + offsetDays * fixedMs.day;
    const start = Math.floor((now - first) / weekMs) * weekMs + first;
    return { start, end: start + weekMs };
  }
  if (unit === 'month' || unit === 'year') {
    const offset = offsetDays * fixedMs.day;
    const date = new Date(now - offset);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    const [from, to] = unit === 'month' ? [Date.UTC(year, month), Date.UTC(year, month + 1)] : [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
    return { start: from + offset, end: to + offset };
  }
  const start = Math.floor(now / fixedMs[unit]) * fixedMs[unit];
  return { start, end: start + fixedMs[unit] };
}
