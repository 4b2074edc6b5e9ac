import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../../src/index.ts';
import { ask, guarded, kongFolder, refusal, seenBy } from './start-kong.ts';

const now = 1_700_000_000;
const issuer = 'https://idp.example/realms/shop';
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const coded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims: object, key = pair.privateKey): string => {
  const signed = `${coded({ alg: 'RS256', kid: 'k1' })}.${coded({ iss: issuer, exp: now + 60, ...claims })}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
};
const consumers = `consumers:
  - { username: ann, custom_id: a-1, acls: [{ group: staff }] }
  - { username: nobody }
`;

let asked: string[] = [];
const upstream = async (request: Request): Promise<Response> => {
  const { hostname, pathname, search } = new URL(request.url);
  if (request.headers.get('host')?.startsWith('idp.') !== true && hostname !== 'idp.example')
    return Response.json(
      { url: pathname + search, headers: Object.fromEntries(request.headers), body: await request.text() },
      { headers: { 'x-own': '1' } },
    );
  asked.push(pathname);
  if (pathname === '/realms/shop/.well-known/openid-configuration') return Response.json({ issuer, jwks_uri: 'https://idp.example/keys' });
  if (pathname === '/keys') return Response.json({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256' }] });
  return new Response('', { status: 404 });
};
const start = async (settings = '', more = ''): Promise<Gateway> => {
  asked = [];
  const plugins = `[{ name: openid-connect, config: { issuer: '${issuer}' ${settings} } } ${more}]`;
  const gateway = await createGateway({ config: 'kong.yml', folder: kongFolder(guarded(plugins, consumers)).folder, upstreams: { '*': upstream } });
  gateway.clock.freeze();
  await gateway.clock.travel(now * 1000);
  return gateway;
};
const bearer = (text: string): RequestInit => ({ headers: { authorization: `Bearer ${text}` } });
const invalid = [401, 'Unauthorized', 'Bearer realm="idp.example", error="invalid_token"'];
const forbidden = [403, 'Forbidden', 'Bearer realm="idp.example", error="insufficient_scope"'];

describe('openid-connect', () => {
  it('takes a token that a key of the discovered issuer verifies, and asks once', async () => {
    await using gateway = await start();
    for (const sub of ['u-1', 'u-2']) {
      const { headers } = await seenBy(await ask(gateway, '/', bearer(token({ sub }))));
      expect(headers).toMatchObject({ 'x-credential-identifier': sub, authorization: `Bearer ${token({ sub })}` });
      expect(headers).not.toHaveProperty('x-consumer-id');
    }
    expect(asked).toEqual(['/realms/shop/.well-known/openid-configuration', '/keys']);
  });

  it('takes the address of the discovery document for the issuer', async () => {
    const plugins = `[{ name: openid-connect, config: { issuer: '${issuer}/.well-known/openid-configuration' } }]`;
    await using document = await createGateway({ config: 'kong.yml', folder: kongFolder(guarded(plugins)).folder, upstreams: { '*': upstream } });
    document.clock.freeze();
    await document.clock.travel(now * 1000);
    expect((await ask(document, '/', bearer(token({})))).status).toBe(200);
  });

  it.each([
    ['nothing', '', [401, 'Unauthorized', 'Bearer realm="idp.example"']],
    ['no token', 'x', invalid],
    ['another key', token({}, other.privateKey), invalid],
    ['another issuer', token({ iss: 'https://else.example' }), invalid],
    ['an old token', token({ exp: now }), invalid],
    ['a young token', token({ nbf: now + 1 }), invalid],
  ])('refuses %s', async (_, text, expected) => {
    await using gateway = await start();
    expect(await refusal(await ask(gateway, '/', text === '' ? {} : bearer(text)))).toEqual(expected);
  });

  it.each([
    ['audience_required: [shop]', { aud: ['shop', 'x'] }, 200],
    ['audience_required: [shop]', { aud: 'other' }, invalid],
    ['scopes_required: [a b, c]', { scope: 'x c' }, 200],
    ['scopes_required: [a b, c]', { scope: 'b a' }, 200],
    ['scopes_required: [a b, c]', { scope: 'a' }, forbidden],
    ['scopes_required: [a], scopes_claim: [scp]', { scp: ['a'] }, 200],
    ['roles_required: [admin], roles_claim: [realm_access, roles]', { realm_access: { roles: ['admin'] } }, 200],
    ['roles_required: [admin], roles_claim: [realm_access, roles]', { realm_access: 'admin' }, forbidden],
    ['groups_required: [admin]', {}, forbidden],
    ['leeway: 10', { exp: now - 9 }, 200],
    ['verify_claims: false', { exp: now - 9 }, 200],
    ["issuers_allowed: ['https://else.example']", { iss: 'https://else.example' }, 200],
    ["issuers_allowed: ['https://else.example']", {}, invalid],
    ['claims_forbidden: [act]', { act: 1 }, invalid],
    ['claims_forbidden: [act]', {}, 200],
    ['domains: [shop.example]', { hd: 'shop.example' }, 200],
    ['domains: [shop.example]', {}, invalid],
    ['max_age: 60', { auth_time: now - 60 }, 200],
    ['max_age: 60', { auth_time: now - 61 }, invalid],
    ['proof_of_possession_mtls: strict', {}, [401, 'Unauthorized', 'Bearer realm="idp.example"']],
  ])('{%s}: %j', async (settings, claims, expected) => {
    await using gateway = await start(`, ${settings}`);
    const answer = await ask(gateway, '/', bearer(token(claims)));
    expect(expected === 200 ? answer.status : await refusal(answer)).toEqual(expected);
  });

  it('finds a consumer by a claim', async () => {
    await using gateway = await start(
      ', consumer_claim: [preferred_username], by_username_ignore_case: true',
      ', { name: acl, config: { allow: [staff] } }',
    );
    for (const name of ['ANN', 'a-1']) {
      const { headers } = await seenBy(await ask(gateway, '/', bearer(token({ preferred_username: name, sub: 's' }))));
      expect(headers).toMatchObject({ 'x-consumer-username': 'ann', 'x-consumer-custom-id': 'a-1', 'x-consumer-groups': 'staff' });
    }
    expect(await refusal(await ask(gateway, '/', bearer(token({ preferred_username: 'bob' }))))).toEqual(forbidden);
    await using optional = await start(', consumer_claim: [preferred_username], consumer_optional: true');
    expect((await ask(optional, '/', bearer(token({})))).status).toBe(200);
  });

  it('vouches for groups', async () => {
    await using gateway = await start(', authenticated_groups_claim: [groups]', ', { name: acl, config: { allow: [staff] } }');
    expect((await seenBy(await ask(gateway, '/', bearer(token({ groups: ['staff', 'x'] }))))).headers['x-authenticated-groups']).toBe('staff, x');
    expect((await ask(gateway, '/', bearer(token({ groups: ['x'] })))).status).toBe(403);
  });

  it('hands claims and the token on as it is told to', async () => {
    await using gateway = await start(
      ', hide_credentials: true, upstream_access_token_header: x-token, upstream_headers_claims: [sub, org], upstream_headers_names: [x-sub, x-org], downstream_headers_claims: [sub], downstream_headers_names: [x-user]',
    );
    const text = token({ sub: 'u', org: { id: 1 } });
    const answer = await ask(gateway, '/', bearer(text));
    expect(answer.headers.get('x-user')).toBe('u');
    const { headers } = await seenBy(answer);
    expect(headers).toMatchObject({ 'x-token': text, 'x-sub': 'u', 'x-org': Buffer.from('{"id":1}').toString('base64') });
    expect(headers).not.toHaveProperty('authorization');
    const queried = await seenBy(await ask(gateway, `/a?b=1&access_token=${text}`));
    expect(queried.url).toBe('/a?b=1');
  });

  it('lets an anonymous consumer pass, and nobody by bearer tokens where they are not taken', async () => {
    await using gateway = await start(', anonymous: nobody');
    expect((await seenBy(await ask(gateway, '/'))).headers['x-anonymous-consumer']).toBe('true');
    await using code = await start(', auth_methods: [authorization_code]');
    expect((await ask(code, '/', bearer(token({})))).status).toBe(401);
  });

  it('fails where the issuer cannot be asked', async () => {
    const plugins = "[{ name: openid-connect, config: { issuer: 'https://idp.example/none' } }]";
    await using gateway = await createGateway({ config: 'kong.yml', folder: kongFolder(guarded(plugins)).folder, upstreams: { '*': upstream } });
    expect((await ask(gateway, '/', bearer(token({})))).status).toBe(500);
  });

  it('takes test tokens that the gateway mints, without asking anybody', async () => {
    await using gateway = await start(', audience_required: [shop], scopes_required: [a b]');
    expect((await ask(gateway, '/', bearer(await gateway.token()))).status).toBe(200);
    expect(asked).toEqual([]);
  });

  it('wants an issuer', async () => {
    const { folder } = kongFolder(guarded('[{ name: openid-connect, config: { scopes: [a] } }]'));
    await expect(createGateway({ config: 'kong.yml', folder })).rejects.toMatchObject({ code: 'DG1204' });
  });
});
