import { expect, it } from 'vitest';
import { declarativeId, namelessId } from '../../../src/dialects/kong/entity-id.ts';
import { kong, askFor } from './kong-gateway.ts';

const ann = declarativeId('consumers', 'ann');
const withKeys = `
services: [{ name: s, url: 'http://s.internal', routes: [{ name: r, paths: [/] }], plugins: [{ name: key-auth }] }]
consumers:
  - { username: ann, custom_id: a-1, keyauth_credentials: [{ key: ann-key }] }
  - { custom_id: ann, keyauth_credentials: [{ key: other-key }] }
`;

it.each([
  ['ann-key', ann],
  // Without a username Kong draws it by lot: here it is made up, and never that of somebody else.
  ['other-key', namelessId('consumers', 'ann')],
])('the upstream is told the id of who shows %s as Kong makes it', async (apikey, id) => {
  await using gateway = await kong(withKeys);
  expect(await (await askFor(gateway, '/', { headers: { apikey } })).json()).toMatchObject({ 'x-consumer-id': id });
});

it('a plugin may name a consumer by that id', async () => {
  const named = `${withKeys}plugins: [{ name: request-termination, consumer: ${ann}, config: { status_code: 418 } }]`;
  await using gateway = await kong(named);
  expect((await askFor(gateway, '/', { headers: { apikey: 'ann-key' } })).status).toBe(418);
  expect((await askFor(gateway, '/', { headers: { apikey: 'other-key' } })).status).toBe(200);
});
