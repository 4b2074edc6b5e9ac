import type { Exchange } from '../../../engine/exchange.ts';
import { refuse } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { kongError } from '../faults.ts';
import { limitIdentifier, type LimitBy } from './limit-identifier.ts';
import { periodTally, readPeriodLimits, type Period, type PeriodLimit } from './limit-periods.ts';
import { readLimitPolicy, storeOf, type LimitPolicy } from './limit-policy.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface ResponseLimits {
  readonly limits: readonly { readonly name: string; readonly periods: readonly PeriodLimit[] }[];
  readonly by: LimitBy;
  readonly header: string;
  readonly blockFirst: boolean;
  readonly hide: boolean;
  readonly place: string;
  readonly policy: LimitPolicy;
}
interface Usage extends PeriodLimit {
  readonly name: string;
  readonly left: number;
}
/** What the later phases go on from. */
interface Counted {
  readonly identifier: string;
  readonly now: number;
  readonly usage: readonly Usage[];
  /** What the upstream says that the request was worth, by the name of the limit. */
  costs: ReadonlyMap<string, number>;
}
const countedSlot: Slot<Counted> = slot('kong response-ratelimiting');

const keyOf = ({ place }: ResponseLimits, identifier: string, name: string, period: Period): string =>
  `kong:response-ratelimit:${place}:${identifier}:${name}:${period}`;

/** Source: kong/plugins/response-ratelimiting. The upstream says in a header field what a request cost; it is counted when the response is sent. */
export const responseRatelimiting: KongPlugin = definePlugin<ResponseLimits, ResponseLimits, never, never, ResponseLimits>({
  name: 'response-ratelimiting',
  read(config, { node, place }) {
    const limits = config.get('limits');
    const named = limits.entries().map(([name, one]) => ({ name, periods: readPeriodLimits(one, 'the') }));
    if (named.length === 0)
      config.problem('DG1204', `${config.name} has no limits`, 'expected limits: { NAME: { minute: 10 } }; length must be at least 1');
    const options: ResponseLimits = {
      limits: named,
      by: { by: config.get('limit_by').oneOf('consumer', 'credential', 'ip') ?? 'consumer', header: '', path: '', trustedIps: node.trustedIps },
      header: config.get('header_name').string() ?? 'x-kong-limit',
      blockFirst: config.get('block_on_first_violation').boolean() ?? false,
      hide: config.get('hide_client_headers').boolean() ?? false,
      place: `${place.route}:${place.service}`,
      policy: readLimitPolicy(config),
    };
    return { access: options, headerFilter: options, log: options };
  },
  access(options, deps) {
    const identify = limitIdentifier(options.by);
    const limits = options.limits.map(({ name, periods }) => ({
      name,
      periods: periods.map((one) => ({ ...one, counter: periodTally(one.period) })),
    }));
    const currentStore = storeOf(options.policy, deps);
    const read = async (exchange: Exchange, identifier: string, now: number): Promise<Usage[]> => {
      const store = currentStore();
      const usage: Usage[] = [];
      for (const { name, periods } of limits) {
        for (const { period, limit, counter } of periods) {
          const key = exchange.scope + keyOf(options, identifier, name, period);
          usage.push({ name, period, limit, left: limit - (await store.update(key, counter, now, 0)) });
        }
      }
      return usage;
    };
    return async (exchange) => {
      const now = (exchange.clock ?? deps.clock).now();
      const identifier = identify(exchange);
      let usage: Usage[];
      try {
        usage = await read(exchange, identifier, now);
      } catch (error) {
        if (!options.policy.tolerant) throw error;
        exchange.note(`not limited: ${(error as Error).message}`);
        return undefined;
      }
      for (const { name } of limits) {
        const left = usage.filter((one) => one.name === name).map((one) => one.left);
        // Of what is left below zero Kong says nothing here.
        if (options.blockFirst && left.includes(0)) return refuse(kongError(429, `API rate limit exceeded for '${name}'`));
        exchange.outgoing.headers.set(`X-RateLimit-Remaining-${name}`, String(Math.min(...left)));
      }
      exchange.write(countedSlot, { identifier, now, usage, costs: new Map() });
      return undefined;
    };
  },
  headerFilter({ limits, header, hide }) {
    const names = new Set(limits.map((one) => one.name));
    return (exchange) => {
      const counted = exchange.read(countedSlot);
      const { response } = exchange;
      if (counted === undefined || response === null) return undefined;
      const costs = response.from === 'upstream' ? costsIn(response.headers.joined(header) ?? '', names) : new Map<string, number>();
      let stop = false;
      for (const { name, period, limit, left } of counted.usage) {
        const cost = costs.get(name) ?? 0;
        stop ||= cost > 0 && left <= 0;
        if (hide) continue;
        response.headers.set(`X-RateLimit-Limit-${name}-${period}`, String(limit));
        response.headers.set(`X-RateLimit-Remaining-${name}-${period}`, String(Math.max(0, left - cost)));
      }
      response.headers.remove(header);
      if (stop) refuseWithNothing(exchange);
      else counted.costs = costs;
      return undefined;
    };
  },
  log(options, deps) {
    const currentStore = storeOf(options.policy, deps);
    const limits = options.limits.flatMap(({ name, periods }) => periods.map(({ period }) => ({ name, period, counter: periodTally(period) })));
    return async (exchange) => {
      const counted = exchange.read(countedSlot);
      if (counted === undefined) return undefined;
      try {
        const store = currentStore();
        for (const { name, period, counter } of limits) {
          const cost = counted.costs.get(name) ?? 0;
          if (cost !== 0) await store.update(exchange.scope + keyOf(options, counted.identifier, name, period), counter, counted.now, cost);
        }
      } catch (error) {
        exchange.note(`not counted: ${(error as Error).message}`);
      }
      return undefined;
    };
  },
});

/** `video=2, image=1`: what is no number, or of no limit, counts nothing. */
function costsIn(text: string, names: ReadonlySet<string>): Map<string, number> {
  const costs = new Map<string, number>();
  for (const part of text.split(',')) {
    const [name = '', value = '', ...more] = part.split('=').map((one) => one.trim());
    if (more.length > 0 || !names.has(name)) continue;
    const cost = value === '' ? Number.NaN : Number(value);
    if (Number.isFinite(cost)) costs.set(name, cost);
    else costs.delete(name);
  }
  return costs;
}

/** What the upstream answered is not passed on: `kong.response.exit(429)` in the header filter. */
function refuseWithNothing({ response }: Exchange): void {
  if (response === null) return;
  response.status = 429;
  response.statusText = undefined;
  response.headers.set('Content-Length', '0');
  response.body.replace(Buffer.alloc(0));
}
