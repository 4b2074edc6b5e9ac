// What Kong's jwt and acl plugins let through, and what they refuse in which words: node --test
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createGateway } from 'devgateway';

const issuer = 'https://login.example.com/';
const seen = [];
let gateway;
before(async () => {
  gateway = await createGateway({
    config: 'kong.yml',
    folder: import.meta.dirname,
    upstreams: {
      'orders.internal:8080': (request) => {
        seen.push(request.headers.get('x-consumer-username'));
        return Response.json({ orders: [] });
      },
    },
  });
  gateway.clock.freeze();
});
beforeEach(() => seen.splice(0));
after(() => gateway.close());

async function ask(token) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await gateway.fetch(new Request('http://localhost/orders', { headers }));
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), body: await answer.json() };
}
const token = (claims, options) => gateway.token({ iss: issuer, ...claims }, { expiresIn: '10 minutes', ...options });

test('a token of the issuer passes, and the service is told whose it is', async () => {
  assert.equal((await ask(await token())).status, 200);
  assert.deepEqual(seen, ['login']);
});

test('no token: the words of Kong', async () => {
  assert.deepEqual(await ask(), { status: 401, challenge: 'Bearer', body: { message: 'Unauthorized' } });
  assert.deepEqual(seen, []);
});

test('an issuer that nobody knows', async () => {
  const { status, body } = await ask(await token({ iss: 'https://elsewhere.example/' }));
  assert.equal(status, 401);
  assert.equal(body.message, "No credentials found for given 'iss'");
});

test('an issuer that is known and may not come in here', async () => {
  const { status, body } = await ask(await token({ iss: 'https://partner.example.com/' }));
  assert.equal(status, 403);
  assert.equal(body.message, 'You cannot consume this service');
});

test('a signature that is not the issuer\'s', async () => {
  const { status, body } = await ask(await token({}, { broken: 'wrong-signature' }));
  assert.equal(status, 401);
  assert.equal(body.message, 'Invalid signature');
});

test('a token that lives longer than maximum_expiration', async () => {
  const { status, body } = await ask(await token({}, { expiresIn: '2 hours' }));
  assert.equal(status, 401);
  assert.deepEqual(body, { exp: 'exceeds maximum allowed expiration' });
});

test('and one that has run out', async () => {
  const old = await token();
  await gateway.clock.advance(10 * 60_000);
  assert.deepEqual((await ask(old)).body, { exp: 'token expired' });
});
