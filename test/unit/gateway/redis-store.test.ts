import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RedisStore } from '../../../src/gateway/redis-store.ts';
import { MemoryStore } from '../../../src/gateway/store.ts';
import type { StoreServer } from '../../../src/engine/store.ts';
import { fixedWindow } from '../../../src/limiters/fixed-window.ts';
import type { Limiter } from '../../../src/limiters/limiter.ts';
import { quota } from '../../../src/limiters/quota.ts';
import { slidingWindow } from '../../../src/limiters/sliding-window.ts';
import { tally } from '../../../src/limiters/tally.ts';
import { tokenBucket } from '../../../src/limiters/token-bucket.ts';
import { RedisConnection } from '../../../src/transport/redis-connection.ts';
import { hasRedis, RedisServer } from './redis-server.ts';

const nobody: StoreServer = { host: 'redis.internal', port: 6379, username: '', password: '', database: 0, timeoutMs: 2_000 };
const connectionTo = (port: number, more: Partial<StoreServer> = {}): RedisConnection =>
  new RedisConnection({ host: '127.0.0.1', port }, { ...nobody, ...more });

const limiters: readonly (readonly [string, Limiter<unknown, unknown>])[] = [
  ['a fixed window', fixedWindow({ limit: 3, windowMs: 1_000, from: 'first-request' })],
  ['a sliding window', slidingWindow({ limit: 3, windowMs: 1_000, counts: 'all' })],
  ['a quota', quota({ limit: 3, per: 'second' })],
  ['a tally', tally({ per: 'second', lifetimeMs: 1_000 })],
  ['a token bucket', tokenBucket({ rate: 1, perMs: 1_000, burst: 3 })],
] as never;

describe.skipIf(!hasRedis)('counters on a real Redis (needs redis-server)', () => {
  it.each(limiters)('count as in memory: %s', async (_, limiter) => {
    await using redis = await RedisServer.start();
    const connection = connectionTo(redis.port);
    const [there, here] = [new RedisStore(connection), new MemoryStore()];
    const started = 1_704_067_200_000;
    for (const [after, cost] of [0, 1, 10, 500, 999, 1_000, 1_500, 2_600, 9_000].flatMap(
      (at) =>
        [
          [at, 1],
          [at, 0],
          [at, 2],
        ] as const,
    )) {
      expect(await there.update('key', limiter, started + after, cost)).toEqual(here.update('key', limiter, started + after, cost));
    }
    connection.close();
  });

  it('count once for many who count at once', async () => {
    await using redis = await RedisServer.start();
    const limiter = fixedWindow({ limit: 10, windowMs: 60_000, from: 'clock' });
    const stores = [0, 1, 2].map(() => new RedisStore(connectionTo(redis.port)));
    const verdicts = await Promise.all(Array.from({ length: 30 }, (_, at) => (stores[at % 3] as RedisStore).update('key', limiter, 0, 1)));
    expect(verdicts.filter((one) => one.allowed)).toHaveLength(10);
    for (const store of stores) store.close();
  });

  it('are forgotten where a scope is, and take what somebody else wrote for nothing', async () => {
    await using redis = await RedisServer.start();
    const [connection, other] = [connectionTo(redis.port), connectionTo(redis.port)];
    const store = new RedisStore(connection);
    const limiter = quota({ limit: 3, per: 'day' });
    await other.command('SET', 'key', '17');
    expect((await store.update('key', limiter, 0, 1)).remaining).toBe(2);
    await store.update('@a/key', limiter, 0, 1);
    store.clear('a');
    expect((await store.update('@a/key', limiter, 0, 1)).remaining).toBe(2);
    expect((await store.update('key', limiter, 0, 1)).remaining).toBe(1);
    store.clear();
    expect((await store.update('key', limiter, 0, 1)).remaining).toBe(2);
    // The server forgets by its own clock, an hour later than it may.
    expect(Number(await other.command('PTTL', 'key'))).toBeGreaterThan(86_400_000);
    for (const one of [connection, other]) one.close();
  });

  it('are behind a password and in a database of their own', async () => {
    await using redis = await RedisServer.start('--requirepass', 'a-password');
    const [first, second] = [
      connectionTo(redis.port, { password: 'a-password' }),
      connectionTo(redis.port, { username: 'default', password: 'a-password', database: 1 }),
    ];
    await first.command('SET', 'key', 'first');
    expect([await first.command('GET', 'key'), await second.command('GET', 'key')]).toEqual(['first', null]);
    await expect(connectionTo(redis.port).command('GET', 'key')).rejects.toThrow('NOAUTH');
    await expect(connectionTo(redis.port, { password: 'other' }).command('GET', 'key')).rejects.toThrow('WRONGPASS');
    for (const one of [first, second]) one.close();
  });

  it('come back with their server', async () => {
    const redis = await RedisServer.start();
    const connection = connectionTo(redis.port);
    expect(await connection.command('PING')).toBe('PONG');
    await redis[Symbol.asyncDispose]();
    await expect(connection.command('PING')).rejects.toThrow(/closed|ECONNREFUSED|ECONNRESET/);
    await using _again = await RedisServer.start('--port', String(redis.port));
    expect(await connection.command('PING')).toBe('PONG');
    connection.close();
  });
});

describe('a server that is no Redis', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const answering = (...pieces: readonly string[]): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        const say = (at: number): void => {
          if (at < pieces.length) socket.write(pieces[at] as string, () => setImmediate(say, at + 1));
        };
        socket.on('data', () => say(0));
      });
      servers.push(server);
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });

  it.each([
    ['speaks HTTP', ['HTTP/1.1 400 Bad Request\r\n\r\n'], /not understood/],
    ['promises too much', ['$99999999\r\n'], /not understood/],
    ['says something endless', ['+', 'x'.repeat(600_000), 'x'.repeat(600_000)], /without an end/],
    ['says nothing', [''], /no answer within 100 ms/],
    ['gives a list', ['*1\r\n$1\r\na\r\n'], /not understood/],
  ])('that %s', async (_, pieces, words) => {
    const connection = connectionTo(await answering(...pieces), { timeoutMs: 100 });
    await expect(connection.command('GET', 'key')).rejects.toThrow(words);
    connection.close();
  });

  it('may answer in pieces', async () => {
    const connection = connectionTo(await answering('$', '5\r', '\na\r', '\nbc', '\r\n'));
    expect(await connection.command('GET', 'key')).toBe('a\r\nbc');
    connection.close();
  });
});
