import type { Exchange } from '../../../engine/exchange.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import { after, updateAll } from '../../../engine/update-all.ts';
import { periodOf } from '../../../limiters/calendar.ts';
import { setResponseField } from '../access-fields.ts';
import { kongError } from '../faults.ts';
import { limitIdentifier, readLimitBy, type LimitBy } from './limit-identifier.ts';
import { periodSeconds, periodTally, readPeriodLimits, type PeriodLimit } from './limit-periods.ts';
import { failed, readLimitPolicy, storeOf, type LimitPolicy } from './limit-policy.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface RateLimiting {
  readonly limits: readonly PeriodLimit[];
  readonly by: LimitBy;
  readonly hide: boolean;
  readonly code: number;
  readonly message: string;
  /** Of the entities that the plugin stands on: requests to any route of a service count together where it stands on the service. */
  readonly place: string;
  readonly policy: LimitPolicy;
}

interface Window extends PeriodLimit {
  readonly counter: ReturnType<typeof periodTally>;
  /** Names of the fields that tell of it. */
  readonly fields: { readonly limit: string; readonly remaining: string };
}

/**
 * Source: kong/plugins/rate-limiting/handler.lua. Windows of the calendar (UTC), each counted for itself; every window is read
 * first, and a request counts only where it passes.
 */
export const rateLimiting: KongPlugin = definePlugin<RateLimiting>({
  name: 'rate-limiting',
  read(config, { node, place }) {
    const limits = readPeriodLimits(config, 'The');
    config.get('sync_rate').ignored('counters are not kept twice here, so that nothing is synchronised');
    return {
      access: {
        limits,
        by: readLimitBy(config, 'limit_by', node.realIp),
        hide: config.get('hide_client_headers').boolean() ?? false,
        code: config.get('error_code').number({ min: 100, max: 599, integer: true }) ?? 429,
        message: config.get('error_message').string() ?? 'API rate limit exceeded',
        place: `${place.route}:${place.service}`,
        policy: readLimitPolicy(config),
      },
    };
  },
  access({ limits, by, hide, code, message, place, policy }, deps) {
    const identify = limitIdentifier(by);
    const windows = limits.map(({ period, limit }): Window => {
      const name = period.charAt(0).toUpperCase() + period.slice(1);
      return {
        period,
        limit,
        counter: periodTally(period),
        fields: { limit: `X-RateLimit-Limit-${name}`, remaining: `X-RateLimit-Remaining-${name}` },
      };
    });
    /** What is left in each window before this request. */
    const leftOf = (counts: readonly number[]): number[] => windows.map(({ limit }, at) => limit - (counts[at] ?? 0));
    const currentStore = storeOf(policy, deps);
    // On Redis Kong counts as it reads, so that a request counts in every window even where it is refused.
    const countsAtOnce = policy.kind === 'redis';
    return (exchange) => {
      const now = (exchange.clock ?? deps.clock).now();
      const key = `${exchange.scope}kong:ratelimit:${place}:${identify(exchange)}`;
      const updates = (cost: number) => windows.map(({ period, counter }) => ({ key: `${key}:${period}`, limiter: counter, cost }));
      const store = currentStore();
      const counted = after(updateAll(store, updates(countsAtOnce ? 1 : 0), now), (before) => {
        const left = leftOf(before);
        return countsAtOnce || isRefused(left) ? left : after(updateAll(store, updates(1), now), () => left);
      });
      const answer = (left: readonly number[]): Outcome => {
        const stop = isRefused(left);
        const reset = hide ? 0 : tell(exchange, windows, left, now, stop);
        if (!stop) return undefined;
        if (!hide) setResponseField(exchange, 'Retry-After', String(reset));
        return refuse(kongError(code, message));
      };
      return counted instanceof Promise ? counted.then(answer, (error: unknown) => failed(policy, exchange, error)) : answer(counted);
    };
  },
});

const isRefused = (left: readonly number[]): boolean => left.some((one) => one <= 0);

/** The fields of each window, and of the tightest one: the fewest left, of equal ones the longer. Answers its reset, in seconds. */
function tell(exchange: Exchange, windows: readonly Window[], left: readonly number[], now: number, stop: boolean): number {
  let tightest: Window | null = null;
  let fewest = Infinity;
  for (const [at, window] of windows.entries()) {
    // This request is among them, unless it is refused.
    const remaining = Math.max(0, stop ? (left[at] as number) : (left[at] as number) - 1);
    setResponseField(exchange, window.fields.limit, String(window.limit));
    setResponseField(exchange, window.fields.remaining, String(remaining));
    if (remaining > fewest) continue;
    // Windows are in the order of their lengths.
    tightest = window;
    fewest = remaining;
  }
  if (tightest === null) return 1;
  const { period, limit } = tightest;
  const reset = Math.max(1, periodSeconds[period] - Math.floor((now - periodOf(period, now).start) / 1000));
  setResponseField(exchange, 'RateLimit-Limit', String(limit));
  setResponseField(exchange, 'RateLimit-Remaining', String(fewest));
  setResponseField(exchange, 'RateLimit-Reset', String(reset));
  return reset;
}
