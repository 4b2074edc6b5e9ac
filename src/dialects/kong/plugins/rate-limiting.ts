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

interface Usage extends PeriodLimit {
  /** Before this request. */
  readonly left: number;
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
        by: readLimitBy(config, 'limit_by', node.trustedIps),
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
    const windows = limits.map(({ period, limit }) => ({ period, limit, counter: periodTally(period) }));
    const currentStore = storeOf(policy, deps);
    // On Redis Kong counts as it reads, so that a request counts in every window even where it is refused.
    const countsAtOnce = policy.kind === 'redis';
    return (exchange) => {
      const now = (exchange.clock ?? deps.clock).now();
      const key = `${exchange.scope}kong:ratelimit:${place}:${identify(exchange)}`;
      const updates = (cost: number) => windows.map(({ period, counter }) => ({ key: `${key}:${period}`, limiter: counter, cost }));
      const store = currentStore();
      const counted = after(updateAll(store, updates(countsAtOnce ? 1 : 0), now), (before) => {
        const usage = windows.map(({ period, limit }, index): Usage => ({ period, limit, left: limit - (before[index] ?? 0) }));
        return countsAtOnce || isRefused(usage) ? usage : after(updateAll(store, updates(1), now), () => usage);
      });
      const answer = (usage: readonly Usage[]): Outcome => {
        const stop = isRefused(usage);
        const reset = hide ? 0 : tell(exchange, usage, now, stop);
        if (!stop) return undefined;
        if (!hide) setResponseField(exchange, 'Retry-After', String(reset));
        return refuse(kongError(code, message));
      };
      return counted instanceof Promise ? counted.then(answer, (error: unknown) => failed(policy, exchange, error)) : answer(counted);
    };
  },
});

const isRefused = (usage: readonly Usage[]): boolean => usage.some(({ left }) => left <= 0);
const capital = (period: string): string => period.charAt(0).toUpperCase() + period.slice(1);

/** The fields of each window, and of the tightest one: the fewest left, of equal ones the longer. Answers its reset, in seconds. */
function tell(exchange: Exchange, usage: readonly Usage[], now: number, stop: boolean): number {
  const tightest = { limit: 0, left: Infinity, window: 0, reset: 1 };
  for (const { period, limit, left } of usage) {
    // This request is among them, unless it is refused.
    const remaining = Math.max(0, stop ? left : left - 1);
    const window = periodSeconds[period];
    setResponseField(exchange, `X-RateLimit-Limit-${capital(period)}`, String(limit));
    setResponseField(exchange, `X-RateLimit-Remaining-${capital(period)}`, String(remaining));
    if (remaining > tightest.left || (remaining === tightest.left && window <= tightest.window)) continue;
    const reset = Math.max(1, window - Math.floor((now - periodOf(period, now).start) / 1000));
    Object.assign(tightest, { limit, left: remaining, window, reset });
  }
  setResponseField(exchange, 'RateLimit-Limit', String(tightest.limit));
  setResponseField(exchange, 'RateLimit-Remaining', String(tightest.left));
  setResponseField(exchange, 'RateLimit-Reset', String(tightest.reset));
  return tightest.reset;
}
