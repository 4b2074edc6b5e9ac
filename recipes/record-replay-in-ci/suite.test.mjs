// Any suite in any language: it only needs to know where the gateway is.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const url = process.env.DEVGATEWAY_URL;

test('who has logged in sees the orders, and not too often', async () => {
  const login = await fetch(`${url}/login`, { method: 'POST', body: JSON.stringify({ user: 'ann', password: 'from the environment' }) });
  assert.match(login.headers.get('set-cookie') ?? '', /^session=.+; HttpOnly/);
  const { access_token } = await login.json();
  const headers = { Authorization: `Bearer ${access_token}` };
  for (let at = 0; at < 3; at += 1) assert.deepEqual(await (await fetch(`${url}/orders`, { headers })).json(), [{ id: 1, price: 3 }]);
  // The gateway's own rules run in a replay as they did before.
  assert.equal((await fetch(`${url}/orders`, { headers })).status, 429);
  assert.equal((await fetch(`${url}/orders`)).status, 401);
});
