import type { Exchange } from '../engine/exchange.ts';
import type { StepKind } from '../engine/kit.ts';
import { refuse, type Outcome } from '../engine/outcome.ts';
import { slot, type Slot } from '../engine/slot.ts';
import { queryValue } from '../http/query.ts';
import type { Limiter, LimitVerdict } from '../limiters/limiter.ts';
import { tokenBucket } from '../limiters/token-bucket.ts';
import { alignedWindow, calendarWindow, fixedWindow, slidingWindow, type CalendarPeriod } from '../limiters/windows.ts';
import { fault } from '../model/fault.ts';

/** Whose requests are counted together. What a request lacks is replaced by its address, so that nobody escapes by leaving it out. */
export type LimitBy = 'ip' | 'consumer' | 'route' | 'global' | { readonly header: string } | { readonly claim: string } | { readonly query: string };

export type Limit =
  | { readonly algorithm: 'token-bucket'; readonly limit: number; readonly windowMs: number; readonly burst: number }
  | { readonly algorithm: 'fixed-window' | 'sliding-window'; readonly limit: number; readonly windowMs: number }
  | { readonly algorithm: 'quota'; readonly limit: number; readonly period: CalendarPeriod };

export interface RateLimitOptions {
  /** Distinguishes counters, and names the policy in the answer. Must not depend on the numbers: a changed limit keeps its counts. */
  readonly name: string;
  readonly by: LimitBy;
  readonly limit: Limit;
}

interface Report {
  readonly name: string;
  readonly verdict: LimitVerdict;
  readonly windowSeconds: number;
}
const reports: Slot<Report[]> = slot('rate-limit reports');

/** Refuses a caller's requests above a limit, and notes what is left for the response. */
export const rateLimitStep: StepKind<RateLimitOptions> = {
  kind: 'rate-limit',
  create({ name, by, limit }, { store, clock }) {
    const limiter = limiterOf(limit);
    const windowSeconds = windowSecondsOf(limit);
    const keyOf = keyReader(by);
    const settle = (exchange: Exchange, verdict: LimitVerdict): Outcome => {
      const noted = exchange.read(reports);
      if (noted === undefined) exchange.write(reports, [{ name, verdict, windowSeconds }]);
      else noted.push({ name, verdict, windowSeconds });
      return verdict.allowed
        ? undefined
        : refuse(fault('rate-limited', { limit: verdict.limit, remaining: verdict.remaining, retryAfterMs: verdict.retryAfterMs }));
    };
    return (exchange) => {
      const verdict = store.update(`${exchange.scope}rate-limit:${name}:${limit.algorithm}:${keyOf(exchange)}`, limiter, clock.now(), 1);
      return verdict instanceof Promise ? verdict.then((one) => settle(exchange, one)) : settle(exchange, verdict);
    };
  },
};

/** Writes `RateLimit`, `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10) and, on a refusal, `Retry-After`. */
export const rateLimitFields: StepKind<null> = {
  kind: 'rate-limit-fields',
  create() {
    return (exchange) => {
      const noted = exchange.read(reports);
      if (noted === undefined || exchange.response === null) return undefined;
      const { headers } = exchange.response;
      headers.set('RateLimit-Policy', noted.map(({ name, verdict, windowSeconds }) => `"${name}";q=${verdict.limit};w=${windowSeconds}`).join(', '));
      headers.set(
        'RateLimit',
        noted.map(({ name, verdict }) => `"${name}";r=${verdict.remaining};t=${Math.ceil(verdict.resetMs / 1000)}`).join(', '),
      );
      const refused = noted.find(({ verdict }) => !verdict.allowed);
      if (refused !== undefined) headers.set('Retry-After', String(Math.max(1, Math.ceil(refused.verdict.retryAfterMs / 1000))));
      return undefined;
    };
  },
};

function limiterOf(limit: Limit): Limiter<never, LimitVerdict> {
  const made = ((): Limiter<never, LimitVerdict> | Limiter<unknown, LimitVerdict> => {
    switch (limit.algorithm) {
      case 'token-bucket':
        return tokenBucket({ ratePerMs: limit.limit / limit.windowMs, burst: limit.burst }) as Limiter<never, LimitVerdict>;
      case 'fixed-window':
        return fixedWindow(limit.limit, alignedWindow(limit.windowMs)) as Limiter<never, LimitVerdict>;
      case 'sliding-window':
        return slidingWindow(limit.limit, limit.windowMs) as Limiter<never, LimitVerdict>;
      case 'quota':
        return fixedWindow(limit.limit, calendarWindow(limit.period)) as Limiter<never, LimitVerdict>;
    }
  })();
  return made as Limiter<never, LimitVerdict>;
}

const periodSeconds: Readonly<Record<CalendarPeriod, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};
const windowSecondsOf = (limit: Limit): number => (limit.algorithm === 'quota' ? periodSeconds[limit.period] : Math.ceil(limit.windowMs / 1000));

function keyReader(by: LimitBy): (exchange: Exchange) => string {
  const address = (exchange: Exchange): string => exchange.connection.remoteAddress;
  if (by === 'ip') return address;
  if (by === 'global') return () => '';
  if (by === 'route') return (exchange) => exchange.route?.id ?? '';
  if (by === 'consumer')
    return (exchange) => (exchange.caller.consumer === undefined ? `ip ${address(exchange)}` : `consumer ${exchange.caller.consumer.id}`);
  const read: (exchange: Exchange) => unknown =
    'header' in by
      ? (exchange) => exchange.arrived.headers.get(by.header)
      : 'claim' in by
        ? (exchange) => exchange.caller.claims?.[by.claim]
        : (exchange) => queryValue(exchange.query, by.query);
  return (exchange) => {
    const value = read(exchange);
    return value === undefined ? `ip ${address(exchange)}` : `value ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  };
}
