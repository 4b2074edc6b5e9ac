import { createHmac, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { secondsOf } from '../../../src/identity/duration.ts';
import { brokenNames } from '../../../src/identity/mint.ts';
import { personaNames } from '../../../src/identity/personas.ts';
import { TestKeys, testAlgorithms } from '../../../src/identity/test-keys.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

const partsOf = (token: string): { header: Record<string, unknown>; payload: Record<string, unknown> } => {
  const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header) as Record<string, unknown>, payload: JSON.parse(payload) as Record<string, unknown> };
};
const start = (jwt: object, options: GatewayOptions = {}): Promise<Gateway> =>
  createGateway({ config: { routes: [{ match: { path: '/*' }, steps: [{ jwt }, { reply: { body: '${jwt.sub}' } }] }] }, folder, ...options });
const ask = (gateway: Gateway, token: string): Promise<Response> =>
  gateway.fetch(new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } }));
const productionKeys = { keys: [{ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), kid: 'production' }] };

describe('a test token', () => {
  it.each(testAlgorithms)('signed by %s is accepted beside the keys of production', async (algorithm) => {
    await using gateway = await start({ issuer: 'https://login.test/', audience: 'shop', algorithms: [algorithm], jwks: productionKeys });
    const answer = await ask(gateway, await gateway.token({ sub: 'ann' }));
    expect([answer.status, await answer.text()]).toEqual([200, 'ann']);
  });

  it('needs no issuer that can be reached, and asks none', async () => {
    const asked: string[] = [];
    const upstreams = { '*': (request: Request): Response => (asked.push(request.url), new Response('no', { status: 500 })) };
    await using gateway = await start({ issuer: 'https://login.test/', algorithms: ['RS256'] }, { upstreams });
    expect((await ask(gateway, await gateway.token())).status).toBe(200);
    for (const broken of brokenNames.filter((name) => name !== 'wrong-audience')) {
      const answer = await ask(gateway, await gateway.token({}, { broken }));
      expect([broken, answer.status]).toEqual([broken, 401]);
    }
    expect(asked).toEqual([]);
  });

  it('has what the policy asks for', async () => {
    const policy = {
      issuer: ['https://a.test/', 'https://b.test/'],
      audience: 'shop',
      algorithms: ['PS256', 'ES256'],
      jwks: productionKeys,
      typ: 'at+jwt',
      requiredClaims: ['email'],
      claims: { tenant: { id: 7 } },
      scopes: ['orders:read', 'orders:write'],
    };
    await using gateway = await start(policy);
    const token = await gateway.token();
    expect(partsOf(token)).toMatchObject({
      header: { alg: 'ES256', typ: 'at+jwt' },
      payload: { iss: 'https://a.test/', aud: 'shop', scope: 'orders:read orders:write', email: 'test', tenant: { id: 7 } },
    });
    expect((await ask(gateway, token)).status).toBe(200);
    expect((await ask(gateway, await gateway.token({ email: null }))).status).toBe(401);
    expect((await ask(gateway, await gateway.token({ scope: 'other' }))).status).toBe(403);
  });

  it.each(brokenNames)('that is broken on purpose is refused: %s', async (broken) => {
    await using gateway = await start({ issuer: 'https://login.test/', audience: 'shop', algorithms: ['RS256'], jwks: productionKeys });
    expect((await ask(gateway, await gateway.token({}, { broken }))).status).toBe(401);
    expect((await ask(gateway, await gateway.token())).status).toBe(200);
  });

  it('lives on the clock of the gateway', async () => {
    await using gateway = await start({ issuer: 'https://login.test/', algorithms: ['ES256'], jwks: productionKeys });
    gateway.clock.freeze();
    await gateway.clock.travel('2030-01-01T00:00:00Z');
    const token = await gateway.token({}, { expiresIn: '10 minutes' });
    await gateway.clock.advance(599_000);
    expect((await ask(gateway, token)).status).toBe(200);
    await gateway.clock.advance(1_000);
    expect((await ask(gateway, token)).status).toBe(401);
  });

  it('of another gateway is refused, whatever it calls its key', async () => {
    const policy = { issuer: 'https://login.test/', algorithms: ['HS256', 'RS256'], jwks: productionKeys };
    await using one = await start(policy);
    await using other = await start(policy);
    expect((await ask(other, await one.token({}, { algorithm: 'HS256' }))).status).toBe(401);
    const { kid } = partsOf(await other.token({}, { algorithm: 'RS256' })).header;
    const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encoded({ alg: 'HS256', kid })}.${encoded({ iss: 'https://login.test/' })}`;
    expect((await ask(other, `${text}.${createHmac('sha256', String(kid)).update(text).digest('base64url')}`)).status).toBe(401);
  });

  it.each(personaNames)('may have the claims of %s', async (persona) => {
    await using gateway = await start({ issuer: 'https://login.test/', algorithms: ['RS256'], jwks: productionKeys });
    const token = await gateway.token({}, { persona });
    const own = { auth0: 'azp', cognito: 'token_use', keycloak: 'realm_access' }[persona];
    expect(partsOf(token).payload).toHaveProperty(own);
    expect((await ask(gateway, token)).status).toBe(200);
  });

  it('cannot be made where none would be accepted', async () => {
    await using gateway = await start({ issuer: 'https://login.test/', algorithms: ['PS512'], jwks: productionKeys });
    await expect(gateway.token()).rejects.toThrow(/no test key signs by PS512/);
  });

  it('is for the policy of the issuer that it names', async () => {
    const step = (issuer: string): object => ({ jwt: { issuer, audience: `of ${issuer}`, algorithms: ['ES256'], jwks: productionKeys } });
    const route = (name: string, issuer: string): object => ({ match: { path: `/${name}` }, steps: [step(issuer), { reply: {} }] });
    await using gateway = await createGateway({ config: { routes: [route('a', 'https://a.test/'), route('b', 'https://b.test/')] }, folder });
    expect(partsOf(await gateway.token({ iss: 'https://b.test/' })).payload['aud']).toBe('of https://b.test/');
    expect(gateway.expectedTokens.map(({ issuer }) => issuer)).toEqual(['https://a.test/', 'https://b.test/']);
    await expect(gateway.reload({ routes: [{ steps: [{ jwt: {} }] }] })).rejects.toThrow();
    expect(gateway.expectedTokens).toHaveLength(2);
    await gateway.reload({ routes: [route('c', 'https://c.test/')] });
    expect(gateway.expectedTokens.map(({ issuer }) => issuer)).toEqual(['https://c.test/']);
  });
});

it('a test token for Kong is signed with the secret of its credential, or a test key in the place of a public one', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (publicKey.export({ type: 'spki', format: 'pem' }) as string).trim().replaceAll('\n', '\n          ');
  writeFileSync(
    path.join(folder, 'kong.yml'),
    `_format_version: '3.0'
services:
  - name: s
    url: http://s.internal
    plugins: [{ name: jwt, config: { claims_to_verify: [exp] } }]
    routes: [{ name: r, paths: [/] }]
consumers:
  - username: ann
    jwt_secrets: [{ key: ann-issuer, secret: a-secret-of-thirty-two-bytes-at-least, algorithm: HS256 }]
  - username: bob
    jwt_secrets:
      - key: bob-issuer
        algorithm: RS256
        rsa_public_key: |
          ${pem}
`,
  );
  await using gateway = await createGateway({ config: 'kong.yml', folder, upstreams: { '*': 'echo:' } });
  for (const [iss, alg] of [
    ['ann-issuer', 'HS256'],
    ['bob-issuer', 'RS256'],
  ] as const) {
    const token = await gateway.token({ iss });
    expect(partsOf(token).header['alg']).toBe(alg);
    expect((await ask(gateway, token)).status).toBe(200);
    for (const broken of ['expired', 'wrong-signature', 'wrong-issuer', 'alg-none', 'unknown-kid'] as const)
      if (alg === 'RS256' || broken !== 'unknown-kid')
        expect([broken, (await ask(gateway, await gateway.token(broken === 'wrong-issuer' ? {} : { iss }, { broken }))).status]).toEqual([
          broken,
          401,
        ]);
  }
});

describe('test keys', () => {
  it('are kept for their owner alone, out of git, and are the same for the next process', () => {
    const own = path.join(folder, 'kept');
    const { kid } = new TestKeys(own, true).for('ES256');
    expect(statSync(path.join(own, 'token-keys.json')).mode & 0o077).toBe(0);
    expect(readFileSync(path.join(own, '.gitignore'), 'utf8')).toBe('*\n');
    new TestKeys(own, true).for('HS256');
    expect(new TestKeys(own, false).known('ES256')?.kid).toBe(kid);
  });

  it('are not written where nobody asked for it, and not made for whoever names one', () => {
    const own = path.join(folder, 'none');
    const keys = new TestKeys(own, false);
    expect(keys.known('RS256')).toBeUndefined();
    keys.for('EdDSA');
    expect(existsSync(own)).toBe(false);
  });

  it('that cannot be read are made anew', () => {
    const own = path.join(folder, 'broken');
    new TestKeys(own, true).for('HS256');
    writeFileSync(path.join(own, 'token-keys.json'), '{ "HS256"');
    expect(new TestKeys(own, true).for('HS256').kid).toMatch(/^devgateway-hs256-/);
  });
});

describe('times in words', () => {
  it.each([
    ['10 minutes', 600],
    ['1h', 3_600],
    ['in 5 days', 432_000],
    ['90', 90],
    [30, 30],
    ['1.5 hours', 5_400],
    ['2 weeks', 1_209_600],
  ])('%s', (text, seconds) => expect(secondsOf(text)).toBe(seconds));
  it.each(['soon', '', '10 parsecs', '-1h'])('%j is none', (text) => expect(() => secondsOf(text)).toThrow(TypeError));
});
