import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../src/index.ts';
import { api, ask, calls, says, scheme, type ProxyEvent } from './guarded-api.ts';

const arn = 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_abc';
const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc';
const pool = (more: object = {}): object => scheme({ type: 'cognito_user_pools', providerARNs: [arn], ...more });
const status = async (gateway: Gateway, path: string, authorization: string): Promise<number> =>
  (await gateway.fetch(ask(path, { authorization }))).status;

describe('a Cognito authorizer', () => {
  const paths = {
    '/me': { get: says('$context.authorizer.claims.sub', { auth: [] }) },
    '/write': { get: says('w', { auth: ['api/write', 'api/all'] }) },
  };

  it('takes an identity token, with the word Bearer or without it', async () => {
    await using gateway = await api(paths, { schemes: { auth: pool() } });
    const token = await gateway.token({ sub: 'me', token_use: 'id' });
    const answer = await gateway.fetch(ask('/dev/me', { authorization: token }));
    expect([answer.status, await answer.text()]).toEqual([200, 'me']);
    expect(await status(gateway, '/dev/me', `Bearer ${token}`)).toBe(200);
    expect(await status(gateway, '/dev/me', await gateway.token())).toBe(200);
    expect(await status(gateway, '/dev/me', await gateway.token({ token_use: 'access' }))).toBe(401);
    expect(await status(gateway, '/dev/me', await gateway.token({ iss: 'https://other.test' }))).toBe(401);
    const missing = await gateway.fetch(ask('/dev/me'));
    expect([missing.status, missing.headers.get('x-amzn-errortype'), await missing.json()]).toEqual([
      401,
      'UnauthorizedException',
      { message: 'Unauthorized' },
    ]);
  });

  it('takes an access token with any of the scopes of the method', async () => {
    await using gateway = await api(paths, { schemes: { auth: pool() } });
    const with_ = async (claims: object): Promise<number> => status(gateway, '/dev/write', await gateway.token({ ...claims }));
    expect(await with_({ token_use: 'access', scope: 'openid api/all' })).toBe(200);
    expect(await with_({ token_use: 'access', scope: 'openid' })).toBe(401);
    expect(await with_({ token_use: 'id', scope: 'api/all' })).toBe(401);
  });

  it('says that a token is too old, by the clock of the gateway', async () => {
    await using gateway = await api(paths, { schemes: { auth: pool() } });
    gateway.clock.freeze();
    const authorization = await gateway.token({}, { expiresIn: 60 });
    expect(await status(gateway, '/dev/me', authorization)).toBe(200);
    await gateway.clock.advance(60_000);
    const answer = await gateway.fetch(ask('/dev/me', { authorization }));
    expect([answer.status, await answer.json()]).toEqual([401, { message: 'The incoming token has expired' }]);
    const later = await gateway.token({ nbf: Math.floor(gateway.clock.now() / 1000) + 60 });
    expect(await status(gateway, '/dev/me', later)).toBe(401);
  });

  it('compares the audience with its expression', async () => {
    const schemes = { auth: pool({ identityValidationExpression: 'app-[12]', identitySource: 'method.request.header.X-Token' }) };
    await using gateway = await api(paths, { schemes });
    const with_ = async (claims: object): Promise<number> =>
      (await gateway.fetch(ask('/dev/me', { 'x-token': await gateway.token({ ...claims }) }))).status;
    expect(await with_({ aud: 'app-1' })).toBe(200);
    expect(await with_({ aud: 'app-12' })).toBe(401);
    expect(await with_({})).toBe(401);
  });

  it('gives functions the claims as texts', async () => {
    const events: ProxyEvent[] = [];
    const echo = (event: ProxyEvent): object => (events.push(event), {});
    await using gateway = await api({ '/f': { get: calls('echo', { auth: [] }) } }, { schemes: { auth: pool() }, functions: { echo } });
    await gateway.clock.travel('2019-11-28T03:24:11Z');
    gateway.clock.freeze();
    const claims = { sub: 'me', auth_time: 1574911451, email_verified: true, 'cognito:groups': ['a', 'b'], address: { city: 'x' } };
    const authorization = await gateway.token({ ...claims }, { expiresIn: 3600 });
    expect(await status(gateway, '/dev/f', authorization)).toBe(200);
    expect(events[0]?.requestContext.authorizer).toMatchObject({
      claims: {
        sub: 'me',
        iss: issuer,
        auth_time: '1574911451',
        email_verified: 'true',
        'cognito:groups': 'a,b',
        address: '{"city":"x"}',
        exp: 'Thu Nov 28 04:24:11 UTC 2019',
        iat: 'Thu Nov 28 03:24:11 UTC 2019',
      },
    });
  });

  it('may ask a pool that a stage variable or the template names', async () => {
    const named = scheme({
      type: 'cognito_user_pools',
      providerARNs: ['arn:aws:cognito-idp:us-east-1:1:userpool/${stageVariables.pool}', 'Pool.Arn'],
    });
    await using gateway = await api(paths, { schemes: { auth: named }, options: { variables: { pool: 'p1' } } });
    const from = async (id: string): Promise<number> =>
      status(gateway, '/dev/me', await gateway.token({ iss: `https://cognito-idp.us-east-1.amazonaws.com/${id}` }));
    expect([await from('p1'), await from('Pool'), await from('p2')]).toEqual([200, 200, 401]);
  });
});

describe('a JWT authorizer', () => {
  const jwtConfiguration = { issuer: 'https://id.test/', audience: ['shop', 'other'] };
  it('takes a token of its issuer for its audience', async () => {
    const auth = scheme({ type: 'jwt', jwtConfiguration, identitySource: '$request.header.Authorization' });
    const paths = { '/a': { get: says('$context.authorizer.claims.sub', { auth: ['read'] }) } };
    await using gateway = await api(paths, { schemes: { auth } });
    const with_ = async (claims: object): Promise<number> => status(gateway, '/dev/a', `Bearer ${await gateway.token({ ...claims })}`);
    expect(await with_({ sub: 'me' })).toBe(200);
    expect(await with_({ aud: 'none' })).toBe(401);
    expect(await with_({ aud: undefined, client_id: 'other', scope: 'read' })).toBe(200);
    expect(await with_({ scope: 'write' })).toBe(403);
  });
  it('may find it in the query', async () => {
    const auth = scheme({ type: 'jwt', jwtConfiguration, identitySource: ['$request.querystring.token'] });
    await using gateway = await api({ '/a': { get: says('a', { auth: [] }) } }, { schemes: { auth } });
    expect((await gateway.fetch(ask(`/dev/a?token=${await gateway.token()}`))).status).toBe(200);
    expect((await gateway.fetch(ask('/dev/a'))).status).toBe(401);
  });
});
