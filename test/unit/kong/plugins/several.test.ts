import { describe, expect, it } from 'vitest';
import { ask, guarded, refusal, seenBy, startKong } from './start-kong.ts';

const consumers = `consumers:
  - { username: ann, keyauth_credentials: [{ key: k }] }
  - { username: bob, basicauth_credentials: [{ username: bob, password: b }], hmacauth_credentials: [{ username: bob, secret: s }] }
  - { username: nobody }
`;
const plugins = (settings: string): string => `[{ name: key-auth, config: { ${settings} } }, { name: basic-auth, config: { ${settings} } }]`;
const basic = { authorization: `Basic ${Buffer.from('bob:b').toString('base64')}` };

describe('several authentication plugins', () => {
  it('are all needed; who the last one knows is the consumer', async () => {
    await using gateway = await startKong(guarded(plugins(''), consumers));
    expect((await seenBy(await ask(gateway, '/?apikey=k', { headers: basic }))).headers).toMatchObject({
      'x-consumer-username': 'bob',
      'x-credential-identifier': 'bob',
    });
    expect(await refusal(await ask(gateway, '/?apikey=k'))).toEqual([401, 'Unauthorized', 'Basic realm="service"']);
    expect(await refusal(await ask(gateway, '/', { headers: basic }))).toEqual([401, 'No API key found in request', 'Key']);
  });

  it.each([
    ['both', '/?apikey=k', basic, 'ann', undefined],
    ['the first', '/?apikey=k', {}, 'ann', undefined],
    ['the second', '/', basic, 'bob', undefined],
    ['none', '/?apikey=x', {}, 'nobody', 'true'],
  ])('with an anonymous consumer one is enough: %s', async (_, target, headers, username, anonymous) => {
    await using gateway = await startKong(guarded(plugins('anonymous: nobody'), consumers));
    const seen = await seenBy(await ask(gateway, target, { headers: headers as Record<string, string> }));
    expect([seen.headers['x-consumer-username'], seen.headers['x-anonymous-consumer']]).toEqual([username, anonymous]);
  });

  it('leave nothing of what the client says of itself', async () => {
    await using gateway = await startKong(
      guarded(
        '[{ name: oauth2, config: { provision_key: p, enable_password_grant: true, anonymous: nobody } }, { name: key-auth, config: { anonymous: nobody } }]',
        consumers,
      ),
    );
    const forged = ['x-consumer-id', 'x-consumer-custom-id', 'x-anonymous-consumer', 'x-authenticated-scope', 'x-authenticated-userid'];
    const { headers } = await seenBy(await ask(gateway, '/?apikey=k', { headers: Object.fromEntries(forged.map((name) => [name, 'forged'])) }));
    expect(forged.filter((name) => headers[name] === 'forged')).toEqual([]);
  });

  it('are refused by an acl only where nobody is known or the group is missing', async () => {
    const acl = `${plugins('anonymous: nobody').slice(0, -1)}, { name: acl, config: { allow: [g] } }]`;
    await using gateway = await startKong(guarded(acl, consumers));
    expect((await ask(gateway, '/')).status).toBe(401);
    expect((await ask(gateway, '/?apikey=k')).status).toBe(403);
  });
});
