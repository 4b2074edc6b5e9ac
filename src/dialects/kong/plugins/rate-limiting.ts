import type { Exchange } from '../../../engine/exchange.ts';
import { refuse } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { cidrMatcher } from '../../../http/cidr.ts';
import { periodOf, type CalendarUnit } from '../../../limiters/calendar.ts';
import { peek } from '../../../limiters/peek.ts';
import { quota } from '../../../limiters/quota.ts';
import { forwardedAddress } from '../client-address.ts';
import { kongError } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

const periods = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const satisfies readonly CalendarUnit[];
/** Kong's own lengths: a month has 30 days where it tells when to come back. */
const seconds: Readonly<Record<(typeof periods)[number], number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  month: 2_592_000,
  year: 31_536_000,
};

interface RateLimiting {
  readonly limits: readonly { readonly period: (typeof periods)[number]; readonly limit: number }[];
  readonly by: string;
  readonly header: string;
  readonly path: string;
  readonly hide: boolean;
  readonly code: number;
  readonly message: string;
  readonly place: string;
  readonly service: string;
  readonly trustedIps: readonly string[];
}
const fieldsSlot: Slot<readonly string[]> = slot('kong rate-limiting fields');

/**
 * Source: kong/plugins/rate-limiting/handler.lua. Windows of the calendar (UTC), each counted for itself; every window is read
 * first, and a request counts only where it passes.
 */
export const rateLimiting: KongPlugin = definePlugin<RateLimiting, null>({
  name: 'rate-limiting',
  read(config, { node, place }) {
    const limits = periods.flatMap((period) => {
      const limit = config.get(period).number({ min: 0 });
      return limit === undefined ? [] : [{ period, limit }];
    });
    if (limits.length === 0) config.problem('DG1204', 'rate-limiting has no limit', 'expected one of second, minute, hour, day, month, year');
    const policy = config.get('policy');
    if (policy.string() !== undefined && policy.string() !== 'local') policy.approximately('counted in this process').string();
    for (const key of [
      'redis',
      'redis_host',
      'redis_port',
      'redis_password',
      'redis_timeout',
      'redis_database',
      'redis_username',
      'redis_ssl',
      'redis_ssl_verify',
      'redis_server_name',
      'fault_tolerant',
      'sync_rate',
    ])
      config.get(key).ignored('counted in this process');
    return {
      access: {
        limits,
        by: config.get('limit_by').oneOf('consumer', 'credential', 'ip', 'service', 'header', 'path', 'consumer-group') ?? 'consumer',
        header: config.get('header_name').string() ?? '',
        path: config.get('path').string() ?? '',
        hide: config.get('hide_client_headers').boolean() ?? false,
        code: config.get('error_code').number() ?? 429,
        message: config.get('error_message').string() ?? 'API rate limit exceeded',
        place: `${place.route}|${place.service}`,
        service: place.service,
        trustedIps: node.trustedIps,
      },
      headerFilter: null,
    };
  },
  access(options, { store, clock }) {
    const trusted = cidrMatcher(options.trustedIps);
    const windows = options.limits.map(({ period, limit }) => {
      const limiter = quota({ limit, per: period });
      return { period, limit, limiter, look: peek(limiter) };
    });
    return async (exchange) => {
      const now = (exchange.clock ?? clock).now();
      const identifier = identifierOf(exchange, options, trusted);
      const key = (period: string): string => `${exchange.scope}kong:rate-limiting:${options.place}:${identifier}:${period}`;
      const usage: { period: (typeof periods)[number]; limit: number; left: number }[] = [];
      let stop = false;
      for (const { period, limit, look } of windows) {
        // A look at a cost of 0 tells how many are left before this request.
        const { remaining } = await store.update(key(period), look, now, 0);
        usage.push({ period, limit, left: remaining });
        stop ||= remaining <= 0;
      }
      const fields = options.hide ? [] : fieldsOf(usage, now, stop);
      if (stop)
        return refuse(kongError(options.code, options.message, options.hide ? [] : [...fields, 'Retry-After', valueOf(fields, 'RateLimit-Reset')]));
      for (const { period, limiter } of windows) await store.update(key(period), limiter, now, 1);
      exchange.write(fieldsSlot, fields);
      return undefined;
    };
  },
  headerFilter: () => (exchange) => {
    const fields = exchange.read(fieldsSlot) ?? [];
    for (let at = 0; at < fields.length; at += 2) exchange.response?.headers.set(fields[at] as string, fields[at + 1] as string);
    return undefined;
  },
});

const valueOf = (fields: readonly string[], name: string): string => fields[fields.indexOf(name) + 1] ?? '1';
const capital = (period: string): string => period.charAt(0).toUpperCase() + period.slice(1);

/** Per window, and for the tightest one: the fewest left, of equal ones the longer window. */
function fieldsOf(usage: readonly { period: (typeof periods)[number]; limit: number; left: number }[], now: number, stop: boolean): string[] {
  const fields: string[] = [];
  let tightest: { limit: number; left: number; reset: number; window: number } | undefined;
  for (const { period, limit, left } of usage) {
    const after = Math.max(0, stop ? left : left - 1);
    fields.push(`X-RateLimit-Limit-${capital(period)}`, String(limit), `X-RateLimit-Remaining-${capital(period)}`, String(after));
    const window = seconds[period];
    const reset = Math.max(1, window - Math.floor((now - periodOf(period, now).start) / 1000));
    if (tightest === undefined || after < tightest.left || (after === tightest.left && window > tightest.window))
      tightest = { limit, left: after, reset, window };
  }
  if (tightest !== undefined)
    fields.push('RateLimit-Limit', String(tightest.limit), 'RateLimit-Remaining', String(tightest.left), 'RateLimit-Reset', String(tightest.reset));
  return fields;
}

function identifierOf(exchange: Exchange, { by, header, path, service }: RateLimiting, trusted: (address: string) => boolean): string {
  const address = (): string => `ip ${forwardedAddress(exchange, trusted)}`;
  const { consumer, credential } = exchange.caller;
  if (by === 'service') return `service ${service}`;
  if (by === 'consumer')
    return consumer === undefined ? (credential === undefined ? address() : `credential ${credential.id}`) : `consumer ${consumer.id}`;
  if (by === 'credential') return credential === undefined ? address() : `credential ${credential.id}`;
  if (by === 'header') {
    const value = exchange.arrived.headers.get(header);
    return value === undefined ? address() : `header ${value}`;
  }
  if (by === 'path') return exchange.arrived.target.split('?')[0] === path ? `path ${path}` : address();
  return address();
}
