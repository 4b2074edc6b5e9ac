import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../../src/index.ts';
import { annAndBob, ask, kongNode, midnight, refusal, serviceWith } from './kong-node.ts';

const limited = (config: string): string => `{ name: rate-limiting, config: { policy: local, ${config} } }`;
const keyAuth = '{ name: key-auth }';
const statuses = async (gateway: Gateway, times: number, path = '/', headers: Record<string, string> = {}): Promise<number[]> => {
  const all: number[] = [];
  for (let at = 0; at < times; at += 1) all.push((await ask(gateway, path, headers)).status);
  return all;
};

/** Requests on the virtual clock: seconds after midnight, and what is answered. */
interface Vector {
  readonly name: string;
  readonly config: string;
  readonly asked: readonly (readonly [atSeconds: number, status: number, fields: Readonly<Record<string, string>>])[];
}
const vectors: readonly Vector[] = [
  {
    name: 'a window of the clock, not of the first request',
    config: 'minute: 2',
    asked: [
      [58, 200, { 'x-ratelimit-limit-minute': '2', 'x-ratelimit-remaining-minute': '1', 'ratelimit-reset': '2' }],
      [59, 200, { 'x-ratelimit-remaining-minute': '0', 'ratelimit-reset': '1' }],
      [59.9, 429, { 'x-ratelimit-remaining-minute': '0', 'ratelimit-reset': '1', 'retry-after': '1' }],
      [60, 200, { 'x-ratelimit-remaining-minute': '1', 'ratelimit-reset': '60' }],
    ],
  },
  {
    name: 'two windows, told by the tighter one',
    config: 'second: 2, minute: 3',
    asked: [
      [0, 200, { 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': '1', 'x-ratelimit-remaining-minute': '2' }],
      [0, 200, { 'ratelimit-limit': '2', 'ratelimit-remaining': '0' }],
      [0, 429, { 'ratelimit-limit': '2', 'retry-after': '1', 'x-ratelimit-remaining-minute': '1' }],
      [1, 200, { 'ratelimit-limit': '3', 'ratelimit-remaining': '0', 'ratelimit-reset': '59' }],
      [2, 429, { 'ratelimit-limit': '3', 'retry-after': '58', 'x-ratelimit-remaining-second': '2' }],
    ],
  },
  {
    name: 'of equal ones the longer',
    config: 'hour: 2, day: 2',
    asked: [[0, 200, { 'ratelimit-reset': '86400', 'x-ratelimit-remaining-hour': '1', 'x-ratelimit-remaining-day': '1' }]],
  },
  {
    name: 'a part of a request is one',
    config: 'minute: 0.5',
    asked: [
      [0, 200, { 'x-ratelimit-limit-minute': '0.5', 'x-ratelimit-remaining-minute': '0' }],
      [0, 429, { 'x-ratelimit-remaining-minute': '0' }],
    ],
  },
  {
    name: 'a month of 30 days, by which its counter is forgotten',
    config: 'month: 1',
    asked: [
      [0, 200, { 'ratelimit-reset': '2592000' }],
      [29 * 86_400, 429, { 'retry-after': '86400' }],
      [30 * 86_400, 200, { 'ratelimit-reset': '1' }],
      [31 * 86_400 - 1, 429, { 'retry-after': '1' }],
      [31 * 86_400, 200, { 'ratelimit-reset': '2592000' }],
    ],
  },
];

describe('rate-limiting', () => {
  it.each(vectors)('counts $name', async ({ config, asked }) => {
    await using gateway = await kongNode(serviceWith(limited(config)));
    for (const [at, status, fields] of asked) {
      await gateway.clock.travel(midnight + at * 1000);
      const answer = await gateway.fetch('/');
      expect([at, answer.status]).toEqual([at, status]);
      expect(Object.fromEntries(answer.headers)).toMatchObject(fields);
      if (status === 200) expect(answer.headers.has('retry-after')).toBe(false);
    }
  });

  it('answers what it is told to, in the words that the client takes', async () => {
    await using gateway = await kongNode(serviceWith(limited('minute: 1, error_code: 420, error_message: slow down, hide_client_headers: true')));
    expect(await statuses(gateway, 1)).toEqual([200]);
    const answer = await gateway.fetch('/');
    expect(answer.status).toBe(420);
    expect(await answer.json()).toMatchObject({ message: 'slow down', request_id: expect.stringMatching(/^[\da-f]{32}$/) as string });
    expect([...answer.headers.keys()].filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
    expect(await (await ask(gateway, '/', { accept: 'text/html' })).text()).toContain('<p>slow down.</p>');
  });

  it('counts for whom it is told to', async () => {
    const keyed = (by: string): string => `${serviceWith(keyAuth, limited(`minute: 1, ${by}`))}${annAndBob}`;
    const as = (gateway: Gateway, apikey: string): Promise<number[]> => statuses(gateway, 1, '/', { apikey });
    await using consumers = await kongNode(keyed('limit_by: consumer'));
    for (const [key, status] of [
      ['ann-key', 200],
      ['ann-other-key', 429],
      ['bob-key', 200],
    ] as const)
      expect(await as(consumers, key)).toEqual([status]);
    await using credentials = await kongNode(keyed('limit_by: credential'));
    for (const [key, status] of [
      ['ann-key', 200],
      ['ann-other-key', 200],
      ['ann-key', 429],
    ] as const)
      expect(await as(credentials, key)).toEqual([status]);
    await using services = await kongNode(keyed('limit_by: service'));
    for (const [key, status] of [
      ['ann-key', 200],
      ['bob-key', 429],
    ] as const)
      expect(await as(services, key)).toEqual([status]);

    await using headers = await kongNode(serviceWith(limited('minute: 1, limit_by: header, header_name: X-Tenant')));
    expect(await statuses(headers, 2, '/', { 'x-tenant': 'a' })).toEqual([200, 429]);
    expect(await statuses(headers, 1, '/', { 'x-tenant': 'b' })).toEqual([200]);
    expect(await statuses(headers, 2)).toEqual([200, 429]);
    await using paths = await kongNode(serviceWith(limited('minute: 1, limit_by: path, path: /a/b')));
    expect(await statuses(paths, 1, '/a/b?c')).toEqual([200]);
    expect(await statuses(paths, 1, '/a/./%62')).toEqual([429]);
    expect(await statuses(paths, 1, '/a')).toEqual([200]);
  });

  it('counts together what one entry of the plugin stands on', async () => {
    const two = (where: { route?: string; service?: string; global?: string }): string => `services:
  - name: s
    url: http://s.internal:8080
    routes: [{ name: a, paths: [/a], plugins: [${where.route ?? ''}] }, { name: b, paths: [/b], plugins: [${where.route ?? ''}] }]
    plugins: [${where.service ?? ''}]
  - name: t
    url: http://t.internal:8080
    routes: [{ name: c, paths: [/c] }]
plugins: [${where.global ?? ''}]
`;
    const plugin = limited('minute: 1');
    const seen = async (declarative: string): Promise<number[]> => {
      await using gateway = await kongNode(declarative);
      return [...(await statuses(gateway, 2, '/a')), ...(await statuses(gateway, 1, '/b')), ...(await statuses(gateway, 1, '/c'))];
    };
    expect(await seen(two({ route: plugin }))).toEqual([200, 429, 200, 200]);
    expect(await seen(two({ service: plugin }))).toEqual([200, 429, 429, 200]);
    expect(await seen(two({ global: plugin }))).toEqual([200, 429, 429, 429]);
  });

  it('sets its fields in the access phase: whoever answers tells them, and later plugins may take them away', async () => {
    await using closed = await kongNode(serviceWith(limited('minute: 5'), '{ name: request-termination }'));
    expect((await closed.fetch('/')).headers.get('ratelimit-remaining')).toBe('4');
    await using hidden = await kongNode(
      serviceWith(limited('minute: 5'), '{ name: response-transformer, config: { remove: { headers: [RateLimit-Reset] } } }'),
    );
    const { headers } = await hidden.fetch('/');
    expect([headers.has('ratelimit-reset'), headers.has('ratelimit-limit')]).toEqual([false, true]);
  });

  it('stands before what the upstream says of its own limits', async () => {
    const upstream = (): Response => new Response('', { headers: { 'RateLimit-Limit': '99' } });
    await using gateway = await kongNode(serviceWith(limited('minute: 5')), { '*': upstream });
    expect((await gateway.fetch('/')).headers.get('ratelimit-limit')).toBe('5, 99');
  });

  it.each(['rate-limiting, config: { minute: 3', 'rate-limiting-advanced, config: { limit: [3], window_size: [60]'])(
    'lets no more pass at once than one after the other: %s',
    async (plugin) => {
      await using gateway = await kongNode(serviceWith(`{ name: ${plugin} } }`));
      const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.fetch('/')));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    },
  );

  it('forgets its counts where the gateway is reset', async () => {
    await using gateway = await kongNode(serviceWith(limited('minute: 1')));
    expect(await statuses(gateway, 2)).toEqual([200, 429]);
    await gateway.reset();
    expect(await statuses(gateway, 1)).toEqual([200]);
  });

  it.each([
    ['{ name: rate-limiting, config: { policy: local } }', /kong\.yml:6:\d+ .* has no limit\. at least one of these fields must be non-empty/],
    [limited('hour: 10, minute: 20'), /The limit for hour\(10\.0\) cannot be lower than the limit for minute\(20\.0\)/],
    [limited('minute: 0'), /minute is 0\. value must be greater than 0/],
    [limited('minute: 1, limit_by: header'), /limits by header and has no header_name/],
    [limited('minute: 1, limit_by: path'), /limits by path and has no path/],
    [limited('minute: 1, limit_by: country'), /limit_by is "country"\. expected consumer, credential, ip/],
    ['{ name: rate-limiting, config: { minute: 1, policy: redis } }', /counts on Redis and names no host/],
    [
      '{ name: rate-limiting, config: { minute: 1, policy: redis, redis_host: a, redis: { host: b } } }',
      /both deprecated and new field are used but their values mismatch: redis_host = a vs redis.host = b/,
    ],
  ])('is refused as Kong refuses it: %s', async (plugin, words) => {
    expect(await refusal(serviceWith(plugin))).toMatch(words);
  });
});
