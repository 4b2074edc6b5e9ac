import 'devgateway/vitest'; // for its types; the configuration loads it too
import { createGateway, type Gateway, type LogLine } from 'devgateway';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';

const prices = vi.fn(async (event: unknown) => ({ statusCode: 200, body: JSON.stringify(event) }));
const lines: LogLine[] = [];
let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({
    config: 'template.yaml',
    folder: import.meta.dirname,
    upstreams: { 'function:Prices': prices },
    onFunctionLog: (line) => lines.push(line),
  });
});
beforeEach(async () => {
  await gateway.reset();
  gateway.clock.freeze();
});
afterAll(() => gateway.close());

const ask = (path: string): Promise<Response> => fetch(`${gateway.url}${path}`);

it('the module that the template names runs in a thread of its own, with its variables and its time', async () => {
  const answer = await ask('/orders/7');
  expect([answer.status, await answer.json()]).toEqual([200, { id: '7', currency: 'EUR', inTime: true }]);
  expect(lines).toContainEqual(expect.objectContaining({ function: 'Orders', text: 'asked for 7' }));
});

it('a plain function is called in the test itself', async () => {
  expect((await ask('/prices?of=tea')).status).toBe(200);
  expect(prices).toHaveBeenCalledWith(expect.objectContaining({ version: '2.0', rawPath: '/prices', queryStringParameters: { of: 'tea' } }), expect.anything());
});

it('what it throws is a 500, and fails the test unless it is taken', async () => {
  expect(await (await ask('/orders/gone')).json()).toEqual({ message: 'Internal Server Error' });
  expect(gateway.errors.splice(0)).toMatchObject([{ upstream: 'function:Orders', error: { message: 'no such order' } }]);
});

it('another function may stand in for one test', async () => {
  gateway.override('function:Orders', async () => ({ statusCode: 410 }));
  expect((await ask('/orders/7')).status).toBe(410);
});

it('three at once, then one a second: nobody waits for it', async () => {
  const statuses = async (times: number): Promise<number[]> => {
    const all: number[] = [];
    for (let at = 0; at < times; at += 1) all.push((await ask('/prices')).status);
    return all;
  };
  expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  await gateway.clock.advance(1_000);
  expect(await statuses(2)).toEqual([200, 429]);
  const [exchange] = await gateway.traffic.waitFor({ status: 429 });
  expect(exchange).toBeRefusedBy('aws-http/throttle');
});
