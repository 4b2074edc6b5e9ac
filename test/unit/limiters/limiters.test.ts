import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { periodOf } from '../../../src/limiters/calendar.ts';
import { concurrency } from '../../../src/limiters/concurrency.ts';
import { fixedWindow } from '../../../src/limiters/fixed-window.ts';
import { leakyBucket, thousandthsPerSecond } from '../../../src/limiters/leaky-bucket.ts';
import type { Limiter } from '../../../src/limiters/limiter.ts';
import { peek } from '../../../src/limiters/peek.ts';
import { quota } from '../../../src/limiters/quota.ts';
import { reservingBucket } from '../../../src/limiters/reserving-bucket.ts';
import { slidingWindow } from '../../../src/limiters/sliding-window.ts';
import { tokenBucket } from '../../../src/limiters/token-bucket.ts';

const noon = Date.UTC(2024, 1, 28, 12);

/** One key of a store: forgets what has expired. */
function keyOf<S, V>(limiter: Limiter<S, V>): (now: number, cost?: number) => V {
  let state: S | undefined;
  let until = -Infinity;
  return (now, cost = 1) => {
    const applied = limiter.apply(until <= now ? undefined : state, now, cost);
    ({ state, expiresAt: until } = applied);
    return applied.verdict;
  };
}

describe('token bucket', () => {
  it('starts full, refuses when empty and refills evenly', () => {
    const ask = keyOf(tokenBucket({ rate: 10, perMs: 1000, burst: 2 }));
    expect([ask(0), ask(0), ask(0), ask(99), ask(100)].map((one) => one.allowed)).toEqual([true, true, false, false, true]);
  });
  it('says what is left, when it is whole again and when to come back', () => {
    const ask = keyOf(tokenBucket({ rate: 1, perMs: 1000, burst: 2 }));
    expect(ask(0)).toEqual({ allowed: true, limit: 2, remaining: 1, resetMs: 1000, retryAfterMs: 0 });
    ask(0);
    expect(ask(250)).toEqual({ allowed: false, limit: 2, remaining: 0, resetMs: 1750, retryAfterMs: 750 });
  });
  it.each([3, 7, 49, 60])('has a token exactly when its time has come at %i in a minute', (rate) => {
    const ask = keyOf(tokenBucket({ rate, perMs: 60_000, burst: 1 }));
    ask(0);
    const due = Math.ceil(60_000 / rate);
    expect([ask(due - 1).allowed, ask(due).allowed]).toEqual([false, true]);
  });
  it('keeps what was used when its size or its period changes', () => {
    const { state } = tokenBucket({ rate: 1, perMs: 1000, burst: 3 }).apply(undefined, 0, 2);
    expect(tokenBucket({ rate: 1, perMs: 1000, burst: 10 }).apply(state, 0, 1).verdict.remaining).toBe(7);
    expect(tokenBucket({ rate: 1, perMs: 60_000, burst: 3 }).apply(state, 0, 1).verdict.remaining).toBe(0);
  });
  it('never lets a request pass that costs more than the bucket holds', () => {
    expect(keyOf(tokenBucket({ rate: 1, perMs: 1, burst: 2 }))(0, 3)).toMatchObject({ allowed: false, remaining: 2, retryAfterMs: Infinity });
  });
  it('refills nothing while the clock goes back', () => {
    const ask = keyOf(tokenBucket({ rate: 1, perMs: 1000, burst: 1 }));
    ask(10_000);
    expect([ask(5000).allowed, ask(5999).allowed, ask(6000).allowed]).toEqual([false, false, true]);
  });
});

describe('reserving bucket', () => {
  it('lets a request take a token that comes soon, and says how long to wait', () => {
    const ask = keyOf(reservingBucket({ rate: 1, perMs: 1000, burst: 1, maxWaitMs: 500 }));
    expect([ask(0), ask(499), ask(500), ask(1500)]).toEqual([
      { allowed: true, waitMs: 0 },
      { allowed: false, waitMs: 501 },
      { allowed: true, waitMs: 500 },
      { allowed: true, waitMs: 500 },
    ]);
  });
  it('is forgotten when its owner says so', () => {
    const ask = keyOf(reservingBucket({ rate: 1, perMs: 1000, burst: 3, maxWaitMs: 0, forgetAt: (now) => now + 2000 }));
    for (let i = 0; i < 3; i += 1) ask(0);
    expect(ask(0).allowed).toBe(false);
    expect([ask(2000), ask(2000), ask(2000)].every((one) => one.allowed)).toBe(true);
  });
});

