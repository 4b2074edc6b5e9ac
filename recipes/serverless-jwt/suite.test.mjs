// Any suite in any language: it only needs to know where the gateway is, and a token.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { DEVGATEWAY_URL: url, TOKEN: token } = process.env;
const headers = { Authorization: `Bearer ${token}` };
const order = (body, more = headers) => fetch(`${url}/orders`, { method: 'POST', headers: more, body: JSON.stringify(body) });

test('who may write orders writes one', async () => {
  const answer = await order({ item: 'tea' });
  assert.equal(answer.status, 201);
  assert.deepEqual(await answer.json(), { item: 'tea', by: 'ann', stage: 'dev' });
  assert.equal((await order({})).status, 400);
});

test('and knows what it costs', async () => {
  assert.deepEqual(await (await fetch(`${url}/prices`, { headers })).json(), { tea: 3, coffee: 4 });
});

test('nobody else does', async () => {
  const answer = await order({ item: 'tea' }, {});
  assert.equal(answer.status, 401);
  assert.deepEqual(await answer.json(), { message: 'Unauthorized' });
});
