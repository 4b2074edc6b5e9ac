import type { Exchange } from '../../../engine/exchange.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import type { Store, StoreServer } from '../../../engine/store.ts';
import { after, updateAll } from '../../../engine/update-all.ts';
import { slidingEstimate } from '../../../limiters/sliding-window.ts';
import { windowCounts, type WindowCounts } from '../../../limiters/window-counts.ts';
import type { Setting } from '../../../sources/setting.ts';
import { setResponseField } from '../access-fields.ts';
import { kongExit } from '../faults.ts';
import { documented } from './documented.ts';
import { limitIdentifier, readLimitBy, type LimitBy } from './limit-identifier.ts';
import { readRedis, storeOf } from './limit-policy.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Window {
  readonly limit: number;
  readonly seconds: number;
}
interface RateLimitingAdvanced {
  readonly windows: readonly Window[];
  readonly sliding: boolean;
  readonly by: LimitBy;
  /** Counters of one namespace are the same, wherever the plugin stands. */
  readonly namespace: string;
  /** Whether what is refused counts. */
  readonly countsRefused: boolean;
  readonly hide: boolean;
  readonly code: number;
  readonly message: string;
  /** Seconds. */
  readonly jitter: number;
  /** Null: counted in this process. */
  readonly server: StoreServer | null;
}

/** Kong Enterprise. Several windows of any length; a request is refused where one of them is full. */
export const rateLimitingAdvanced: KongPlugin = definePlugin<RateLimitingAdvanced>({
  name: 'rate-limiting-advanced',
  read(setting, { node }) {
    const config = setting.approximately(documented);
    const sliding = (config.get('window_type').oneOf('sliding', 'fixed') ?? 'sliding') === 'sliding';
    const disablePenalty = config.get('disable_penalty').boolean() ?? false;
    return {
      access: {
        windows: readWindows(config),
        sliding,
        by: readLimitBy(config, 'identifier', node.realIp),
        namespace: config.get('namespace').string() ?? `at ${config.origin.pointer}`,
        // Kong's documentation counts refused requests in sliding windows alone, and walks through fixed ones without them.
        countsRefused: sliding && !disablePenalty,
        hide: config.get('hide_client_headers').boolean() ?? false,
        code: config.get('error_code').number({ min: 100, max: 599, integer: true }) ?? 429,
        message: config.get('error_message').string() ?? 'API rate limit exceeded',
        jitter: config.get('retry_after_jitter_max').number({ min: 0 }) ?? 0,
        server: readStrategy(config),
      },
    };
  },
  access({ windows, sliding, by, namespace, countsRefused, hide, code, message, jitter, server }, deps) {
    const identify = limitIdentifier(by);
    const counted = windows.map((window) => ({ ...window, counter: windowCounts(window.seconds * 1_000) }));
    const currentStore = storeOf({ server }, deps);
    const count = (key: string, now: number, store: Store): Usage[] | Promise<Usage[]> => {
      const updates = (cost: number) => counted.map(({ seconds, counter }) => ({ key: `${key}:${seconds}`, limiter: counter, cost }));
      return after(updateAll(store, updates(0), now), (before) => {
        const usage = windows.map((window, index) => usageOf(window, before[index] as WindowCounts, sliding));
        return isRefused(usage) && !countsRefused ? usage : after(updateAll(store, updates(1), now), () => usage);
      });
    };
    const answer = (exchange: Exchange, usage: readonly Usage[]): Outcome => {
      const refused = isRefused(usage);
      const own = refused && !countsRefused ? 0 : 1;
      const leftOf = ({ limit, used }: Usage): number => Math.max(0, Math.floor(limit - used - own));
      const isTighter = (one: Usage, than: Usage): boolean =>
        leftOf(one) < leftOf(than) || (leftOf(one) === leftOf(than) && one.seconds > than.seconds);
      const tightest = usage.reduce((least, one) => (isTighter(one, least) ? one : least));
      if (!hide) {
        for (const one of usage) {
          setResponseField(exchange, `X-RateLimit-Limit-${windowName(one.seconds)}`, String(one.limit));
          setResponseField(exchange, `X-RateLimit-Remaining-${windowName(one.seconds)}`, String(leftOf(one)));
        }
        setResponseField(exchange, 'RateLimit-Limit', String(tightest.limit));
        setResponseField(exchange, 'RateLimit-Remaining', String(leftOf(tightest)));
        setResponseField(exchange, 'RateLimit-Reset', String(tightest.reset));
      }
      if (!refused) return undefined;
      if (!hide) setResponseField(exchange, 'Retry-After', String(tightest.reset + Math.floor(deps.random() * (jitter + 1))));
      return refuse(kongExit(code, { message }));
    };
    return (exchange) => {
      const now = (exchange.clock ?? deps.clock).now();
      const key = `${exchange.scope}kong:rate-limiting-advanced:${namespace}:${identify(exchange)}`;
      const usage = count(key, now, currentStore());
      // A node that has lost its Redis goes on counting for itself.
      if (usage instanceof Promise) return usage.catch(() => count(key, now, deps.store)).then((one) => answer(exchange, one));
      return answer(exchange, usage);
    };
  },
});

