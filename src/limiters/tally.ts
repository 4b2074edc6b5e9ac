import { periodOf, type CalendarUnit } from './calendar.ts';
import type { Limiter } from './limiter.ts';

export interface TallyState {
  /** When the period began: a count of another period is not read. */
  readonly start: number;
  readonly count: number;
  readonly forgetAt: number;
}

export interface TallyOptions {
  readonly per: CalendarUnit;
  /** From the first count on: a count may be forgotten before its period ends. */
  readonly lifetimeMs: number;
}

/** Only counts, per calendar period in UTC, for who reads several counts before deciding. The verdict is the count before; a cost of 0 reads. */
export function tally({ per, lifetimeMs }: TallyOptions): Limiter<TallyState, number> {
  return {
    name: 'tally',
    apply(state, now, cost) {
      const { start, end } = periodOf(per, now);
      const held = state !== undefined && state.start === start && now < state.forgetAt ? state : undefined;
      const before = held?.count ?? 0;
      if (cost === 0) return { state: held, verdict: before, expiresAt: held?.forgetAt ?? now };
      const forgetAt = held?.forgetAt ?? Math.min(end, now + lifetimeMs);
      return { state: { start, count: before + cost, forgetAt }, verdict: before, expiresAt: forgetAt };
    },
  };
}
