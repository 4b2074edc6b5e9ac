import 'devgateway/vitest'; // for its types; the configuration loads it too
import { get } from 'node:http';
import { createGateway, type Gateway } from 'devgateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const manifests = ['gateway.yaml', 'routes/', 'grants/'];
const says = (name: string) => async () => new Response(name);

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({
    config: manifests,
    folder: import.meta.dirname,
    upstreams: { 'shop/orders:8080': says('stable'), 'shop/orders-next:8080': says('next'), 'warehouse/stock:9090': says('stock') },
  });
});
afterEach(() => gateway.reset());
afterAll(() => gateway.close());

/** Asked in this process, by the host of production. */
const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  gateway.fetch(new Request(`http://api.shop.test${path}`, { headers }));

describe('the next orders', () => {
  it('are one of ten, exactly', async () => {
    const answers: string[] = [];
    for (let at = 0; at < 20; at += 1) answers.push(await (await ask('/orders/7')).text());
    expect(answers.filter((one) => one === 'next')).toHaveLength(2);
  });

  it('are whoever asks for them', async () => {
    expect(await (await ask('/orders/7', { 'x-next': 'yes' })).text()).toBe('next');
    const [exchange] = await gateway.traffic.waitFor({ path: '/orders/7' });
    expect(exchange).toBeForwarded({ 'x-next': 'yes' });
  });
});

describe('reports', () => {
  it('are tried twice again where the service is not ready', async () => {
    gateway.fault('shop/orders:8080', { status: 503, times: 2 });
    expect(await (await ask('/reports/7')).text()).toBe('stable');
    gateway.fault('shop/orders:8080', { status: 503, times: 3 });
    expect((await ask('/reports/7')).status).toBe(503);
    await gateway.traffic.waitFor({ path: '/reports/7' }, { count: 2 });
    expect(gateway).toHaveSeen({ path: '/reports/7', status: 503 }, 1);
  });

  it('are given up after ten seconds, which take no time to test', async () => {
    gateway.clock.freeze();
    let asked = (): void => {};
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    gateway.override('shop/orders:8080', () => (asked(), new Promise<Response>(() => {})));
    const answer = ask('/reports/7');
    await arrived;
    await gateway.clock.advance(10_000);
    expect((await answer).status).toBe(504);
  });
});

describe('the stock, which another namespace has', () => {
  it('is there as long as a ReferenceGrant lets the shop have it', async () => {
    expect((await ask('/stock/7')).status).toBe(200);
    await gateway.reload(['gateway.yaml', 'routes/']);
    expect((await ask('/stock/7')).status).toBe(500);
    expect(gateway.diagnostics.map(({ message }) => message).join()).toContain('RefNotPermitted');
    await gateway.reload(manifests);
    expect((await ask('/stock/7')).status).toBe(200);
  });
});

it('a Gateway has a port on this machine, too, where the host is a field', async () => {
  const { hostname, port } = new URL(gateway.urlFor({ gateway: 'shop/public', port: 80 }));
  const status = await new Promise((resolve, reject) => {
    const options = { hostname, port, path: '/orders/7', headers: { host: 'api.shop.test' } };
    get(options, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
  });
  expect(status).toBe(200);
});
