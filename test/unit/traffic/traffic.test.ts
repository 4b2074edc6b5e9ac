import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const config = {
  routes: [
    {
      name: 'orders',
      match: { path: '/orders/*' },
      steps: [
        { apiKey: { keys: ['k'] } },
        { requestHeaders: { set: { 'X-Added': 'by the gateway' } } },
        { responseHeaders: { set: { 'X-Back': 'too' } } },
        { body: { case: 'camel-to-snake' } },
      ],
      upstream: 'orders:80',
    },
    { name: 'plain', match: { path: '/plain' }, upstream: 'plain:80' },
  ],
};
const bytes = randomBytes(300_000);
const start = (options: GatewayOptions = {}): Promise<Gateway> =>
  createGateway({
    config,
    upstreams: {
      'orders:80': async (request: Request) => Response.json(await request.json(), { headers: { 'X-Own': 'upstream' } }),
      'plain:80': () => new Response(bytes),
    },
    ...options,
  });
const place = (gateway: Gateway, key = 'k'): Promise<Response> =>
  fetch(`${gateway.url}/orders/7?a=b`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: '{"unitPrice":3}',
  });

describe('gateway.traffic', () => {
  it('holds four messages of an exchange, each as it was at its place', async () => {
    await using gateway = await start();
    expect(await (await place(gateway)).json()).toEqual({ unitPrice: 3 });
    const [one] = await gateway.traffic.waitFor({ path: '/orders/7' });
    expect(one).toMatchObject({ id: 1, route: 'orders', decidedBy: '' });
    expect([one?.request.method, one?.request.target, one?.request.text()]).toEqual(['POST', '/orders/7?a=b', '{"unitPrice":3}']);
    expect(one?.request.header('x-added')).toBeUndefined();
    expect([one?.upstreamRequest?.header('X-Added'), one?.upstreamRequest?.json()]).toEqual(['by the gateway', { unit_price: 3 }]);
    expect([one?.upstreamResponse?.status, one?.upstreamResponse?.header('x-own'), one?.upstreamResponse?.json()]).toEqual([
      200,
      'upstream',
      { unit_price: 3 },
    ]);
    expect(one?.upstreamResponse?.header('x-back')).toBeUndefined();
    expect([one?.response.status, one?.response.header('x-back'), one?.response.json()]).toEqual([200, 'too', { unitPrice: 3 }]);
    expect(one?.steps.map(({ kind }) => kind)).toContain('api-key');
  });

  it('tells what was refused, and that nothing was sent on', async () => {
    await using gateway = await start();
    await place(gateway, 'wrong');
    await fetch(`${gateway.url}/nothing`);
    await gateway.fetch({ method: 'GET', target: 'no path', rawHeaders: ['Host', 'a'] });
    const found = await gateway.traffic.waitFor({ forwarded: false }, { count: 3 });
    expect(found.map(({ decidedBy, response, upstreamRequest }) => [decidedBy, response.status, upstreamRequest])).toEqual([
      ['api-key', 401, null],
      ['no-route', 404, null],
      ['bad-request', 400, null],
    ]);
    expect(found[0]?.response.json()).toMatchObject({ error: 'unauthenticated' });
  });

  it('keeps streamed bodies to their end, up to a megabyte', async () => {
    await using gateway = await start();
    expect(Buffer.from(await (await fetch(`${gateway.url}/plain`)).arrayBuffer()).equals(bytes)).toBe(true);
    const [one] = await gateway.traffic.waitFor({ route: 'plain' });
    expect([one?.response.complete, one?.response.size, one?.response.body.equals(bytes), one?.upstreamResponse?.body.equals(bytes)]).toEqual([
      true,
      300_000,
      true,
      true,
    ]);
    const large = Buffer.alloc(3_000_000, 'a');
    gateway.override('plain:80', () => new Response(large));
    await (await fetch(`${gateway.url}/plain`)).arrayBuffer();
    const [, two] = await gateway.traffic.waitFor({ route: 'plain' }, { count: 2 });
    expect([two?.response.complete, two?.response.size, two?.response.body.length]).toEqual([true, 3_000_000, 1_048_576]);
  });

  it('is queried by method, path, status, route, or a function', async () => {
    await using gateway = await start();
    await place(gateway);
    await fetch(`${gateway.url}/plain`).then((answer) => answer.arrayBuffer());
    await gateway.traffic.waitFor({}, { count: 2 });
    const paths = (filter: Parameters<Gateway['traffic']['query']>[0]): string[] => gateway.traffic.query(filter).map(({ request }) => request.path);
    expect(paths({ method: 'post' })).toEqual(['/orders/7']);
    expect(paths({ path: /^\/pl/ })).toEqual(['/plain']);
    expect(paths({ status: 200 })).toEqual(['/orders/7', '/plain']);
    expect(paths({ route: 'plain', status: 404 })).toEqual([]);
    expect(paths(({ durationMs }) => durationMs >= 0)).toHaveLength(2);
    await gateway.reset();
    expect(gateway.traffic.all).toEqual([]);
  });

  it('is waited for, whenever it comes, and not for ever', async () => {
    await using gateway = await start();
    const waiting = gateway.traffic.waitFor({ path: '/plain' });
    await (await fetch(`${gateway.url}/plain`)).arrayBuffer();
    expect(await waiting).toHaveLength(1);
    await expect(gateway.traffic.waitFor({ path: '/never' }, { timeoutMs: 1 })).rejects.toThrow(
      /no 1 such exchange within 1 ms; the last that came: GET \/plain 200/,
    );
  });

  it('is not kept where that is not wanted, and never without bound', async () => {
    await using gateway = await start({ traffic: false });
    expect(() => gateway.traffic).toThrow(TypeError);
    await using keeping = await createGateway({ config: { routes: [{ steps: [{ reply: {} }] }] } });
    for (let at = 0; at < 1_010; at += 1) await keeping.fetch('/');
    expect([keeping.traffic.all.length, keeping.traffic.all[0]?.id]).toEqual([1_000, 11]);
    await using large = await start();
    const body = Buffer.alloc(1_048_576);
    large.override('plain:80', () => new Response(body));
    for (let at = 0; at < 80; at += 1) await (await large.fetch('/plain')).arrayBuffer();
    const held = large.traffic.all.reduce((sum, one) => sum + one.response.held + (one.upstreamResponse?.held ?? 0), 0);
    // Eight exchanges may come before it is counted again.
    expect(held).toBeLessThanOrEqual((64 + 8 * 2) * 1_048_576);
    expect(large.traffic.all.at(-1)?.id).toBe(80);
  });
});
