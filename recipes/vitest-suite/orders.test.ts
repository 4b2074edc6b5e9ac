import 'devgateway/vitest'; // for its types; the configuration loads it too
import { createGateway, type Gateway } from 'devgateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

let gateway: Gateway;
beforeAll(async () => {
  const orders = async (request: Request) => Response.json({ for: request.headers.get('x-user') });
  gateway = await createGateway({ config: 'devgateway.yaml', folder: import.meta.dirname, upstreams: { 'orders.internal:8080': orders } });
});
afterEach(() => gateway.reset());
afterAll(() => gateway.close());

const ask = (token?: string): Promise<Response> =>
  fetch(`${gateway.url}/orders/7`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

describe('orders', () => {
  it('go on with the name of the caller', async () => {
    expect(await (await ask(await gateway.token({ sub: 'ann' }))).json()).toEqual({ for: 'ann' });
    const [exchange] = await gateway.traffic.waitFor({ path: '/orders/7' });
    expect(exchange).toTakeRoute('orders');
    expect(exchange).toBeForwarded({ 'X-User': 'ann' });
  });

  it('are refused without a token, before anybody is asked', async () => {
    await ask();
    const [exchange] = await gateway.traffic.waitFor();
    expect(exchange).toBeRefusedBy('jwt');
    expect(exchange).not.toBeForwarded();
  });

  it('are limited to a hundred an hour, which takes no hour to test', async () => {
    gateway.clock.freeze();
    const token = await gateway.token({ sub: 'bob' }, { expiresIn: '1 day' });
    for (let at = 0; at < 100; at += 1) expect((await ask(token)).status).toBe(200);
    expect((await ask(token)).status).toBe(429);
    await gateway.clock.advance(3_600_000);
    expect((await ask(token)).status).toBe(200);
    await gateway.traffic.waitFor({}, { count: 102 });
    expect(gateway).toHaveSeen({ status: 429 }, 1);
  });
});
