import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import express from 'express';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { createIdentity } from '../../../src/identity.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-issuer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const policy = { issuer: 'https://login.test/', audience: 'shop', algorithms: ['RS256', 'ES256', 'EdDSA'], jwks: { keys: [] } };
const start = (options: GatewayOptions = {}): Promise<Gateway> =>
  createGateway({ config: { routes: [{ match: { path: '/*' }, steps: [{ jwt: policy }], upstream: 'shop.internal' }] }, folder, ...options });
const form = (fields: Readonly<Record<string, string>>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) });
const bodyOf = async (answer: Response | Promise<Response>): Promise<Record<string, unknown>> =>
  (await (await answer).json()) as Record<string, unknown>;

describe('a service behind the gateway', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'verifies a test token signed by %s with the keys of the issuer, on the clock of the gateway',
    async (algorithm) => {
      let keys: ReturnType<typeof createRemoteJWKSet>;
      const service = express();
      service.get('/orders', async (req, res) => {
        const token = (req.headers.authorization ?? '').replace('Bearer ', '');
        const options = { issuer: 'https://login.test/', audience: 'shop', currentDate: new Date(gateway.clock.now()) };
        res.json((await jwtVerify(token, keys, options)).payload.sub);
      });
      await using gateway = await start({ upstreams: { 'shop.internal': service } });
      keys = createRemoteJWKSet(new URL((await gateway.issuer()).jwksUri));
      gateway.clock.freeze();
      await gateway.clock.travel('2031-01-01T00:00:00Z');
      const authorization = `Bearer ${await gateway.token({ sub: 'ann' }, { algorithm })}`;
      const answer = await fetch(`${gateway.url}/orders`, { headers: { authorization } });
      expect([answer.status, await answer.json()]).toEqual([200, 'ann']);
    },
  );
});

describe('the issuer of a gateway', () => {
  it('listens once, on loopback, and no longer than the gateway', async () => {
    const gateway = await start();
    const { url, jwksUri } = await gateway.issuer();
    expect(await gateway.issuer()).toEqual({ url, jwksUri });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(jwksUri)).status).toBe(200);
    await gateway.close();
    await expect(fetch(jwksUri)).rejects.toThrow(TypeError);
  });

  it('publishes no secret and no private half', async () => {
    await using gateway = await start();
    await gateway.token({}, { algorithm: 'HS256' });
    const { keys } = (await bodyOf(fetch((await gateway.issuer()).jwksUri))) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ alg, use }) => [alg, use])).toEqual([
      ['RS256', 'sig'],
      ['ES256', 'sig'],
      ['EdDSA', 'sig'],
    ]);
    for (const key of keys) for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
  });

  it('bears the name that the configuration expects, after a reload too', async () => {
    await using gateway = await start();
    const { url } = await gateway.issuer();
    const discovered = (): Promise<Record<string, unknown>> => bodyOf(fetch(`${url}/.well-known/openid-configuration`));
    expect(await discovered()).toMatchObject({
      issuer: 'https://login.test/',
      jwks_uri: `${url}/.well-known/jwks.json`,
      token_endpoint: `${url}/token`,
    });
    await gateway.reload({ routes: [{ steps: [{ jwt: { ...policy, issuer: 'https://other.test/' } }, { reply: {} }] }] });
    expect((await discovered())['issuer']).toBe('https://other.test/');
  });

  it('gives tokens that the gateway accepts', async () => {
    await using gateway = await start({ upstreams: { '*': 'echo:' } });
    const { url } = await gateway.issuer();
    const { access_token, token_type, expires_in } = await bodyOf(
      fetch(`${url}/token`, form({ grant_type: 'client_credentials', client_id: 'billing' })),
    );
    expect([token_type, expires_in]).toEqual(['Bearer', 3600]);
    const ask = async (token: unknown): Promise<number> =>
      (await fetch(`${gateway.url}/`, { headers: { authorization: `Bearer ${String(token)}` } })).status;
    expect(await ask(access_token)).toBe(200);
    const broken = await bodyOf(fetch(`${url}/token`, form({ grant_type: 'client_credentials', broken: 'wrong-signature' })));
    expect(await ask(broken['access_token'])).toBe(401);
  });
});

