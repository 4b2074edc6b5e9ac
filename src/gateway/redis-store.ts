import { scopeName } from '../engine/scope.ts';
import type { Store, StoreServer } from '../engine/store.ts';
import type { Limiter } from '../limiters/limiter.ts';
import { RedisConnection } from '../transport/redis-connection.ts';
import type { Upstreams } from '../transport/upstreams.ts';

interface Held {
  readonly state: unknown;
  readonly expiresAt: number;
}
/** Writes only where nobody has written since. An empty text stands for nothing. */
const compareAndSet = `if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`;
/** A clock that stands still keeps a state longer than the server's clock would. */
const graceMs = 3_600_000;
const longestMs = 400 * 86_400_000;
const attempts = 32;
const maxRemembered = 10_000;

/** Counters on a Redis: any limiter, by compare and set. */
export class RedisStore implements Store {
  readonly #connection: RedisConnection;
  /** What this process has counted, so that it can be forgotten. */
  readonly #keys = new Set<string>();

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  async update<S, V>(key: string, limiter: Limiter<S, V>, now: number, cost: number): Promise<V> {
    this.#remember(key);
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const text = String((await this.#connection.command('GET', key)) ?? '');
      const held = read(text);
      const { state, verdict, expiresAt } = limiter.apply(held === undefined || held.expiresAt <= now ? undefined : (held.state as S), now, cost);
      const next = state === undefined ? '' : JSON.stringify({ state, expiresAt: Math.min(expiresAt, now + longestMs) } satisfies Held);
      if (next === text) return verdict;
      const lifeMs = Math.ceil(Math.min(Math.max(expiresAt - now, 0), longestMs)) + graceMs;
      if ((await this.#connection.command('EVAL', compareAndSet, '1', key, text, next, String(lifeMs))) === 1) return verdict;
    }
    throw new Error(`${key} is written by too many at once`);
  }

  /** Of one scope, or all that this process has counted. Commands keep their order: what is counted later is counted anew. */
  clear(scope?: string): void {
    for (const key of this.#keys) {
      if (scope !== undefined && scopeName(key) !== scope) continue;
      this.#keys.delete(key);
      this.#connection.command('DEL', key).catch(() => {});
    }
  }

  close(): void {
    this.#connection.close();
  }

  #remember(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size > maxRemembered) this.#keys.delete(this.#keys.values().next().value as string);
  }
}

/** What somebody else has written there is as nothing. */
function read(text: string): Held | undefined {
  try {
    const value = JSON.parse(text) as Held | null;
    return value !== null && typeof value === 'object' && typeof value.expiresAt === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The stores of the servers that the upstream map puts on this machine: `HOST:PORT=redis://127.0.0.1:6379`. */
export class RedisStores {
  readonly #upstreams: Pick<Upstreams, 'find'>;
  readonly #stores = new Map<string, RedisStore>();

  constructor(upstreams: Pick<Upstreams, 'find'>) {
    this.#upstreams = upstreams;
  }

  at(server: StoreServer): Store | null {
    const target = this.#upstreams.find([`${server.host}:${server.port}`, server.host]);
    const url = typeof target === 'string' || target instanceof URL ? String(target) : '';
    if (!url.startsWith('redis:')) return null;
    const key = JSON.stringify([url, server]);
    let store = this.#stores.get(key);
    if (store === undefined) {
      const { hostname, port } = new URL(url);
      store = new RedisStore(new RedisConnection({ host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port || 6379) }, server));
      this.#stores.set(key, store);
    }
    return store;
  }

  clear(scope?: string): void {
    for (const store of this.#stores.values()) store.clear(scope);
  }

  close(): void {
    for (const store of this.#stores.values()) store.close();
    this.#stores.clear();
  }
}
