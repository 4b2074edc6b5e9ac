import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';

const workers = 20;
const requests = 1_000;
const limit = 100;
const said = (text: string) => (): Response => new Response(text);
const work = (workerData: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('scope-worker.mjs', import.meta.url), { workerData });
    worker.once('message', resolve).once('error', reject);
  });

it(`${workers} workers share one gateway, ${workers * requests} requests over sockets, and none meets another`, async () => {
  await using gateway = await createGateway({
    config: {
      routes: [
        { match: { path: '/limited' }, steps: [{ rateLimit: { by: 'ip', limit, per: '1h' } }], upstream: 'one:80' },
        { match: { path: '/open' }, upstream: 'two:80' },
      ],
    },
    upstreams: { 'one:80': said('common'), 'two:80': said('common') },
  });
  const dateOf = (at: number): number => Date.UTC(2030 + at, 0, 1);
  const all = Array.from({ length: workers }, (_, at) => {
    const scope = gateway.scope(`worker-${at}`);
    scope.clock.freeze();
    void scope.clock.travel(dateOf(at));
    scope.override('two:80', said(scope.name));
    scope.fault('one:80', { status: 503, body: scope.name, times: at + 1 });
    return { at, scope, carrier: ['field', 'baggage', 'host'][at % 3] };
  });
  const { port } = new URL(gateway.url);
  const counts = await Promise.all(all.map(({ scope, carrier }) => work({ port, name: scope.name, carrier, requests })));

  // Each has its own allowance, its own faults so many times, its own answer in the place of an upstream.
  expect(counts).toEqual(
    all.map(({ at, scope: { name } }) => ({
      [`200 ${name}`]: requests / 2,
      [`503 ${name}`]: at + 1,
      '200 common': limit - at - 1,
      429: requests / 2 - limit,
    })),
  );
  // And its own traffic, at its own time.
  for (const { at, scope } of all) {
    expect(scope.traffic.all).toHaveLength(requests);
    expect(scope.traffic.query((one) => one.scope !== scope.name || one.at !== dateOf(at))).toEqual([]);
  }
  const untouched = await gateway.fetch('/limited');
  expect([untouched.status, untouched.headers.get('ratelimit')]).toEqual([200, expect.stringContaining(`r=${limit - 1}`)]);
}, 120_000);
