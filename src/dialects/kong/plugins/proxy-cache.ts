import type { Exchange } from '../../../engine/exchange.ts';
import { reply, type Reply } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { Fields } from '../../../http/fields.ts';
import type { Setting } from '../../../sources/setting.ts';
import { setResponseField } from '../access-fields.ts';
import { proxiedSlot } from '../proxied.ts';
import { CachedResponses, type CachedResponse } from './cached-responses.ts';
import { cacheDirectives, freshFor, secondsOf, type Directives } from './cache-directives.ts';
import { cacheKey, type CacheKeyOptions } from './cache-key.ts';
import { mediaTypeMatches, parseMediaType } from './media-type.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

export interface ProxyCache {
  readonly statuses: readonly number[];
  readonly methods: readonly string[];
  readonly types: readonly string[];
  /** Seconds. */
  readonly ttl: number;
  readonly storageTtl: number | null;
  readonly control: boolean;
  readonly key: CacheKeyOptions;
  readonly dictionary: string;
  /** Which of its own fields are told. */
  readonly told: Told;
}
interface Told {
  readonly age: boolean;
  readonly status: boolean;
  readonly key: boolean;
}
/** A response that is to be kept: under which key, and its head once that is known. */
interface Wanted {
  readonly key: string;
  head: Omit<CachedResponse, 'body'> | null;
}
/** The largest body that is kept, in bytes. */
const maxBody = 16 * 1024 * 1024;

/** What proxy-cache and its advanced form have in common. */
export function readProxyCache(config: Setting): ProxyCache {
  const list = <T>(key: string, usual: readonly T[], read: (one: Setting) => T | undefined): readonly T[] =>
    config.get(key).exists
      ? config
          .get(key)
          .items()
          .flatMap((one) => read(one) ?? [])
      : usual;
  const told = config.get('response_headers');
  const statuses = list('response_code', [200, 301, 404], (one) => one.number({ min: 100, max: 900, integer: true }));
  if (config.get('response_code').kind === 'list' && config.get('response_code').items().length === 0)
    config.get('response_code').problem('DG1203', `${config.name}.response_code is empty`, 'length must be at least 1');
  const whole = { min: 1, integer: true };
  return {
    statuses,
    methods: list('request_method', ['GET', 'HEAD'], (one) => one.oneOf('HEAD', 'GET', 'POST', 'PATCH', 'PUT')),
    types: list('content_type', ['text/plain', 'application/json'], (one) => one.string()),
    ttl: config.get('cache_ttl').number(whole) ?? 300,
    storageTtl: config.get('storage_ttl').number({ integer: true }) ?? null,
    control: config.get('cache_control').boolean() ?? false,
    key: {
      ignoreCase: config.get('ignore_uri_case').boolean() ?? false,
      varyQuery: config.get('vary_query_params').strings(),
      varyHeaders: config.get('vary_headers').strings(),
    },
    dictionary: config.get('memory').get('dictionary_name').string() ?? 'kong_db_cache',
    told: {
      age: (told.get('age').exists ? told.get('age') : told.get('Age')).boolean() ?? true,
      status: told.get('X-Cache-Status').boolean() ?? true,
      key: told.get('X-Cache-Key').boolean() ?? true,
    },
  };
}

