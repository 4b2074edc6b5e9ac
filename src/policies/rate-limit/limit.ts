import { fixedWindow } from '../../limiters/fixed-window.ts';
import type { CalendarUnit } from '../../limiters/calendar.ts';
import type { Allowance, Limiter } from '../../limiters/limiter.ts';
import { quota } from '../../limiters/quota.ts';
import { slidingWindow } from '../../limiters/sliding-window.ts';
import { tokenBucket } from '../../limiters/token-bucket.ts';

/** One limit. Its `name` must be unique in its step and stay the same: counts are kept under it. */
export type LimitOptions = { readonly name: string } & (
  | { readonly algorithm: 'token-bucket'; readonly burst: number; readonly rate: number; readonly perMs: number }
  | { readonly algorithm: 'fixed-window'; readonly limit: number; readonly windowMs: number; readonly from: 'clock' | 'first-request' }
  | { readonly algorithm: 'sliding-window'; readonly limit: number; readonly windowMs: number; readonly counts: 'all' | 'allowed' }
  | { readonly algorithm: 'quota'; readonly limit: number; readonly per: CalendarUnit; readonly offsetDays: number }
);

export function limiterOf(options: LimitOptions): Limiter<unknown, Allowance> {
  switch (options.algorithm) {
    case 'token-bucket':
      return tokenBucket(options) as Limiter<unknown, Allowance>;
    case 'fixed-window':
      return fixedWindow(options) as Limiter<unknown, Allowance>;
    case 'sliding-window':
      return slidingWindow(options) as Limiter<unknown, Allowance>;
    case 'quota':
      return quota(options) as Limiter<unknown, Allowance>;
  }
}

/** Part of the key of a count: two limits of one name that count in other periods must not read each other's counts. */
export function algorithmAndPeriod(options: LimitOptions): string {
  if (options.algorithm === 'quota') return `quota/${options.per}`;
  return `${options.algorithm}/${options.algorithm === 'token-bucket' ? options.perMs : options.windowMs}`;
}

const unitSeconds: Readonly<Partial<Record<CalendarUnit, number>>> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 };

/** What is wrong with the numbers, or undefined. */
export function limitProblem(options: LimitOptions): string | undefined {
  for (const [name, value] of Object.entries(options))
    if (typeof value === 'number' && !(Number.isFinite(value) && value >= 0 && (value > 0 || name === 'limit' || name === 'offsetDays')))
      return `${name} of the limit ${JSON.stringify(options.name)} is ${value}`;
  return undefined;
}

/** How many pass, and in how many seconds; undefined where that differs from period to period. */
export function policyOf(options: LimitOptions): { readonly quota: number; readonly seconds: number | undefined } {
  switch (options.algorithm) {
    case 'token-bucket':
      return { quota: options.burst, seconds: Math.ceil((options.burst * options.perMs) / options.rate / 1000) };
    case 'quota':
      return { quota: options.limit, seconds: unitSeconds[options.per] };
    default:
      return { quota: options.limit, seconds: Math.ceil(options.windowMs / 1000) };
  }
}
