import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ask, guarded, refusal, seenBy, startKong } from './start-kong.ts';

const id = '5c8a8c0e-7d5b-4b0e-9b7a-0a1b2c3d4e5f';
const consumers = (password = 'pass:word'): string => `consumers:
  - { username: ann, id: ${id}, basicauth_credentials: [{ username: ann-user, password: '${password}' }] }
  - { username: nobody }
`;
const config = (settings = ''): string => guarded(`[{ name: basic-auth, config: { ${settings} } }]`, consumers());
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('basic-auth', () => {
  it.each([
    ['a colon in the password', basic('ann-user:pass:word')],
    ['a small scheme', basic('ann-user:pass:word').replace('Basic', 'basic')],
    ['no padding', basic('ann-user:pass:word').replaceAll('=', '')],
  ])('takes %s', async (_, authorization) => {
    await using gateway = await startKong(config());
    const { headers } = await seenBy(await ask(gateway, '/', { headers: { authorization } }));
    expect(headers).toMatchObject({ 'x-consumer-id': id, 'x-credential-identifier': 'ann-user', authorization });
  });

  it.each([
    ['nothing', {}],
    ['another password', { authorization: basic('ann-user:pass') }],
    ['an unknown user', { authorization: basic('bob:pass:word') }],
    ['no colon', { authorization: basic('ann-user') }],
    ['what is no base64', { authorization: 'Basic a%b' }],
    ['another scheme', { authorization: 'Bearer x' }],
  ])('refuses %s', async (_, headers) => {
    await using plain = await startKong(config());
    expect(await refusal(await ask(plain, '/', { headers: headers as Record<string, string> }))).toEqual([
      401,
      'Unauthorized',
      'Basic realm="service"',
    ]);
    await using named = await startKong(config('realm: shop'));
    expect(await refusal(await ask(named, '/', { headers: headers as Record<string, string> }))).toEqual([401, 'Unauthorized', 'Basic realm="shop"']);
  });

  it('asks Proxy-Authorization first, and the other field where nobody has that name', async () => {
    await using gateway = await startKong(config());
    const both = async (proxy: string, own: string): Promise<number> =>
      (await ask(gateway, '/', { headers: { 'proxy-authorization': basic(proxy), authorization: basic(own) } })).status;
    expect(await both('ann-user:pass:word', 'bob:x')).toBe(200);
    expect(await both('bob:x', 'ann-user:pass:word')).toBe(200);
    expect(await both('ann-user:wrong', 'ann-user:pass:word')).toBe(401);
  });

  it('keeps the credentials from the upstream, also those of the anonymous', async () => {
    await using gateway = await startKong(config('hide_credentials: true, anonymous: nobody'));
    for (const [authorization, name] of [
      [basic('ann-user:pass:word'), 'ann'],
      [basic('ann-user:wrong'), 'nobody'],
    ] as const) {
      const { headers } = await seenBy(await ask(gateway, '/', { headers: { authorization } }));
      expect(headers['x-consumer-username']).toBe(name);
      expect(headers).not.toHaveProperty('authorization');
    }
  });

  it('compares what Kong makes of passwords where the file holds that', async () => {
    const hashed = createHash('sha1').update(`pass:word${id}`).digest('hex');
    await using gateway = await startKong(`_transform: false\n${guarded('[{ name: basic-auth }]', consumers(hashed))}`);
    expect((await ask(gateway, '/', { headers: { authorization: basic('ann-user:pass:word') } })).status).toBe(200);
    expect((await ask(gateway, '/', { headers: { authorization: basic(`ann-user:${hashed}`) } })).status).toBe(401);
  });

  it('wants a name and a password', async () => {
    for (const credential of ['{ username: a }', '{ password: b }']) {
      const more = `consumers: [{ username: ann, basicauth_credentials: [${credential}] }]\n`;
      await expect(startKong(guarded('[{ name: basic-auth }]', more))).rejects.toMatchObject({ code: 'DG1204' });
    }
  });
});
