import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../../src/index.ts';
import { freePort, hasRedis, RedisServer } from '../../gateway/redis-server.ts';
import { ask, echo, kongNode, serviceWith } from './kong-node.ts';

const onRedis = (plugin: string, config: string): string =>
  `{ name: ${plugin}, config: { policy: redis, redis: { host: redis.internal, timeout: 1000 }, ${config} } }`;
const node = (plugins: string, url: string, upstream = echo): Promise<Gateway> =>
  kongNode(serviceWith(plugins), { 'redis.internal:6379': url, 's.internal:8080': upstream });
const statuses = async (times: number, ...gateways: readonly Gateway[]): Promise<number[]> => {
  const all: number[] = [];
  for (let at = 0; at < times; at += 1) all.push((await ask(gateways[at % gateways.length] as Gateway, '/')).status);
  return all;
};

describe.skipIf(!hasRedis)('limits of Kong that are counted on a real Redis (needs redis-server)', () => {
  it('are the same for every gateway that counts there', async () => {
    await using redis = await RedisServer.start();
    const plugins = onRedis('rate-limiting', 'minute: 3');
    await using first = await node(plugins, redis.url);
    await using second = await node(plugins, redis.url);
    expect(await statuses(5, first, second)).toEqual([200, 200, 200, 429, 429]);
    for (const one of [first, second]) await one.clock.advance(60_000);
    expect(await statuses(1, second)).toEqual([200]);
    await first.reset();
  });

  it('count what they refuse, in every window', async () => {
    await using redis = await RedisServer.start();
    await using gateway = await node(onRedis('rate-limiting', 'second: 1, minute: 3'), redis.url);
    expect(await statuses(3, gateway)).toEqual([200, 429, 429]);
    await gateway.clock.advance(1_000);
    expect(await statuses(1, gateway)).toEqual([429]);
  });

  it('are forgotten where the gateway is reset', async () => {
    await using redis = await RedisServer.start();
    await using gateway = await node(onRedis('rate-limiting', 'minute: 1'), redis.url);
    expect(await statuses(2, gateway)).toEqual([200, 429]);
    await gateway.reset();
    gateway.clock.freeze();
    expect(await statuses(2, gateway)).toEqual([200, 429]);
  });

  it('may be told by the upstream', async () => {
    await using redis = await RedisServer.start();
    const costly = (): Response => new Response('', { headers: { 'X-Kong-Limit': 'video=2' } });
    const plugins = onRedis('response-ratelimiting', 'limits: { video: { minute: 4 } }');
    await using first = await node(plugins, redis.url, costly);
    await using second = await node(plugins, redis.url, costly);
    const seen: number[] = [];
    for (const [gateway, count] of [
      [first, 1],
      [second, 1],
      [first, 2],
    ] as const) {
      seen.push(...(await statuses(1, gateway)));
      // What was used is counted after the response is sent.
      await gateway.traffic.waitFor({}, { count });
    }
    expect(seen).toEqual([200, 200, 429]);
  });

  it('may be those of rate-limiting-advanced, which goes on alone where its Redis does not answer', async () => {
    const plugin =
      '{ name: rate-limiting-advanced, config: { strategy: redis, redis: { host: redis.internal }, limit: [2], window_size: [60], namespace: n } }';
    const redis = await RedisServer.start();
    await using first = await node(plugin, redis.url);
    await using second = await node(plugin, redis.url);
    expect(await statuses(3, first, second)).toEqual([200, 200, 429]);
    await redis[Symbol.asyncDispose]();
    expect(await statuses(3, first)).toEqual([200, 200, 429]);
  });

  it('read the older spellings', async () => {
    await using redis = await RedisServer.start('--requirepass', 'a-password');
    const older =
      '{ name: rate-limiting, config: { minute: 1, policy: redis, redis_host: redis.internal, redis_port: 6379, redis_password: a-password, redis_database: 2 } }';
    await using first = await node(older, redis.url);
    await using second = await node(older, redis.url);
    expect(await statuses(2, first, second)).toEqual([200, 429]);
  });
});

describe('limits of Kong whose Redis does not answer', () => {
  it.each([
    ['rate-limiting', 'minute: 1'],
    ['response-ratelimiting', 'limits: { video: { minute: 1 } }'],
  ])('let everybody pass, or nobody: %s', async (plugin, config) => {
    const gone = `redis://127.0.0.1:${await freePort()}`;
    await using tolerant = await node(onRedis(plugin, config), gone);
    const answer = await ask(tolerant, '/');
    expect([answer.status, [...answer.headers.keys()].filter((name) => name.includes('ratelimit'))]).toEqual([200, []]);
    await using strict = await node(onRedis(plugin, `${config}, fault_tolerant: false`), gone);
    const refused = await ask(strict, '/');
    expect([refused.status, await refused.text()]).toEqual([500, expect.stringContaining('An unexpected error occurred')]);
  });

  it('are counted in the process where nothing stands for it', async () => {
    await using gateway = await kongNode(serviceWith(onRedis('rate-limiting', 'minute: 1')));
    expect(await statuses(2, gateway)).toEqual([200, 429]);
  });
});
