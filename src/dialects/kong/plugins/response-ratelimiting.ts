import type { Exchange } from '../../../engine/exchange.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { updateAll } from '../../../engine/update-all.ts';
import { kongError } from '../faults.ts';
import { limitIdentifier, type LimitBy } from './limit-identifier.ts';
import { periodTally, readPeriodLimits, type Period, type PeriodLimit } from './limit-periods.ts';
import { failed, readLimitPolicy, storeOf, type LimitPolicy } from './limit-policy.ts';
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
      by: { by: config.get('limit_by').oneOf('consumer', 'credential', 'ip') ?? 'consumer', header: '', path: '', realIp: node.realIp },
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
    const windows = options.limits.flatMap(({ name, periods }) => periods.map((one) => ({ ...one, name, counter: periodTally(one.period) })));
    const currentStore = storeOf(options.policy, deps);
    const answer = (exchange: Exchange, identifier: string, now: number, usage: readonly Usage[]): Outcome => {
      for (const { name } of options.limits) {
        const left = usage.filter((one) => one.name === name).map((one) => one.left);
        // Of what is left below zero Kong says nothing here.
        if (options.blockFirst && left.includes(0)) return refuse(kongError(429, `API rate limit exceeded for '${name}'`));
        exchange.outgoing.headers.set(`X-RateLimit-Remaining-${name}`, String(Math.min(...left)));
      }
      exchange.write(countedSlot, { identifier, now, usage, costs: new Map() });
      return undefined;
    };
    return (exchange) => {
      const now = (exchange.clock ?? deps.clock).now();
      const identifier = identify(exchange);
      const updates = windows.map(({ name, period, counter }) => ({
        key: exchange.scope + keyOf(options, identifier, name, period),
        limiter: counter,
        cost: 0,
      }));
      const before = updateAll(currentStore(), updates, now);
      const go = (counts: readonly number[]): Outcome => {
        const usage = windows.map(({ name, period, limit }, index): Usage => ({ name, period, limit, left: limit - (counts[index] ?? 0) }));
        return answer(exchange, identifier, now, usage);
      };
      return before instanceof Promise ? before.then(go, (error: unknown) => failed(options.policy, exchange, error)) : go(before);
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
