// What the JWT authorizer of the HTTP API lets through, and what the function answers: node --test
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGateway } from 'devgateway';

let gateway;
before(async () => {
  gateway = await createGateway({ config: 'cdk.out', folder: import.meta.dirname });
  gateway.clock.freeze();
});
after(() => gateway.close());

async function ask(token) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${gateway.url}/orders`, { headers });
  return { status: answer.status, body: await answer.json(), challenge: answer.headers.get('www-authenticate') };
}

test('who has the scope sees the own orders', async () => {
  const { status, body } = await ask(await gateway.token({ sub: 'ann', scope: 'orders/read' }));
  assert.equal(status, 200);
  assert.deepEqual(body, { shop: 'corner', scope: 'orders/read', orders: [{ id: '1', of: 'ann', item: 'tea' }] });
});

test('no token: 401', async () => {
  assert.deepEqual(await ask(), { status: 401, body: { message: 'Unauthorized' }, challenge: 'Bearer' });
});

test('another scope: 403', async () => {
  const { status, challenge } = await ask(await gateway.token({ scope: 'orders/write' }));
  assert.equal(status, 403);
  assert.match(challenge, /insufficient_scope/);
});

test('a token for somebody else, and one that has run out: 401', async () => {
  assert.equal((await ask(await gateway.token({ scope: 'orders/read' }, { broken: 'wrong-audience' }))).status, 401);
  const old = await gateway.token({ scope: 'orders/read' }, { expiresIn: '10 minutes' });
  await gateway.clock.advance(11 * 60_000);
  assert.equal((await ask(old)).status, 401);
});