interface Usage extends Window {
  /** Before this request. */
  readonly used: number;
  /** Seconds until a request passes again, or until the window ends. */
  readonly reset: number;
}
const isRefused = (usage: readonly Usage[]): boolean => usage.some((one) => one.used + 1 > one.limit);

function usageOf(window: Window, { current, previous, elapsedMs }: WindowCounts, sliding: boolean): Usage {
  const lengthMs = window.seconds * 1_000;
  const used = sliding ? slidingEstimate(previous, current, elapsedMs, lengthMs) : current;
  const room = window.limit - current - 1;
  // What counts of the previous window must shrink to what the current one leaves over.
  const until = sliding && used + 1 > window.limit && room >= 0 ? lengthMs * (1 - room / previous) : lengthMs;
  return { ...window, used, reset: Math.max(1, Math.ceil((until - elapsedMs) / 1_000)) };
}

const names: Readonly<Record<number, string>> = { 1: 'Second', 60: 'Minute', 3_600: 'Hour', 86_400: 'Day', 2_592_000: 'Month', 31_536_000: 'Year' };
const windowName = (seconds: number): string => names[seconds] ?? String(seconds);

/** Each nth limit is of the nth window. */
function readWindows(config: Setting): Window[] {
  const numbers = (key: string): number[] =>
    config
      .get(key)
      .items()
      .flatMap((one) => one.number({ min: Number.MIN_VALUE }) ?? []);
  const [limits, sizes] = [numbers('limit'), numbers('window_size')];
  for (const key of ['limit', 'window_size'])
    if (!config.get(key).exists) config.problem('DG1204', `${config.name} has no ${key}`, 'required field missing');
  if (config.get('limit').items().length !== config.get('window_size').items().length)
    config.problem(
      'DG1206',
      'You must provide the same number of windows and limits',
      `expected limit and window_size of one length in ${config.name}`,
    );
  return limits.map((limit, index) => ({ limit, seconds: sizes[index] ?? 1 }));
}

/** Where is counted, and what of it has no bearing on one process. */
function readStrategy(config: Setting): StoreServer | null {
  config.get('sync_rate').ignored('counters are not kept twice here, so that nothing is synchronised');
  for (const key of ['dictionary_name', 'lock_dictionary_name']) config.get(key).ignored('there are no shared dictionaries to choose from');
  for (const key of ['consumer_groups', 'enforce_consumer_groups'])
    config.get(key).ignored('the plugin is set on the consumer group itself since 3.4');
  config.get('counter_key').ignored('consumers are counted by their ids');
  config.get('compound_identifier').ignored('only identifier says for whom a request is counted');
  config.get('throttling').ignored('what is over a limit is refused at once');
  const strategy = config.get('strategy').oneOf('cluster', 'redis', 'local') ?? 'local';
  const redis = config.get('redis');
  if (strategy !== 'redis') {
    if (strategy === 'cluster') config.get('strategy').approximately(`${documented}; counted in this process`).string();
    redis.ignored(`no Redis is asked where strategy is ${strategy}`);
    return null;
  }
  config
    .get('strategy')
    .approximately(`${documented}; counted on the Redis that an upstream redis://... stands for; without one, in this process`)
    .string();
  const server = readRedis(redis);
  for (const key of redis.keys()) if (!known.has(key)) redis.get(key).ignored('one server stands for whatever is named here');
  return server.host === '' ? null : server;
}
const known: ReadonlySet<string> = new Set(['host', 'port', 'username', 'password', 'database', 'timeout', 'ssl', 'ssl_verify', 'server_name']);
