import { createHmac, constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ask, guarded, seenBy, startKong } from './start-kong.ts';

const now = 1_700_000_000;
const coded = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const token = (alg: string, claims: unknown, key: KeyObject | string, header: object = {}): string => {
  const signed = `${coded({ alg, ...header })}.${coded(claims)}`;
  const hash = `sha${alg.slice(2)}`;
  if (typeof key === 'string') return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
  const how = alg.startsWith('PS')
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : alg.startsWith('ES')
      ? { key, dsaEncoding: 'ieee-p1363' as const }
      : key;
  return `${signed}.${sign(alg === 'EdDSA' ? null : hash, Buffer.from(signed), how).toString('base64url')}`;
};

const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
type Pair = keyof typeof pairs;
const pairOf = (alg: string): (typeof pairs)[Pair] => (alg in pairs ? pairs[alg as Pair] : pairs.rsa);
const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

const credentials = [
  '{ key: ann, secret: hush }',
  '{ key: long, secret: hush, algorithm: HS512 }',
  '{ key: none }',
  ...asymmetric.map(
    (alg) => `{ key: ${alg}, algorithm: ${alg}, rsa_public_key: ${JSON.stringify(pairOf(alg).publicKey.export({ type: 'spki', format: 'pem' }))} }`,
  ),
];
const config = (settings = ''): string =>
  guarded(
    `[{ name: jwt, config: { ${settings} } }]`,
    `consumers: [{ username: ann, custom_id: a-1, jwt_secrets: [${credentials.join(', ')}] }, { username: nobody }]\n`,
  );
const start = async (settings = '') => {
  const gateway = await startKong(config(settings));
  gateway.clock.freeze();
  await gateway.clock.travel(now * 1000);
  return gateway;
};
const bearer = (text: string): RequestInit => ({ headers: { authorization: `Bearer ${text}` } });
const good = token('HS256', { iss: 'ann' }, 'hush');