describe('leaky bucket', () => {
  it('rounds a rate down to thousandths of a request in a second', () => {
    expect([thousandthsPerSecond(10, 'second'), thousandthsPerSecond(1, 'minute'), thousandthsPerSecond(30, 'minute')]).toEqual([10_000, 16, 500]);
  });
  it('delays what exceeds the free part of its burst', () => {
    const ask = keyOf(leakyBucket({ rate: 10_000, burst: 3000, delay: 1000 }));
    expect(Array.from({ length: 5 }, () => ask(0)).map(({ allowed, delayMs }) => [allowed, delayMs])).toEqual([
      [true, 0],
      [true, 0],
      [true, 100],
      [true, 200],
      [false, 0],
    ]);
  });
  it('leaks whole thousandths', () => {
    const ask = keyOf(leakyBucket({ rate: 16, burst: 5000, delay: Infinity }));
    expect([ask(0), ask(100), ask(200)].map((one) => one.excess)).toEqual([0, 999, 1998]);
  });
  it('does not count what it refuses', () => {
    const ask = keyOf(leakyBucket({ rate: 1000, burst: 0, delay: 0 }));
    expect([ask(0), ask(500), ask(900), ask(1000)].map((one) => one.allowed)).toEqual([true, false, false, true]);
  });
});

describe('fixed window', () => {
  it('starts anew with each window of the clock', () => {
    const ask = keyOf(fixedWindow({ limit: 1, windowMs: 1000, from: 'clock' }));
    expect([ask(900), ask(999), ask(1000)].map((one) => one.allowed)).toEqual([true, false, true]);
  });
  it('or with the first request that needs one', () => {
    const ask = keyOf(fixedWindow({ limit: 1, windowMs: 1000, from: 'first-request' }));
    expect([ask(900), ask(1899), ask(1900)].map((one) => one.allowed)).toEqual([true, false, true]);
    expect(ask(2000)).toEqual({ allowed: false, limit: 1, remaining: 0, resetMs: 900, retryAfterMs: 900 });
  });
  it('keeps its count when the limit changes', () => {
    const { state } = fixedWindow({ limit: 5, windowMs: 1000, from: 'clock' }).apply(undefined, 0, 4);
    expect(fixedWindow({ limit: 3, windowMs: 1000, from: 'clock' }).apply(state, 0, 1).verdict).toMatchObject({ allowed: false, remaining: 0 });
  });
});

describe('quota', () => {
  it('follows the calendar', () => {
    const ask = keyOf(quota({ limit: 1, per: 'month' }));
    expect(ask(noon).resetMs).toBe(Date.UTC(2024, 2, 1) - noon);
    expect([ask(Date.UTC(2024, 1, 29, 23)).allowed, ask(Date.UTC(2024, 2, 1)).allowed]).toEqual([false, true]);
  });
  it('moves the beginning of weeks and months by days', () => {
    expect(new Date(periodOf('week', noon).start).toISOString()).toBe('2024-02-25T00:00:00.000Z');
    expect(new Date(periodOf('week', noon, 1).start).toISOString()).toBe('2024-02-26T00:00:00.000Z');
    expect(new Date(periodOf('week', noon, 4).start).toISOString()).toBe('2024-02-22T00:00:00.000Z');
    expect(new Date(periodOf('month', noon, 28).start).toISOString()).toBe('2024-01-29T00:00:00.000Z');
  });
  it('has periods that touch and hold their instant', () => {
    const unit = fc.constantFrom('second', 'minute', 'hour', 'day', 'week', 'month', 'year' as const);
    fc.assert(
      fc.property(unit, fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 27 }), (per, now, offset) => {
        const days = per === 'week' ? offset % 7 : offset;
        const { start, end } = periodOf(per, now, days);
        expect(start <= now && now < end).toBe(true);
        expect(periodOf(per, end, days).start).toBe(end);
      }),
    );
  });
});

