import type { Limiter } from './limiter.ts';

/** All numbers count thousandths of a request: whole numbers, so that rounding is the same on every machine. */
export interface LeakyBucketOptions {
  /** Thousandths that leak out in a second. */
  readonly rate: number;
  /** Excess up to this is allowed. */
  readonly burst: number;
  /** Excess up to this is not delayed; Infinity: nothing is. */
  readonly delay: number;
}

export interface LeakyBucketState {
  readonly excess: number;
  readonly last: number;
}

export interface LeakyVerdict {
  readonly allowed: boolean;
  readonly excess: number;
  /** Whole milliseconds to hold the request. */
  readonly delayMs: number;
}

/**
 * A leaky bucket in thousandths of a request, in whole-number arithmetic. Refused requests leave it as it was. The leak is
 * rounded down at each request, and the time of the last request moves on only with the clock: requests within one
 * millisecond share it. A clock that went back leaks nothing; one that jumped back by more than a minute counts as 1 ms.
 */
export function leakyBucket({ rate, burst, delay }: LeakyBucketOptions): Limiter<LeakyBucketState, LeakyVerdict> {
  return {
    name: 'leaky-bucket',
    apply(state, now, cost) {
      const next = state === undefined ? { excess: 0, last: now } : leak(state, now, cost * 1000);
      const allowed = next.excess <= burst;
      const kept = allowed ? next : (state as LeakyBucketState);
      return {
        state: kept,
        verdict: {
          allowed,
          excess: next.excess,
          delayMs: allowed && next.excess > delay ? Math.floor(((next.excess - delay) * 1000) / rate) : 0,
        },
        expiresAt: now + Math.ceil(((kept.excess + 1000) * 1000) / rate),
      };
    },
  };

  function leak(state: LeakyBucketState, now: number, added: number): LeakyBucketState {
    const passed = now - state.last;
    const ms = passed < -60_000 ? 1 : Math.max(0, passed);
    return {
      excess: Math.max(0, state.excess - Math.floor((rate * ms) / 1000) + added),
      last: ms > 0 ? now : state.last,
    };
  }
}

/** Thousandths a second of `count` requests per second or minute, rounded down as whole-number division does. */
export const thousandthsPerSecond = (count: number, per: 'second' | 'minute'): number => Math.floor((count * 1000) / (per === 'second' ? 1 : 60));