/** Source: kong/plugins/proxy-cache/handler.lua. Ages are whole seconds. */
export function cachePlugin(name: string, read: (config: Setting) => ProxyCache): KongPlugin {
  const wantedSlot: Slot<Wanted> = slot(`kong ${name}`);
  return definePlugin<ProxyCache, ProxyCache, ProxyCache>({
    name,
    read(config) {
      const options = read(config);
      return { access: options, headerFilter: options, bodyFilter: options };
    },
    access(options, { clock, memory }) {
      const { told, control } = options;
      return (exchange) => {
        const now = (exchange.clock ?? clock).now();
        const asked = cacheDirectives(exchange.arrived.headers);
        // Kong means to look at Authorization here, and reads a variable that nginx does not have.
        if (!options.methods.includes(exchange.method) || (control && (asked.has('no-store') || asked.has('no-cache')))) {
          if (tells(exchange, told.status)) setResponseField(exchange, 'X-Cache-Status', 'Bypass');
          return undefined;
        }
        const key = cacheKey(exchange, options.key);
        if (tells(exchange, told.key)) setResponseField(exchange, 'X-Cache-Key', key);
        const found = memory.get(`${exchange.scope}${keptIn(options)}`, makeCache).get(key, now);
        if (found === undefined && control && asked.has('only-if-cached')) return reply(504, [], '');
        if (found !== undefined && takes(options, asked, found, Math.floor(now / 1000))) return hit(exchange, options, key, found, now);
        exchange.write(wantedSlot, { key, head: null });
        if (tells(exchange, told.status)) setResponseField(exchange, 'X-Cache-Status', found === undefined ? 'Miss' : 'Refresh');
        return undefined;
      };
    },
    headerFilter(options, { clock }) {
      const expected = options.types.flatMap((one) => parseMediaType(one) ?? []);
      return (exchange) => {
        const wanted = exchange.read(wantedSlot);
        const { response } = exchange;
        if (wanted === undefined || response === null) return undefined;
        const { headers, status } = response;
        const now = Math.floor((exchange.clock ?? clock).now() / 1000);
        const said = cacheDirectives(headers);
        const type = headers.get('content-type') ?? '';
        const fresh = options.control ? freshFor(headers, said, now) : options.ttl;
        const keeps =
          options.statuses.includes(status) &&
          type !== '' &&
          expected.some((one) => mediaTypeMatches(one, parseMediaType(type))) &&
          !(options.control && (said.has('private') || said.has('no-store') || said.has('no-cache') || fresh <= 0));
        if (keeps) wanted.head = { status, headers: headers.raw.slice(), storedAt: now, ttl: fresh };
        else if (tells(exchange, options.told.status)) headers.set('X-Cache-Status', 'Bypass');
        return undefined;
      };
    },
    bodyFilter: (options, { clock, memory }) => ({
      need: (exchange) => (exchange.read(wantedSlot)?.head && !exchange.dry ? 'watch' : 'none'),
      watch(exchange) {
        const { key, head } = exchange.read(wantedSlot) as Wanted;
        let size = 0;
        const chunks: Buffer[] = [];
        return {
          chunk(chunk) {
            size += chunk.length;
            if (size <= maxBody) chunks.push(chunk);
            else chunks.length = 0;
          },
          end() {
            if (head === null || size > maxBody) return;
            const now = (exchange.clock ?? clock).now();
            const stored = { ...head, storedAt: Math.floor(now / 1000), body: Buffer.concat(chunks) };
            const seconds = options.storageTtl ?? (options.control ? head.ttl : options.ttl);
            memory.get(`${exchange.scope}${keptIn(options)}`, makeCache).set(key, stored, now, seconds);
          },
        };
      },
    }),
  });
}

const makeCache = (): CachedResponses => new CachedResponses();
/** All instances share a dictionary: their keys tell routes and consumers apart. */
const keptIn = ({ dictionary }: ProxyCache): string => `kong:proxy-cache:${dictionary}`;

/** A client that asks with `Kong-Debug` is told everything. */
const tells = (exchange: Exchange, told: boolean): boolean => told || exchange.arrived.headers.has('kong-debug');

/** Whether what is kept will do for this request. */
function takes({ control, ttl }: ProxyCache, asked: Directives, found: CachedResponse, now: number): boolean {
  const age = now - found.storedAt;
  if (!control) return age <= ttl;
  return (
    age <= (secondsOf(asked, 'max-age') ?? Infinity) &&
    age - found.ttl <= (secondsOf(asked, 'max-stale') ?? Infinity) &&
    found.ttl - age >= (secondsOf(asked, 'min-fresh') ?? -Infinity)
  );
}

const notSentAgain: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'age',
  'x-cache-status',
  'x-cache-key',
]);

/** The response-head steps run over it as over any answer. */
function hit(exchange: Exchange, { told }: ProxyCache, key: string, { status, headers, body, storedAt }: CachedResponse, now: number): Reply {
  const fields = new Fields(headers.slice());
  // How much of a limit remains is told by this request, not by the one that was kept.
  fields.filter((name) => !notSentAgain.has(name) && !name.includes('ratelimit-remaining'));
  if (tells(exchange, told.age)) fields.append('Age', String(Math.floor(now / 1000) - storedAt));
  if (tells(exchange, told.status)) fields.append('X-Cache-Status', 'Hit');
  if (tells(exchange, told.key)) fields.append('X-Cache-Key', key);
  exchange.write(proxiedSlot, true);
  return reply(status, fields.raw, body);
}

export const proxyCache: KongPlugin = cachePlugin('proxy-cache', (config) => {
  const strategy = config.get('strategy');
  if (!strategy.exists) config.problem('DG1204', `${config.name} has no strategy`, 'expected strategy: memory; required field missing');
  strategy.oneOf('memory');
  return readProxyCache(config);
});
