import { describe, expect, it } from 'vitest';
import { dialects } from '../../../../src/dialects/index.ts';
import { load } from '../../../../src/gateway/load.ts';
import { ask, guarded, kongFolder, refusal, seenBy, startKong } from './start-kong.ts';

const consumers = `consumers:
  - username: ann
    custom_id: a-1
    keyauth_credentials: [{ key: ann-key }, { key: other, id: 6b5c3c26-6f0e-4c0c-9f0a-1c2d3e4f5a6b }]
  - username: nobody
`;
const config = (settings = ''): string => guarded(`[{ name: key-auth, config: { key_names: [apikey, api_key] ${settings} } }]`, consumers);
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const multipart = (key: string): string =>
  `--xx\r\nContent-Disposition: form-data; name="apikey"\r\n\r\n${key}\r\n--xx\r\nContent-Disposition: form-data; name="foo"\r\n\r\nbar\r\n--xx--\r\n`;

describe('key-auth', () => {
  it('tells the upstream who calls', async () => {
    await using gateway = await startKong(config());
    const { headers } = await seenBy(await ask(gateway, '/a', { headers: { apikey: 'other', 'x-anonymous-consumer': 'true' } }));
    expect(headers).toMatchObject({
      'x-consumer-username': 'ann',
      'x-consumer-custom-id': 'a-1',
      'x-credential-identifier': '6b5c3c26-6f0e-4c0c-9f0a-1c2d3e4f5a6b',
      apikey: 'other',
    });
    expect(headers).not.toHaveProperty('x-anonymous-consumer');
  });

  it('gives a credential without an id the one that Kong derives from its key, across starts', async () => {
    const ids = await Promise.all(
      ['', ', realm: x'].map(async (more) => {
        await using gateway = await startKong(config(more));
        return (await seenBy(await ask(gateway, '/?apikey=ann-key'))).headers['x-credential-identifier'];
      }),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it.each([
    ['nothing', '/', {}, 'No API key found in request'],
    ['an empty field', '/?apikey=ann-key', { apikey: '' }, 'No API key found in request'],
    ['an empty parameter', '/?apikey=', {}, 'No API key found in request'],
    ['a parameter without a value', '/?apikey', {}, 'No API key found in request'],
    ['an unknown key', '/?apikey=ann-ke', {}, 'Unauthorized'],
    ['two keys', '/?apikey=ann-key&apikey=ann-key', {}, 'Duplicate API key found'],
  ])('refuses %s', async (_, target, headers, message) => {
    await using plain = await startKong(config());
    expect(await refusal(await ask(plain, target, { headers: headers as Record<string, string> }))).toEqual([401, message, 'Key']);
    await using named = await startKong(config(', realm: shop'));
    expect(await refusal(await ask(named, target, { headers: headers as Record<string, string> }))).toEqual([401, message, 'Key realm="shop"']);
  });

  it('takes a dash where the configured name of a field has an underscore', async () => {
    await using gateway = await startKong(config());
    expect((await ask(gateway, '/', { headers: { 'api-key': 'ann-key' } })).status).toBe(200);
    expect((await ask(gateway, '/', { headers: { api_key: 'ann-key' } })).status).toBe(200);
  });

  it('looks only where it may', async () => {
    await using gateway = await startKong(config(', key_in_header: false, key_in_query: false, key_in_body: true'));
    expect((await ask(gateway, '/?apikey=ann-key', { headers: { apikey: 'ann-key' } })).status).toBe(401);
    const post = (headers: Record<string, string>, body: string): Promise<Response> => ask(gateway, '/', { method: 'POST', headers, body });
    expect((await post(form, 'apikey=ann-key')).status).toBe(200);
    expect((await post({ 'content-type': 'application/json' }, '{"apikey":"ann-key"}')).status).toBe(200);
    expect((await post({ 'content-type': 'multipart/form-data; boundary=xx' }, multipart('ann-key'))).status).toBe(200);
    expect(await refusal(await post({ 'content-type': 'application/json' }, '{"apikey":["ann-key"]}'))).toEqual([
      401,
      'Duplicate API key found',
      'Key',
    ]);
    for (const [type, body] of [
      ['application/json', '{"apikey":'],
      ['application/json', '"ann-key"'],
      ['text/plain', 'apikey=ann-key'],
      ['multipart/form-data', multipart('ann-key')],
    ] as const)
      expect(await refusal(await post({ 'content-type': type }, body))).toEqual([401, 'No API key found in request', 'Key']);
  });

  it('keeps the key from the upstream, and the other parameters in their order', async () => {
    await using gateway = await startKong(config(', hide_credentials: true, key_in_body: true'));
    const queried = await seenBy(await ask(gateway, '/a?z=%31&api%6Bey=ann-key&b&a=x+y'));
    expect(queried.url).toBe('/a?z=1&b=&a=x%20y');
    const { headers } = await seenBy(await ask(gateway, '/', { headers: { apikey: 'ann-key' } }));
    expect(headers).not.toHaveProperty('apikey');
    const post = async (type: string, body: string) => seenBy(await ask(gateway, '/', { method: 'POST', headers: { 'content-type': type }, body }));
    expect((await post(form['content-type'], 'foo=bar&apikey=ann-key')).body).toBe('foo=bar');
    expect((await post('application/json', '{"apikey":"ann-key","foo":1}')).body).toBe('{"foo":1}');
    const parts = await post('multipart/form-data; boundary=xx', multipart('ann-key'));
    expect(parts.headers['content-type']).toBe('multipart/form-data; boundary=xx');
    expect(parts.body).toBe('--xx\r\nContent-Disposition: form-data; name="foo"\r\n\r\nbar\r\n--xx--\r\n');
  });

  it('lets an anonymous consumer pass, by name, and says so', async () => {
    await using gateway = await startKong(config(', anonymous: nobody'));
    const { headers } = await seenBy(await ask(gateway, '/?apikey=wrong', { headers: { 'x-credential-identifier': 'forged' } }));
    expect(headers).toMatchObject({ 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true' });
    expect(headers).not.toHaveProperty('x-credential-identifier');
    await using missing = await startKong(config(', anonymous: somebody'));
    const answer = await ask(missing, '/');
    expect([answer.status, await answer.json()]).toMatchObject([
      500,
      { message: "anonymous consumer somebody is configured but doesn't exist", request_id: expect.any(String) as string },
    ]);
  });

  it('leaves preflights alone where it shall', async () => {
    await using gateway = await startKong(config(', run_on_preflight: false'));
    expect((await ask(gateway, '/', { method: 'OPTIONS' })).status).toBe(200);
    expect((await ask(gateway, '/')).status).toBe(401);
  });

  it('refuses a name that no field can have', async () => {
    await expect(startKong(guarded("[{ name: key-auth, config: { key_names: ['a key'] } }]"))).rejects.toMatchObject({ code: 'DG1203' });
  });

  it('takes credentials from the top of the file, and refuses a key that two have', async () => {
    const top = 'consumers: [{ username: ann }, { username: bob }]\nkeyauth_credentials: [{ consumer: ann, key: k }, { consumer: bob, key: l }]\n';
    await using gateway = await startKong(guarded('[{ name: key-auth }]', top));
    expect((await seenBy(await ask(gateway, '/?apikey=l'))).headers['x-consumer-username']).toBe('bob');
    await expect(startKong(guarded('[{ name: key-auth }]', top.replace('key: l', 'key: k')))).rejects.toMatchObject({ code: 'DG1206' });
  });
});

describe('credentials', () => {
  it('are settled where no plugin asks for them', async () => {
    const { folder } = kongFolder('consumers: [{ username: ann, keyauth_credentials: [{ key: k }], acls: [{ group: g }] }]\n');
    const { ledger } = await load({ config: 'kong.yml', dialect: undefined, folder, options: { variables: {}, env: {} } }, dialects);
    const notes = Object.fromEntries([...ledger.entries.values()].map((one) => [one.origin.pointer, one.note]));
    expect(notes).toMatchObject({
      '/consumers/0/keyauth_credentials/0/key': 'no plugin key-auth asks for it',
      '/consumers/0/acls/0/group': 'no plugin acl asks for it',
    });
  });
});

describe('key-auth-enc', () => {
  it('is key-auth with credentials of its own', async () => {
    const consumer = 'consumers: [{ username: ann, keyauth_enc_credentials: [{ key: k }], keyauth_credentials: [{ key: l }] }]\n';
    await using gateway = await startKong(guarded('[{ name: key-auth-enc, config: { realm: shop } }]', consumer));
    expect((await ask(gateway, '/?apikey=k')).status).toBe(200);
    expect(await refusal(await ask(gateway, '/?apikey=l'))).toEqual([401, 'Unauthorized', 'Key realm="shop"']);
  });
});
