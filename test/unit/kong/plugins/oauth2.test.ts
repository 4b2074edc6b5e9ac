import { createHash, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../../src/index.ts';
import { guarded, kongFolder, seenBy, startKong } from './start-kong.ts';

const consumers = (client = ''): string => `consumers:
  - username: ann
    custom_id: a-1
    oauth2_credentials:
      - { name: app, client_id: app, client_secret: hush, redirect_uris: ['http://app.example/cb?x=1', 'http://app.example/other'] ${client} }
      - { name: page, client_id: page, client_type: public, redirect_uris: ['http://page.example/'] }
      - { name: job, client_id: job, client_secret: jobs }
  - username: nobody
`;
const flows = 'enable_authorization_code: true, enable_implicit_grant: true, enable_client_credentials: true, enable_password_grant: true';
const config = (settings = '', client = ''): string =>
  guarded(`[{ name: oauth2, config: { provision_key: pk, scopes: [email, profile], ${flows} ${settings} } }]`, consumers(client));

type Fields = Readonly<Record<string, string>>;
const post = (gateway: Gateway, path: string, fields: Fields, headers: Fields = {}): Promise<Response> =>
  gateway.fetch(new Request(`https://localhost${path}`, { method: 'POST', body: new URLSearchParams(fields), headers }));
const get = (gateway: Gateway, token: string, headers: Fields = {}): Promise<Response> =>
  gateway.fetch(new Request('https://localhost/a', { headers: { authorization: `Bearer ${token}`, ...headers } }));
const json = async (answer: Response): Promise<Record<string, string>> => (await answer.json()) as Record<string, string>;

const user = { provision_key: 'pk', authenticated_userid: 'u 1' };
const app = { client_id: 'app', client_secret: 'hush' };
const wanted = { ...user, client_id: 'app', response_type: 'code', scope: 'email' };
const codeOf = async (gateway: Gateway, more: Fields = {}): Promise<string> => {
  const { redirect_uri: redirect = '' } = await json(await post(gateway, '/oauth2/authorize', { ...wanted, ...more }));
  return new URL(redirect).searchParams.get('code') ?? redirect;
};
const exchanged = (gateway: Gateway, code: string, more: Fields = {}): Promise<Response> =>
  post(gateway, '/oauth2/token', { ...app, grant_type: 'authorization_code', code, ...more });
const invalid = { error: 'invalid_token', error_description: 'The access token is invalid or has expired' };

describe('oauth2', () => {
  it('goes the way of a code', async () => {
    await using gateway = await startKong(config());
    const granted = await post(gateway, '/v1/oauth2/authorize/', { ...wanted, state: 's&t' });
    expect([granted.status, granted.headers.get('cache-control'), granted.headers.get('pragma')]).toEqual([200, 'no-store', 'no-cache']);
    const { redirect_uri: redirect = '' } = await json(granted);
    expect(redirect).toMatch(/^http:\/\/app\.example\/cb\?code=[A-Za-z0-9]{32}&state=s%26t&x=1$/);
    const code = new URL(redirect).searchParams.get('code') ?? '';
    const token = await json(await exchanged(gateway, code, { state: 'z' }));
    expect(token).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string,
      refresh_token: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string,
      token_type: 'bearer',
      expires_in: 7200,
      state: 'z',
    });
    const { headers } = await seenBy(await get(gateway, token['access_token'] ?? '', { 'x-authenticated-scope': 'all' }));
    expect(headers).toMatchObject({
      'x-consumer-username': 'ann',
      'x-consumer-custom-id': 'a-1',
      'x-credential-identifier': 'app',
      'x-authenticated-scope': 'email',
      'x-authenticated-userid': 'u 1',
    });
    expect(await json(await exchanged(gateway, code))).toEqual({ error: 'invalid_request', error_description: 'Invalid code' });
  });

  it.each([
    [{ provision_key: 'no' }, { error: 'invalid_provision_key', error_description: 'Invalid provision_key' }],
    [{ authenticated_userid: ' ' }, { error: 'invalid_authenticated_userid', error_description: 'Missing authenticated_userid parameter' }],
    [{ client_id: 'who' }, { error: 'invalid_client', error_description: 'Invalid client authentication' }],
    [{ client_id: 'job' }, { error: 'invalid_client', error_description: 'Invalid client authentication' }],
    [
      { response_type: 'id' },
      { redirect_uri: 'http://app.example/cb?error=unsupported_response_type&error_description=Invalid%20response_type&state=s&x=1' },
    ],
    [
      { scope: 'email all' },
      { redirect_uri: 'http://app.example/cb?error=invalid_scope&error_description=%22all%22%20is%20an%20invalid%20scope&state=s&x=1' },
    ],
    [
      { redirect_uri: 'http://evil.example/' },
      {
        redirect_uri:
          'http://app.example/cb?error=invalid_request&error_description=Invalid%20redirect_uri%20that%20does%20not%20match%20with%20any%20redirect_uri%20created%20with%20the%20application&state=s&x=1',
      },
    ],
    [
      { code_challenge_method: 'plain', code_challenge: 'x' },
      {
        redirect_uri:
          'http://app.example/cb?error=invalid_request&error_description=code_challenge_method%20is%20not%20supported%2C%20must%20be%20S256&state=s&x=1',
      },
    ],
  ])('does not authorize %j', async (changes, expected) => {
    await using gateway = await startKong(config());
    const answer = await post(gateway, '/oauth2/authorize', { ...wanted, state: 's', ...(changes as unknown as Fields) });
    expect([answer.status, await json(answer)]).toEqual([400, 'error' in expected ? { ...expected, state: 's' } : expected]);
  });

  it('puts the token of an implicit grant into the fragment, without a refresh token', async () => {
    await using gateway = await startKong(config(', token_expiration: 5'));
    const { redirect_uri: redirect = '' } = await json(
      await post(gateway, '/oauth2/authorize', { ...wanted, response_type: 'token', redirect_uri: 'http://app.example/other' }),
    );
    expect(redirect).toMatch(/^http:\/\/app\.example\/other#access_token=[A-Za-z0-9]{32}&expires_in=5&token_type=bearer$/);
  });

  it('forgets codes after five minutes and tokens when they have expired', async () => {
    await using gateway = await startKong(config(', token_expiration: 5, refresh_token_ttl: 60'));
    gateway.clock.freeze();
    await gateway.clock.travel('2024-03-01T00:00:00Z');
    const late = await codeOf(gateway);
    await gateway.clock.advance(300_000);
    expect((await exchanged(gateway, late)).status).toBe(400);
    const { access_token: access = '', refresh_token: refresh = '' } = await json(await exchanged(gateway, await codeOf(gateway)));
    await gateway.clock.advance(5_000);
    expect((await get(gateway, access)).status).toBe(200);
    await gateway.clock.advance(1_000);
    const answer = await get(gateway, access);
    expect([answer.status, await json(answer), answer.headers.get('www-authenticate')]).toEqual([
      401,
      invalid,
      'Bearer error="invalid_token", error_description="The access token is invalid or has expired"',
    ]);
    await gateway.clock.advance(54_000);
    const tooLate = await post(gateway, '/oauth2/token', { ...app, grant_type: 'refresh_token', refresh_token: refresh });
    expect(await json(tooLate)).toEqual({ error: 'invalid_request', error_description: 'Invalid refresh_token' });
  });

  it('refreshes a token: the old one is gone, and its refresh token where it is not used again', async () => {
    for (const reuse of [false, true]) {
      await using gateway = await startKong(config(`, reuse_refresh_token: ${reuse}`));
      const first = await json(await exchanged(gateway, await codeOf(gateway)));
      const again = { ...app, grant_type: 'refresh_token', refresh_token: first['refresh_token'] ?? '' };
      const other = await post(gateway, '/oauth2/token', { ...again, client_id: 'page', client_secret: '' });
      expect(await json(other)).toEqual({ error: 'invalid_client', error_description: 'Invalid client authentication' });
      const second = await json(await post(gateway, '/oauth2/token', again));
      expect((await get(gateway, first['access_token'] ?? '')).status).toBe(401);
      expect((await get(gateway, second['access_token'] ?? '')).status).toBe(200);
      expect(second['refresh_token'] === first['refresh_token']).toBe(reuse);
      expect((await post(gateway, '/oauth2/token', again)).status).toBe(reuse ? 200 : 400);
    }
  });

  it('gives clients and users tokens', async () => {
    await using gateway = await startKong(config());
    const client = await json(await post(gateway, '/oauth2/token', { client_id: 'job', client_secret: 'jobs', grant_type: 'client_credentials' }));
    expect(client).not.toHaveProperty('refresh_token');
    expect((await seenBy(await get(gateway, client['access_token'] ?? ''))).headers).not.toHaveProperty('x-authenticated-userid');
    const named = { client_id: 'job', client_secret: 'jobs', grant_type: 'client_credentials', authenticated_userid: 'u' };
    expect(await json(await post(gateway, '/oauth2/token', named))).toMatchObject({ error: 'invalid_provision_key' });
    expect((await post(gateway, '/oauth2/token', { ...named, provision_key: 'pk' })).status).toBe(200);
    const basic = { authorization: `Basic ${Buffer.from('app:hush').toString('base64')}` };
    const password = await json(await post(gateway, '/oauth2/token', { ...user, grant_type: 'password', scope: 'email  profile' }, basic));
    expect((await seenBy(await get(gateway, password['access_token'] ?? ''))).headers['x-authenticated-scope']).toBe('email profile');
    expect(await json(await post(gateway, '/oauth2/token', { ...app, grant_type: 'password', provision_key: 'pk' }))).toMatchObject({
      error: 'invalid_authenticated_userid',
    });
  });

  it('tells a client that it is not known', async () => {
    await using gateway = await startKong(config());
    const error = { error: 'invalid_client', error_description: 'Invalid client authentication' };
    const grant = { grant_type: 'authorization_code', code: 'x' };
    const wrong = await post(gateway, '/oauth2/token', { ...grant, client_id: 'app', client_secret: 'no' });
    expect([wrong.status, await json(wrong), wrong.headers.get('www-authenticate')]).toEqual([400, error, null]);
    const basic = { authorization: `Basic ${Buffer.from('app:no').toString('base64')}` };
    const field = await post(gateway, '/oauth2/token', grant, basic);
    expect([field.status, await json(field), field.headers.get('www-authenticate')]).toEqual([401, error, 'Basic realm="OAuth2.0"']);
    expect(await json(await post(gateway, '/oauth2/token', { ...app, grant_type: 'magic' }))).toEqual({
      error: 'unsupported_grant_type',
      error_description: 'Invalid grant_type',
    });
    expect(await json(await post(gateway, '/oauth2/token', { ...grant, client_id: 'page', client_secret: 'x' }))).toEqual({
      error: 'invalid_request',
      error_description: 'client_secret is disallowed for public clients',
    });
  });

  const verifier = 'v'.repeat(43);
  const challenge = createHash('sha256').update(verifier).digest('base64url');

  it.each([
    ['lax', 'page', true],
    ['lax', 'app', false],
    ['strict', 'app', true],
    ['none', 'page', false],
  ])('with pkce %s, %s needs a challenge: %s', async (pkce, client, needed) => {
    await using gateway = await startKong(config(`, pkce: ${pkce}`));
    const answer = await codeOf(gateway, { client_id: client });
    expect(answer.includes(`code_challenge%20is%20required%20for%20${client === 'page' ? 'public' : 'confidential'}%20clients`)).toBe(needed);
  });

  it('checks the verifier of a challenge', async () => {
    await using gateway = await startKong(config());
    const code = await codeOf(gateway, { code_challenge: `${challenge}=`, code_challenge_method: 's256' });
    const ask = async (more: Fields): Promise<unknown> => (await json(await exchanged(gateway, code, more)))['error_description'];
    expect(await ask({})).toBe('code_verifier is required for PKCE authorization requests');
    expect(await ask({ code_verifier: 'short' })).toBe('code_verifier must be between 43 and 128 characters');
    expect(await ask({ code_verifier: 'w'.repeat(43) })).toBe('Invalid code');
    expect(await ask({ code_verifier: verifier })).toBe(undefined);
  });

  it('wants TLS, or the word of somebody trusted where it may be terminated before', async () => {
    const plain = (gateway: Gateway, forwarded?: string): Promise<Response> =>
      gateway.fetch(
        new Request('http://localhost/oauth2/token', {
          method: 'POST',
          ...(forwarded === undefined ? {} : { headers: { 'x-forwarded-proto': forwarded } }),
        }),
        { remoteAddress: '10.0.0.1' },
      );
    const denied = { error: 'access_denied', error_description: 'You must use HTTPS' };
    for (const [settings, node] of [
      ['', 'trusted_ips = 10.0.0.0/8\n'],
      [', accept_http_if_already_terminated: true', 'trusted_ips = 11.0.0.0/8\n'],
    ] as const) {
      await using gateway = await startKong(config(settings), node);
      expect(await json(await plain(gateway, 'https'))).toEqual(denied);
    }
    await using gateway = await startKong(config(', accept_http_if_already_terminated: true'), 'trusted_ips = 10.0.0.0/8\n');
    expect(await json(await plain(gateway))).toEqual(denied);
    expect(await json(await plain(gateway, 'https'))).toMatchObject({ error: 'invalid_client' });
  });

  it('keeps codes and tokens out of explanations', async () => {
    await using gateway = await startKong(config());
    const request = new Request('https://localhost/oauth2/token', {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'job', client_secret: 'jobs', grant_type: 'client_credentials' }),
    });
    const { status, decisions } = await gateway.explain(request);
    expect(status).toBe(200);
    expect(decisions.map((one) => one.message).join()).not.toMatch(/[A-Za-z0-9]{32}|jobs/);
  });

  it('answers other methods on its endpoints itself', async () => {
    await using gateway = await startKong(config(', realm: shop'));
    const answer = await gateway.fetch(new Request('https://localhost/oauth2/token'));
    const description = 'The HTTP method GET is invalid for the token endpoint';
    expect([answer.status, await json(answer), answer.headers.get('www-authenticate')]).toEqual([
      405,
      { error: 'invalid_method', error_description: description },
      `Bearer realm="shop", error="invalid_method", error_description="${description}"`,
    ]);
  });

  it('finds tokens in a field of another name, the query or a form, and hides them', async () => {
    await using gateway = await startKong(config(', auth_header_name: x_token, hide_credentials: true'));
    const { access_token: token = '' } = await json(await exchanged(gateway, await codeOf(gateway)));
    const field = await seenBy(await gateway.fetch(new Request('https://localhost/a', { headers: { x_token: `token ${token}` } })));
    expect(field.headers).not.toHaveProperty('x_token');
    expect((await gateway.fetch(new Request('https://localhost/a', { headers: { 'x-token': `token ${token}` } }))).status).toBe(200);
    expect((await seenBy(await gateway.fetch(new Request(`https://localhost/a?b=1&access_token=${token}`)))).url).toBe('/a?b=1');
    expect((await seenBy(await post(gateway, '/a', { access_token: token, b: '1' }))).body).toBe('b=1');
    const none = await gateway.fetch(new Request('https://localhost/a'));
    expect([none.status, await json(none), none.headers.get('www-authenticate')]).toEqual([
      401,
      { error: 'invalid_request', error_description: 'The access token is missing' },
      'Bearer',
    ]);
  });

  it('lets an anonymous consumer pass', async () => {
    await using gateway = await startKong(config(', anonymous: nobody'));
    const { headers } = await seenBy(await get(gateway, 'x', { 'x-authenticated-userid': 'forged' }));
    expect(headers).toMatchObject({ 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true' });
    expect(headers).not.toHaveProperty('x-authenticated-userid');
  });

  it('takes tokens of one service at another one only where both plugins say so', async () => {
    const plugin = (id: string, global: boolean): string =>
      `  - { name: ${id}, url: 'http://${id}.internal', routes: [{ paths: [/${id}] }], plugins: [{ name: oauth2, config: { provision_key: pk, ${flows}, global_credentials: ${global} } }] }\n`;
    await using gateway = await startKong(`services:\n${plugin('one', true)}${plugin('two', true)}${plugin('own', false)}${consumers()}`);
    const tokenAt = async (service: string): Promise<string> =>
      (await json(await post(gateway, `/${service}/oauth2/token`, { client_id: 'job', client_secret: 'jobs', grant_type: 'client_credentials' })))[
        'access_token'
      ] ?? '';
    const at = (service: string, token: string): Promise<Response> =>
      gateway.fetch(new Request(`https://localhost/${service}`, { headers: { authorization: `bearer ${token}` } }));
    const global = await tokenAt('one');
    expect((await at('two', global)).status).toBe(200);
    expect(await json(await at('own', global))).toMatchObject({
      error_description: "The access token is global, but the current plugin is configured without 'global_credentials'",
    });
    const own = await tokenAt('own');
    expect([(await at('own', own)).status, (await at('two', own)).status]).toEqual([200, 401]);
    const code = new URL((await json(await post(gateway, '/one/oauth2/authorize', wanted)))['redirect_uri'] ?? '').searchParams.get('code') ?? '';
    expect(await json(await post(gateway, '/two/oauth2/token', { ...app, grant_type: 'authorization_code', code }))).toMatchObject({
      error_description: 'Invalid code',
    });
  });

  it('keeps tokens over a reload, until the gateway is reset', async () => {
    const files = kongFolder(config());
    await using gateway = await createGateway({ config: 'kong.yml', folder: files.folder, upstreams: { '*': () => new Response('ok') } });
    const { access_token: token = '' } = await json(await exchanged(gateway, await codeOf(gateway)));
    files.write(config(', token_expiration: 60'));
    await gateway.reload();
    expect((await get(gateway, token)).status).toBe(200);
    await gateway.reset();
    expect((await get(gateway, token)).status).toBe(401);
  });

  it('knows secrets as Kong keeps them', async () => {
    const salt = Buffer.alloc(16, 7);
    const coded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
    const phc = `$pbkdf2-sha512$i=10000,l=32$${coded(salt)}$${coded(pbkdf2Sync('hush', salt, 10_000, 32, 'sha512'))}`;
    const hashed = config(', global_credentials: true', ', hash_secret: true').replace('client_secret: hush', `client_secret: '${phc}'`);
    await using gateway = await startKong(`_transform: false\n${hashed}`);
    const ask = async (secret: string): Promise<number> =>
      (await post(gateway, '/oauth2/token', { client_id: 'app', client_secret: secret, grant_type: 'client_credentials' })).status;
    expect([await ask('hush'), await ask('no'), await ask(phc)]).toEqual([200, 400, 400]);
    await using plain = await startKong(config('', ', hash_secret: true'));
    expect((await exchanged(plain, await codeOf(plain))).status).toBe(200);
  });

  it.each([
    ['', 'DG1204'],
    ['enable_password_grant: true, mandatory_scope: true', 'DG1204'],
    ['enable_password_grant: true, pkce: maybe', 'DG1203'],
  ])('refuses the settings {%s}', async (settings, code) => {
    await expect(startKong(guarded(`[{ name: oauth2, config: { ${settings} } }]`))).rejects.toMatchObject({ code });
  });

  it('refuses a redirect URI with a fragment', async () => {
    await expect(startKong(config().replace('app.example/other', 'app.example/#x'))).rejects.toMatchObject({ code: 'DG1203' });
  });
});
