// The real service in its container, behind the real gateway chain: node --test
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGateway } from 'devgateway';
import { container } from 'devgateway/testcontainers';

const ask = (gateway, headers = { 'x-api-key': 'test-key' }) => fetch(`${gateway.url}/api/orders/7`, { headers });

let gateway;
before(async () => {
  gateway = await createGateway({ config: 'devgateway.yaml', folder: import.meta.dirname });
});
after(() => gateway.close());

test('the gateway refuses before any container is started', async () => {
  assert.equal((await ask(gateway, {})).status, 401);
});

test('the service in the container answers', async () => {
  const answer = await ask(gateway);
  assert.deepEqual([answer.status, await answer.json()], [200, { order_id: 7 }]);
});

test('one gateway may have a container of its own', async () => {
  const image = 'registry.example.com/orders:1';
  const upstreams = { 'orders.internal:8080': container({ image, port: 9200, env: { PORT: '9200' }, wait: { log: 'Ready' } }) };
  const other = await createGateway({ config: 'devgateway.yaml', folder: import.meta.dirname, upstreams });
  assert.equal((await ask(other)).status, 200);
  await other.close();
});
