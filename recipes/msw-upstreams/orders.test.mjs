// MSW handlers, as a frontend has them already, behind the real gateway chain: node --test
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGateway } from 'devgateway';
import { mswUpstream } from 'devgateway/msw';
import { http, HttpResponse } from 'msw';

const handlers = [
  http.get('http://orders.internal:8080/orders/:id', ({ params }) => HttpResponse.json({ order_id: params.id, unit_price: 3 })),
  http.post('*/orders', async ({ request }) => HttpResponse.json(await request.json(), { status: 201 })),
];

let gateway;
before(async () => {
  const upstreams = { 'orders.internal:8080': mswUpstream(...handlers) };
  gateway = await createGateway({ config: 'devgateway.yaml', folder: import.meta.dirname, upstreams });
});
after(() => gateway.close());
const ask = (path, init) => fetch(`${gateway.url}${path}`, { ...init, headers: { 'x-api-key': 'test-key', 'content-type': 'application/json' } });

test('a handler answers, and the gateway translates', async () => {
  assert.deepEqual(await (await ask('/api/orders/7')).json(), { orderId: '7', unitPrice: 3 });
});

test('a handler sees what the gateway sends', async () => {
  const answer = await ask('/api/orders', { method: 'POST', body: '{"unitPrice":5}' });
  assert.equal(answer.status, 201);
  const [exchange] = await gateway.traffic.waitFor({ method: 'POST' });
  assert.deepEqual(exchange.upstreamRequest.json(), { unit_price: 5 });
});

test('the gateway refuses before any handler is asked', async () => {
  assert.equal((await fetch(`${gateway.url}/api/orders/7`)).status, 401);
});

test('one test may have a handler of its own', async () => {
  const soldOut = http.get('*/orders/:id', () => HttpResponse.json({ error_code: 'sold-out' }, { status: 409 }));
  const undo = gateway.override('orders.internal:8080', mswUpstream(soldOut, ...handlers));
  const answer = await ask('/api/orders/7');
  assert.deepEqual([answer.status, await answer.json()], [409, { errorCode: 'sold-out' }]);
  undo();
  assert.equal((await ask('/api/orders/7')).status, 200);
});

test('what no handler knows is said', async () => {
  const answer = await ask('/api/orders/7', { method: 'DELETE' });
  assert.equal(answer.status, 501);
  assert.match(await answer.text(), /no MSW handler for DELETE http:\/\/orders\.internal:8080\/orders\/7/);
});
