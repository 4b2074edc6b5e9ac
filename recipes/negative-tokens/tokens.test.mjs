// What the policy must refuse, and the one thing that it must not: node --test
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGateway } from 'devgateway';

let gateway;
before(async () => {
  gateway = await createGateway({ config: 'devgateway.yaml', folder: import.meta.dirname });
});
after(() => gateway.close());

const ask = async (claims, options) => {
  const authorization = `Bearer ${await gateway.token(claims, options)}`;
  return (await gateway.fetch(new Request('http://localhost/orders/7', { headers: { authorization } }))).status;
};

test('a token with the scope is let in', async () => assert.equal(await ask({ sub: 'ann' }), 200));
test('a token without it is not', async () => assert.equal(await ask({ scope: 'profile' }), 403));

for (const broken of ['expired', 'not-yet-valid', 'wrong-issuer', 'wrong-audience', 'wrong-signature', 'unknown-kid', 'alg-none'])
  test(`${broken} is refused`, async () => assert.equal(await ask({}, { broken }), 401));

test('a token that runs out is refused from then on', async () => {
  gateway.clock.freeze();
  const headers = { authorization: `Bearer ${await gateway.token({}, { expiresIn: '5 minutes' })}` };
  const status = async () => (await gateway.fetch(new Request('http://localhost/orders/7', { headers }))).status;
  assert.equal(await status(), 200);
  await gateway.clock.advance(5 * 60_000);
  assert.equal(await status(), 401);
});
