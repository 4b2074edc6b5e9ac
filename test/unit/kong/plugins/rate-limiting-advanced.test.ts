import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../../src/index.ts';
import { annAndBob, ask, kongNode, midnight, refusal, serviceWith } from './kong-node.ts';

const limited = (config: string): string => `{ name: rate-limiting-advanced, config: { strategy: local, ${config} } }`;
const statuses = async (gateway: Gateway, times: number, path = '/', headers: Record<string, string> = {}): Promise<number[]> => {
  const all: number[] = [];
  for (let at = 0; at < times; at += 1) all.push((await ask(gateway, path, headers)).status);
  return all;
};
const fields = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => /ratelimit|retry-after/.test(name)));

/** Requests on the virtual clock: seconds after midnight, and what is answered. */
const vectors: readonly (readonly [name: string, config: string, asked: readonly (readonly [number, number, Record<string, string>?])[]])[] = [
  [
    'fixed windows of the clock',
    'limit: [2], window_size: [30], window_type: fixed',
    [
      [
        28,
        200,
        { 'x-ratelimit-limit-30': '2', 'x-ratelimit-remaining-30': '1', 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': '2' },
      ],
      [29, 200, { 'ratelimit-remaining': '0' }],
      [29, 429, { 'ratelimit-remaining': '0', 'retry-after': '1' }],
      [30, 200, { 'ratelimit-remaining': '1', 'ratelimit-reset': '30' }],
    ],
  ],
  [
    'several windows, each of which must have room',
    'limit: [2, 5], window_size: [10, 60], window_type: fixed',
    [
      [0, 200, { 'x-ratelimit-limit-10': '2', 'x-ratelimit-limit-minute': '5', 'ratelimit-limit': '2' }],
      [0, 200],
      [0, 429, { 'retry-after': '10', 'x-ratelimit-remaining-minute': '3' }],
      [10, 200],
      [11, 200],
      [12, 429, { 'retry-after': '8' }],
      // The two that were refused are not among the five of this minute.
      [20, 200, { 'x-ratelimit-remaining-10': '1', 'ratelimit-limit': '5', 'ratelimit-remaining': '0' }],
      [20, 429, { 'ratelimit-limit': '5', 'retry-after': '40' }],
      [60, 200],
    ],
  ],
  [
    'sliding windows, of which the one before fades out',
    'limit: [4], window_size: [60]',
    [
      [0, 200, { 'x-ratelimit-remaining-minute': '3' }],
      [0, 200],
      [0, 200],
      [0, 200, { 'x-ratelimit-remaining-minute': '0' }],
      // 4 * (1 - 1/60) + 1 are too many, 4 * (1 - 15/60) + 1 are not.
      [61, 429, { 'retry-after': '14' }],
    ],
  ],
];

describe('rate-limiting-advanced', () => {
  it.each(vectors)('counts %s', async (_, config, asked) => {
    await using gateway = await kongNode(serviceWith(limited(config)));
    for (const [at, status, told = {}] of asked) {
      await gateway.clock.travel(midnight + at * 1000);
      const answer = await gateway.fetch('/');
      expect([at, answer.status]).toEqual([at, status]);
      expect(fields(answer)).toMatchObject(told);
    }
  });

  it('counts what it refuses in a sliding window, unless the penalty is off', async () => {
    const seen = async (config: string): Promise<number[]> => {
      await using gateway = await kongNode(serviceWith(limited(`limit: [4], window_size: [60], ${config}`)));
      await statuses(gateway, 8);
      await gateway.clock.advance(75_000);
      return statuses(gateway, 1);
    };
    // At a quarter of the next minute three quarters of 8 are left over, or of 4.
    expect(await seen('disable_penalty: false')).toEqual([429]);
    expect(await seen('disable_penalty: true')).toEqual([200]);
  });

  it('estimates as Kong says that it does', async () => {
    await using gateway = await kongNode(serviceWith(limited('limit: [100], window_size: [60]')));
    await statuses(gateway, 86);
    await gateway.clock.travel(midnight + 60_000);
    await gateway.clock.advance(15_000);
    // 86 * 45/60 + 12 are 76.5, and this one.
    await statuses(gateway, 12);
    expect(fields(await gateway.fetch('/'))).toMatchObject({ 'ratelimit-limit': '100', 'ratelimit-remaining': '22' });
  });

  it('answers as it is told to', async () => {
    await using gateway = await kongNode(
      serviceWith(limited('limit: [1], window_size: [60], window_type: fixed, error_code: 420, error_message: slow down, hide_client_headers: true')),
    );
    await statuses(gateway, 1);
    const refused = await gateway.fetch('/');
    expect([refused.status, await refused.json(), fields(refused)]).toEqual([420, { message: 'slow down' }, {}]);

    await using spread = await kongNode(serviceWith(limited('limit: [1], window_size: [60], window_type: fixed, retry_after_jitter_max: 10')));
    await statuses(spread, 1);
    const waits: number[] = [];
    for (let at = 0; at < 50; at += 1) waits.push(Number((await spread.fetch('/')).headers.get('retry-after')));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...waits)).toBeLessThanOrEqual(70);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });

  it('counts for whom it is told to', async () => {
    const one = 'limit: [1], window_size: [60], window_type: fixed';
    const keys = async (identifier: string): Promise<number[]> => {
      await using gateway = await kongNode(`${serviceWith('{ name: key-auth }', limited(`${one}, identifier: ${identifier}`))}${annAndBob}`);
      const all: number[] = [];
      for (const apikey of ['ann-key', 'ann-other-key', 'bob-key']) all.push(...(await statuses(gateway, 1, '/', { apikey })));
      return all;
    };
    expect(await keys('consumer')).toEqual([200, 429, 200]);
    expect(await keys('credential')).toEqual([200, 200, 200]);
    expect(await keys('service')).toEqual([200, 429, 429]);
    expect(await keys('ip')).toEqual([200, 429, 429]);
    await using headers = await kongNode(serviceWith(limited(`${one}, identifier: header, header_name: X-Tenant`)));
    expect([...(await statuses(headers, 2, '/', { 'x-tenant': 'a' })), ...(await statuses(headers, 1, '/', { 'x-tenant': 'b' }))]).toEqual([
      200, 429, 200,
    ]);
    await using paths = await kongNode(serviceWith(limited(`${one}, identifier: path, path: /a`)));
    expect([...(await statuses(paths, 2, '/a')), ...(await statuses(paths, 1, '/b'))]).toEqual([200, 429, 200]);
  });

  it('shares the counters of a namespace', async () => {
    const two = (namespaces: readonly string[]): string => `services:
${namespaces.map((namespace, at) => `  - name: s${at}\n    url: http://s.internal:8080\n    routes: [{ name: r${at}, paths: [/${at}] }]\n    plugins: [${limited(`limit: [1], window_size: [60] ${namespace}`)}]\n`).join('')}`;
    const seen = async (...namespaces: string[]): Promise<number[]> => {
      await using gateway = await kongNode(two(namespaces));
      return [...(await statuses(gateway, 1, '/0')), ...(await statuses(gateway, 1, '/1'))];
    };
    expect(await seen(', namespace: a', ', namespace: a')).toEqual([200, 429]);
    expect(await seen(', namespace: a', ', namespace: b')).toEqual([200, 200]);
    expect(await seen('', '')).toEqual([200, 200]);
  });

  it('is told to come near, not to be the same', async () => {
    await using gateway = await kongNode(
      serviceWith(
        '{ name: rate-limiting-advanced, config: { limit: [1], window_size: [60], strategy: redis, redis: { host: redis.internal }, sync_rate: 1 } }',
      ),
    );
    const leaves = gateway.fidelity.leaves.filter((one) => one.pointer.includes('/plugins/0/config/'));
    expect(leaves.map((one) => [one.pointer.split('/config/')[1], one.verdict])).toEqual([
      ['limit/0', 'approximated'],
      ['window_size/0', 'approximated'],
      ['strategy', 'approximated'],
      ['redis/host', 'approximated'],
      ['sync_rate', 'ignored'],
    ]);
  });

  it.each([
    ['limit: [1, 2], window_size: [60]', /You must provide the same number of windows and limits/],
    ['limit: [1]', /has no window_size/],
    ['limit: [1], window_size: [60], identifier: header', /limits by header and has no header_name/],
    ['limit: [1], window_size: [0]', /window_size\[0\] is 0/],
  ])('is refused: %s', async (config, words) => {
    expect(await refusal(serviceWith(limited(config)))).toMatch(words);
  });
});