describe('jwt', () => {
  it('tells the upstream whose token it is', async () => {
    await using gateway = await start();
    expect((await seenBy(await ask(gateway, '/', bearer(good)))).headers).toMatchObject({
      'x-consumer-username': 'ann',
      'x-consumer-custom-id': 'a-1',
      'x-credential-identifier': 'ann',
    });
  });

  it.each(asymmetric)('verifies %s', async (alg) => {
    await using gateway = await start();
    const made = token(alg, { iss: alg }, pairOf(alg).privateKey);
    expect((await ask(gateway, '/', bearer(made))).status).toBe(200);
    const cut = made.slice(0, made.lastIndexOf('.') - 4) + made.slice(made.lastIndexOf('.'));
    expect((await ask(gateway, '/', bearer(cut))).status).toBe(401);
    // The public key is no secret to sign with.
    const pem = pairOf(alg).publicKey.export({ type: 'spki', format: 'pem' }) as string;
    expect((await ask(gateway, '/', bearer(token('HS256', { iss: alg }, pem)))).status).toBe(401);
  });

  it.each([
    ['no JSON', 'a.b.c', 'Bad token; invalid JSON'],
    ['two segments', good.slice(0, good.lastIndexOf('.')), 'Bad token; invalid JSON'],
    ['alg none', `${coded({ alg: 'none' })}.${coded({ iss: 'ann' })}.`, 'Bad token; invalid alg'],
    ['no alg', `${coded({})}.${coded({ iss: 'ann' })}.x`, 'Bad token; invalid alg'],
    ['null for claims', `${coded({ alg: 'HS256' })}.${coded('null')}.`, 'Bad token; invalid claims'],
    ['a signature of four segments', `${good}.x`, 'Bad token; invalid signature'],
    ['no issuer', token('HS256', {}, 'hush'), "No mandatory 'iss' in claims"],
    ['an empty issuer', token('HS256', { iss: '' }, 'hush'), "Invalid 'iss' in claims"],
    ['an unknown issuer', token('HS256', { iss: 'bob' }, 'hush'), "No credentials found for given 'iss'"],
    ['another algorithm', token('HS512', { iss: 'ann' }, 'hush'), 'Invalid algorithm'],
    ['another secret', token('HS256', { iss: 'ann' }, 'hush!'), 'Invalid signature'],
    ['the secret of nobody', token('HS256', { iss: 'none' }, ''), 'Invalid signature'],
    ['a kid that is no text', token('HS256', { iss: 'ann' }, 'hush!', { kid: 1 }), 'Invalid signature'],
  ])('refuses %s', async (_, text, message) => {
    await using plain = await start();
    const answer = await ask(plain, '/', bearer(text));
    expect([answer.status, await answer.json(), answer.headers.get('www-authenticate')]).toEqual([401, { message }, 'Bearer error="invalid_token"']);
    await using named = await start('realm: shop');
    expect((await ask(named, '/', bearer(text))).headers.get('www-authenticate')).toBe('Bearer realm="shop", error="invalid_token"');
  });

  it('refuses who brings none, or several', async () => {
    await using gateway = await start('realm: shop');
    const none = await ask(gateway, '/');
    expect([none.status, await none.json(), none.headers.get('www-authenticate')]).toEqual([401, { message: 'Unauthorized' }, 'Bearer realm="shop"']);
    const other = token('HS512', { iss: 'long' }, 'hush');
    for (const target of [`/?jwt=${good}&jwt=${other}`, `/?jwt=${other}`])
      expect(await (await ask(gateway, target, bearer(good))).json()).toEqual({ message: 'Multiple tokens provided' });
    expect(await (await ask(gateway, '/?jwt')).json()).toEqual({ message: 'Unrecognizable token' });
    expect((await ask(gateway, `/?jwt=${good}`, bearer(good))).status).toBe(200);
  });

  it('looks where it is told to', async () => {
    await using gateway = await start('uri_param_names: [t], cookie_names: [c], header_names: [x_token]');
    const status = async (target: string, headers: Record<string, string> = {}): Promise<number> => (await ask(gateway, target, { headers })).status;
    expect(await status(`/?t=${good}`)).toBe(200);
    expect(await status('/', { cookie: `a=b; c=${good}` })).toBe(200);
    expect(await status('/', { 'x-token': `bearer ${good}` })).toBe(200);
    expect(await status('/', { 'x-token': good })).toBe(401);
    expect(await status('/', { authorization: `Bearer ${good}` })).toBe(401);
    expect(await status(`/?jwt=${good}`)).toBe(401);
  });

  it('finds the key in a claim of another name, or in the header', async () => {
    await using gateway = await start('key_claim_name: kid');
    expect((await ask(gateway, '/', bearer(token('HS256', { kid: 'ann' }, 'hush')))).status).toBe(200);
    expect((await ask(gateway, '/', bearer(token('HS256', {}, 'hush', { kid: 'ann' })))).status).toBe(200);
    expect(await (await ask(gateway, '/', bearer(good))).json()).toEqual({ message: "No mandatory 'kid' in claims" });
  });

  it('decodes secrets where they are coded', async () => {
    await using gateway = await start('secret_is_base64: true');
    const made = token('HS256', { iss: 'ann' }, 'x');
    expect((await ask(gateway, '/', bearer(made))).status).toBe(401);
    const signed = made.slice(0, made.lastIndexOf('.'));
    const signature = createHmac('sha256', Buffer.from('hush', 'base64')).update(signed).digest('base64url');
    expect((await ask(gateway, '/', bearer(`${signed}.${signature}`))).status).toBe(200);
    expect((await ask(gateway, '/', bearer(token('RS256', { iss: 'RS256' }, pairs.rsa.privateKey)))).status).toBe(200);
  });

  it.each([
    ['claims_to_verify: [exp, nbf]', { exp: now, nbf: now + 1 }, { exp: 'token expired', nbf: 'token not valid yet' }],
    ['claims_to_verify: [exp, nbf]', { exp: now + 1, nbf: now }, null],
    ['claims_to_verify: [exp, nbf]', { exp: 'soon' }, { exp: 'must be a number', nbf: 'must be a number' }],
    ['', { exp: now - 1 }, null],
    ['claims_to_verify: [exp], maximum_expiration: 300', { exp: now + 300 }, null],
    ['claims_to_verify: [exp], maximum_expiration: 300', { exp: now + 301 }, { exp: 'exceeds maximum allowed expiration' }],
  ])('{%s}: %j', async (settings, claims, expected) => {
    await using gateway = await start(settings);
    const answer = await ask(gateway, '/', bearer(token('HS256', { iss: 'ann', ...claims }, 'hush')));
    if (expected === null) expect(answer.status).toBe(200);
    else expect([answer.status, await answer.json()]).toEqual([401, expected]);
  });

  it('leaves preflights alone where it shall, and lets an anonymous consumer pass', async () => {
    await using preflight = await start('run_on_preflight: false');
    expect((await ask(preflight, '/', { method: 'OPTIONS' })).status).toBe(200);
    await using anonymous = await start('anonymous: nobody');
    expect((await seenBy(await ask(anonymous, '/', bearer('x')))).headers).toMatchObject({
      'x-consumer-username': 'nobody',
      'x-anonymous-consumer': 'true',
    });
  });

  it('takes test tokens that the gateway mints, for a public key as for a secret', async () => {
    await using gateway = await start('claims_to_verify: [exp]');
    for (const iss of ['ann', 'RS256', 'none']) {
      const minted = await gateway.token({ iss });
      expect([iss, (await ask(gateway, '/', bearer(minted))).status]).toEqual([iss, 200]);
    }
  });

  it.each([
    ['maximum_expiration: 5', '{ key: k }', 'DG1204'],
    ['claims_to_verify: [iat]', '{ key: k }', 'DG1203'],
    ['', '{ key: k, algorithm: RS256 }', 'DG1204'],
    ['', '{ key: k, algorithm: RS256, rsa_public_key: x }', 'DG1203'],
    ['', '{ key: k, algorithm: none }', 'DG1203'],
  ])('refuses {%s} with the credential %s', async (settings, credential, code) => {
    const declarative = guarded(`[{ name: jwt, config: { ${settings} } }]`, `consumers: [{ username: a, jwt_secrets: [${credential}] }]\n`);
    await expect(startKong(declarative)).rejects.toMatchObject({ code });
  });
});