describe('an identity without a gateway', () => {
  const identity = createIdentity({
    issuer: 'https://login.test/',
    audience: 'shop',
    algorithms: ['ES256'],
    scopes: ['read'],
    folder,
    now: () => 1_000_000,
  });
  const payloadOf = (token: unknown): JWTPayload => JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;
  const ask = (target: string, init?: RequestInit): Promise<Response> =>
    identity.handler(new Request(`http://localhost:4000${target}`, init)) as Promise<Response>;

  it('mints, at the time that it is given', async () => {
    expect(payloadOf(await identity.token({ sub: 'ann' }))).toMatchObject({
      iss: 'https://login.test/',
      aud: 'shop',
      scope: 'read',
      sub: 'ann',
      iat: 1_000,
    });
    expect(identity.jwks.keys.map(({ alg }) => alg)).toContain('ES256');
  });

  it.each(['/.well-known/jwks.json', '/eu-west-1_pool/.well-known/jwks.json', '/realms/shop/protocol/openid-connect/certs'])(
    'publishes its keys at %s',
    async (target) => {
      expect(await bodyOf(ask(target))).toEqual(identity.jwks);
      expect((await ask(target, { method: 'POST' })).status).toBe(405);
    },
  );

  it.each(['/token', '/oauth/token', '/oauth2/token', '/realms/shop/protocol/openid-connect/token'])('mints at %s', async (target) => {
    const answer = await ask(
      target,
      form({ grant_type: 'password', username: 'ann', password: 'any', scope: 'write', claims: '{"roles":["admin"]}' }),
    );
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { access_token, scope } = await bodyOf(answer);
    expect(scope).toBe('write');
    expect(payloadOf(access_token)).toMatchObject({ sub: 'ann', scope: 'write', roles: ['admin'], aud: 'shop' });
  });

  it('takes JSON, and the client from Basic credentials', async () => {
    const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa('billing:any')}` };
    const { access_token } = await bodyOf(
      ask('/token', { method: 'POST', headers, body: JSON.stringify({ grant_type: 'client_credentials', audience: 'x' }) }),
    );
    expect(payloadOf(access_token)).toMatchObject({ sub: 'billing', client_id: 'billing', aud: 'x' });
  });

  it('puts the prefix at which it is asked into its documents', async () => {
    expect(await bodyOf(ask('/realms/shop/.well-known/openid-configuration'))).toMatchObject({
      issuer: 'https://login.test/',
      jwks_uri: 'http://localhost:4000/realms/shop/.well-known/jwks.json',
    });
  });

  it.each([
    ['no grant', {}, 'invalid_request'],
    ['a grant that is none', { grant_type: 'implicit' }, 'unsupported_grant_type'],
    ['claims that are none', { grant_type: 'password', claims: '[1]' }, 'invalid_request'],
    ['an algorithm that is none', { grant_type: 'password', algorithm: 'none' }, 'invalid_request'],
    ['a time that is none', { grant_type: 'password', expires_in: 'soon' }, 'invalid_request'],
    ['more than it reads', { grant_type: 'password', claims: ' '.repeat(70_000) }, 'invalid_request'],
  ])('refuses %s in the words of OAuth', async (_, fields, error) => {
    const answer = await ask('/token', form(fields as Record<string, string>));
    expect([answer.status, (await bodyOf(answer))['error']]).toEqual([400, error]);
  });

  it('knows nothing else, and gives tokens by POST alone', async () => {
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/token')).status).toBe(405);
  });

  it.each([
    ['rebound.example.com', 421],
    ['issuer', 200],
    ['host.docker.internal', 200],
    ['[::1]', 200],
    ['192.168.1.7', 200],
  ])('asked as %s, answers %d', async (name, status) => {
    expect(((await identity.handler(new Request(`http://${name}/.well-known/jwks.json`))) as Response).status).toBe(status);
  });
});