describe('sliding window', () => {
  it('weighs the previous window by what is left of it', () => {
    const ask = keyOf(slidingWindow({ limit: 10, windowMs: 1000, counts: 'allowed' }));
    for (let i = 0; i < 10; i += 1) ask(0);
    expect([ask(1099).allowed, ask(1100).allowed, ask(1100).allowed]).toEqual([false, true, false]);
  });
  it('may count what it refuses', () => {
    const patient = keyOf(slidingWindow({ limit: 1, windowMs: 1000, counts: 'allowed' }));
    const strict = keyOf(slidingWindow({ limit: 1, windowMs: 1000, counts: 'all' }));
    for (const ask of [patient, strict]) for (let i = 0; i < 4; i += 1) ask(0);
    expect([patient(2000).allowed, patient(2000).allowed]).toEqual([true, false]);
    expect([strict(1999).allowed, strict(4000).allowed]).toEqual([false, true]);
  });
  it('passes exactly after the time that it named', () => {
    const instants = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), instants, (limit, gaps) => {
        const limiter = slidingWindow({ limit, windowMs: 1000, counts: 'allowed' });
        let state: Parameters<typeof limiter.apply>[0];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const applied = limiter.apply(state, now, 1);
          state = applied.state;
          const { allowed, retryAfterMs } = applied.verdict;
          if (allowed) continue;
          expect(limiter.apply(state, now + retryAfterMs, 1).verdict.allowed).toBe(true);
          expect(limiter.apply(state, now + retryAfterMs - 1, 1).verdict.allowed).toBe(false);
        }
      }),
    );
  });
});

describe('concurrency', () => {
  it('counts what is under way', () => {
    const ask = keyOf(concurrency({ limit: 2 }));
    expect([ask(0), ask(0), ask(0), ask(0, -1), ask(0)].map((one) => one.allowed)).toEqual([true, true, false, true, true]);
  });
});

describe('peek', () => {
  it('answers without counting', () => {
    const limiter = fixedWindow({ limit: 1, windowMs: 1000, from: 'clock' });
    expect(peek(limiter).apply(undefined, 0, 1)).toMatchObject({ state: undefined, verdict: { allowed: true } });
    const { state } = limiter.apply(undefined, 0, 1);
    expect(peek(limiter).apply(state, 0, 1)).toMatchObject({ state, verdict: { allowed: false } });
  });
});

describe('no limiter', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 80 });
  /** The instants that passed, for requests that follow each other by `gaps`. */
  function passed<S>(limiter: Limiter<S, { readonly allowed: boolean }>, after: readonly number[]): number[] {
    const ask = keyOf(limiter);
    let now = 0;
    return after.flatMap((gap) => {
      now += gap;
      return ask(now).allowed ? [now] : [];
    });
  }
  function worst(instants: readonly number[], most: (ms: number) => number): void {
    for (let from = 0; from < instants.length; from += 1)
      for (let to = from; to < instants.length; to += 1)
        expect(to - from + 1).toBeLessThanOrEqual(most((instants[to] as number) - (instants[from] as number)) + 1e-9);
  }

  it('of the bucket kind lets more than burst + rate * time pass in any interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 8 }), gaps, (rate, burst, after) => {
        worst(passed(tokenBucket({ rate, perMs: 10_000, burst }), after), (ms) => burst + (rate * ms) / 10_000);
        worst(passed(leakyBucket({ rate: rate * 100, burst: burst * 1000, delay: Infinity }), after), (ms) => burst + 1 + (rate * ms) / 10_000);
      }),
    );
  });
  it('of the window kind lets more than its limit pass in a window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), gaps, (limit, after) => {
        const perWindow = (instants: readonly number[]): number[] => {
          const counts = new Map<number, number>();
          for (const at of instants) counts.set(Math.floor(at / 1000), (counts.get(Math.floor(at / 1000)) ?? 0) + 1);
          return [...counts.values()];
        };
        for (const limiter of [fixedWindow({ limit, windowMs: 1000, from: 'clock' }), quota({ limit, per: 'second' })])
          expect(Math.max(0, ...perWindow(passed(limiter, after)))).toBeLessThanOrEqual(limit);
        expect(Math.max(0, ...perWindow(passed(slidingWindow({ limit, windowMs: 1000, counts: 'allowed' }), after)))).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
