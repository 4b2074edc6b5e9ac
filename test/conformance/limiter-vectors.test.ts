import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixedWindow } from '../../src/limiters/fixed-window.ts';
import { leakyBucket, thousandthsPerSecond } from '../../src/limiters/leaky-bucket.ts';
import type { Limiter } from '../../src/limiters/limiter.ts';
import { quota } from '../../src/limiters/quota.ts';
import { reservingBucket } from '../../src/limiters/reserving-bucket.ts';
import { slidingEstimate } from '../../src/limiters/sliding-window.ts';
import { tokenBucket } from '../../src/limiters/token-bucket.ts';

const file = path.resolve(import.meta.dirname, '../../../shared/conformance/vectors/rate-limits.json');

interface Timed {
  readonly t: number;
  readonly allow: boolean;
  readonly delayMs?: number;
  readonly excess?: number;
  readonly tokensAfter?: number;
  readonly headers?: Readonly<Record<string, string | number>>;
}
interface Vector {
  readonly id: string;
  readonly dialect: string;
  readonly config: never;
  readonly rendered?: string;
  readonly requests?: readonly Timed[];
  readonly state?: { readonly previousWindow: number; readonly currentWindow: number; readonly secondsIntoWindow: number };
  readonly expectEstimate?: number;
}

/** Applies a limiter to each request in turn; `judge` sees the verdict and the request. */
function play<S, V extends { readonly allowed: boolean }>(vector: Vector, limiter: Limiter<S, V>, judge?: (verdict: V, timed: Timed) => void): void {
  let state: S | undefined;
  for (const timed of vector.requests ?? []) {
    const applied = limiter.apply(state, timed.t, 1);
    state = applied.state;
    expect({ t: timed.t, allow: applied.verdict.allowed }).toEqual({ t: timed.t, allow: timed.allow });
    judge?.(applied.verdict, timed);
  }
}

const number = (text: string, pattern: RegExp, otherwise: number): number => Number(pattern.exec(text)?.[1] ?? otherwise);

function leaky(vector: Vector): void {
  const text = vector.rendered ?? (vector.config as string);
  const rate =
    vector.rendered === undefined
      ? thousandthsPerSecond(number(text, /(\d+)r\//, 0), text.includes('r/m') ? 'minute' : 'second')
      : number(text, /rate=(\d+);/, 0) * (/rate=100;/.test(text) ? 1 : 1000);
  const delay = text.includes('nodelay') ? Infinity : number(text, /delay=(\d+)/, 0) * 1000;
  play(vector, leakyBucket({ rate, burst: number(text, /burst=(\d+)/, 0) * 1000, delay }), (verdict, timed) => {
    if (timed.delayMs !== undefined) expect(verdict.delayMs).toBe(timed.delayMs);
    if (timed.excess !== undefined) expect(verdict.excess / 1000).toBeCloseTo(timed.excess, 6);
  });
}

function reserving(vector: Vector): void {
  const { average, period, burst = 1 } = vector.config as { average: number; period?: string; burst?: number };
  const perMs = period === undefined ? 1000 : 60_000;
  const perSecond = (average * 1000) / perMs;
  const maxWaitMs = perSecond < 1 ? 500 : 1000 / (2 * Math.floor(perSecond));
  const ttl = perSecond >= 1 ? 2 : 1 + Math.floor(1 / perSecond);
  const forgetAt = (now: number): number => (Math.floor(now / 1000) + ttl) * 1000;
  let until = 0;
  const limiter = reservingBucket({ rate: average, perMs, burst, maxWaitMs, forgetAt });
  const forgetful: typeof limiter = {
    name: limiter.name,
    apply(state, now, cost) {
      const applied = limiter.apply(until <= now ? undefined : state, now, cost);
      until = applied.expiresAt;
      return applied;
    },
  };
  play(vector, forgetful, (verdict, timed) => {
    if (timed.delayMs !== undefined) expect(verdict.waitMs).toBeCloseTo(timed.delayMs, 6);
    const retryIn = timed.headers?.['X-Retry-In'];
    if (retryIn !== undefined) expect(verdict.waitMs / 1000).toBeCloseTo(Number.parseFloat(String(retryIn)), 9);
  });
}

function bucket(vector: Vector): void {
  const config = vector.config as Record<string, number>;
  const limiter = tokenBucket({
    rate: config['rateLimit'] ?? config['ThrottlingRateLimit'] ?? 0,
    perMs: 1000,
    burst: config['burstLimit'] ?? config['ThrottlingBurstLimit'] ?? 0,
  });
  play(vector, limiter, (verdict, timed) => {
    if (timed.tokensAfter !== undefined) expect(verdict.remaining).toBe(Math.max(0, Math.floor(timed.tokensAfter)));
  });
}

function windows(vector: Vector): void {
  const seconds = { second: 1, minute: 60, hour: 3600 } as const;
  const limits = Object.entries(vector.config as Record<string, number>).filter(([unit]) => unit in seconds);
  const limiters = limits.map(([unit, limit]) => fixedWindow({ limit, windowMs: seconds[unit as keyof typeof seconds] * 1000, from: 'clock' }));
  const states = limiters.map(() => undefined as { start: number; count: number } | undefined);
  for (const { t, allow, headers } of vector.requests ?? []) {
    const looked = limiters.map((limiter, at) => limiter.apply(states[at], t * 1000, 1));
    expect(looked.every((one) => one.verdict.allowed)).toBe(allow);
    if (!allow) continue;
    looked.forEach((one, at) => (states[at] = one.state));
    const least = Math.min(...looked.map((one) => one.verdict.remaining));
    if (headers?.['RateLimit-Remaining'] !== undefined) expect(least).toBe(headers['RateLimit-Remaining']);
  }
}

describe.skipIf(!existsSync(file))('limiter vectors (only where ../shared/conformance is)', () => {
  const { vectors } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] }) : { vectors: [] };
  const those = (prefix: RegExp): Vector[] => vectors.filter((one) => prefix.test(one.id) && (one.requests?.length ?? 0) > 0);

  it.each(those(/^(nginx|ingress)-/).map((one) => [one.id, one] as const))('leaky bucket: %s', (_, vector) => leaky(vector));
  it.each(those(/^traefik-/).map((one) => [one.id, one] as const))('reserving bucket: %s', (_, vector) => reserving(vector));
  it.each(those(/^aws-(rest|http|fractional)/).map((one) => [one.id, one] as const))('token bucket: %s', (_, vector) => bucket(vector));
  it.each(those(/^kong-(minute|second|window|two)/).map((one) => [one.id, one] as const))('calendar windows: %s', (_, vector) => windows(vector));
  it.each(those(/^aws-quota/).map((one) => [one.id, one] as const))('quota: %s', (_, vector) => play(vector, quota({ limit: 3, per: 'day' })));
  it.each(vectors.filter((one) => one.expectEstimate !== undefined).map((one) => [one.id, one] as const))(
    'estimate: %s',
    (_, { state, expectEstimate }) => {
      expect(slidingEstimate(state?.previousWindow ?? 0, state?.currentWindow ?? 0, (state?.secondsIntoWindow ?? 0) * 1000, 60_000)).toBe(
        expectEstimate,
      );
    },
  );
  it('saw them', () => expect(vectors.length).toBeGreaterThan(30));
});
