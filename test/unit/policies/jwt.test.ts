import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { fc } from '../../properties.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { DevgatewayError } from '../../../src/model/error.ts';
import { jwtDefaults, jwtKind, type JwtOptions } from '../../../src/policies/jwt/jwt-step.ts';
import { readJwk } from '../../../src/policies/jwt/key-set.ts';
import { parseJwt } from '../../../src/policies/jwt/parse-jwt.ts';
import { strictJsonObject } from '../../../src/policies/jwt/strict-json.ts';
import { depsWith, request, stepOf, verdict, type TestDeps } from './step.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const secret = Buffer.alloc(32, 7);

const jwkOf = ({ publicKey }: { publicKey: KeyObject }, members: object) => ({ ...publicKey.export({ format: 'jwk' }), ...members });
const keys = [
  jwkOf(rsa, { kid: 'r', alg: 'RS256', use: 'sig' }),
  jwkOf(ec, { kid: 'e' }),
  jwkOf(ed, { kid: 'd' }),
  { kty: 'oct', k: secret.toString('base64url'), kid: 'h' },
];
const coded = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const signers: Readonly<Record<string, (text: Buffer) => Buffer>> = {
  RS256: (text) => sign('sha256', text, rsa.privateKey),
  ES256: (text) => sign('sha256', text, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (text) => sign(null, text, ed.privateKey),
  HS256: (text) => createHmac('sha256', secret).update(text).digest(),
  new: (text) => sign('sha256', text, other.privateKey),
};
function mint(claims: unknown = {}, header: unknown = { alg: 'RS256', kid: 'r' }, by = 'RS256'): string {
  const signed = `${coded(header)}.${coded(claims)}`;
  return `${signed}.${signers[by]?.(Buffer.from(signed)).toString('base64url')}`;
}

let deps: TestDeps;
beforeEach(() => void (deps = depsWith()));
const now = Date.UTC(2024, 0, 1) / 1000;
const step = (options: Partial<JwtOptions> = {}, use = deps) =>
  stepOf(jwtKind, { ...jwtDefaults, algorithms: ['RS256'], jwks: { keys }, ...options }, use);
const bearer = (token: string) => request({ headers: ['Authorization', `Bearer ${token}`] });
const ask = (token: string, options: Partial<JwtOptions> = {}) => verdict(step(options), bearer(token));

describe('the jwt step', () => {
  it.each([
    ['RS256', 'r'],
    ['ES256', 'e'],
    ['EdDSA', 'd'],
    ['HS256', 'h'],
  ])('verifies %s', async (alg, kid) => {
    const token = mint({ sub: 'me' }, { alg, kid }, alg);
    const exchange = bearer(token);
    expect(await verdict(step({ algorithms: [alg] }), exchange)).toBe('pass');
    expect(exchange.caller.claims).toEqual({ sub: 'me' });
    expect(await ask(`${token.slice(0, -4)}AAAA`, { algorithms: [alg] })).toMatch(/^unauthenticated/);
  });
  it('answers at once where the keys are here', () => expect(step()(bearer(mint()))).toBeUndefined());
  it('tells a missing token from a bad one', async () => {
    expect(await verdict(step(), request())).toBe('unauthenticated: no token was presented');
    expect(await verdict(step(), request({ headers: ['Authorization', 'Basic x'] }))).toBe('unauthenticated: no token was presented');
    expect(await verdict(step(), request({ headers: ['Authorization', 'Bearer x', 'Authorization', `Bearer ${mint()}`] }))).toMatch(/three segments/);
  });
  it.each(['none', 'None', 'NONE', 'rs256', 'RS256 '])('refuses the algorithm %j', async (alg) => {
    expect(await ask(mint({}, { alg, kid: 'r' }))).toBe('unauthenticated: alg is not allowed');
  });
  it('never takes a public key for a secret', async () => {
    const signed = `${coded({ alg: 'HS256', kid: 'r' })}.${coded({})}`;
    const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
    const token = `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
    expect(await ask(token, { algorithms: ['RS256', 'HS256'] })).toBe('unauthenticated: no key verifies the signature');
  });
  it('believes no key that a token brings', async () => {
    expect(await ask(mint({}, { alg: 'RS256', jwk: jwkOf(other, {}), jku: 'http://evil.test/' }, 'new'))).toBe(
      'unauthenticated: no key verifies the signature',
    );
  });
  it.each([{ crit: ['x'], x: 1 }, { crit: [] }, { b64: false }, { kid: 7 }])('refuses the header members %j', async (members) => {
    expect(await ask(mint({}, { alg: 'RS256', kid: 'r', ...members }))).toMatch(/^unauthenticated/);
  });
  it.each([
    [{ exp: now }, {}, 'the token has expired'],
    [{ exp: now }, { clockTolerance: 1 }, ''],
    [{ exp: now + 1 }, {}, ''],
    [{ exp: 'soon' }, {}, 'exp is not a number'],
    [{ nbf: now + 1 }, {}, 'the token is not valid yet'],
    [{ nbf: now }, {}, ''],
    [{ iat: now + 99 }, {}, ''],
    [{}, { maxTokenAge: 60 }, 'iat is missing: the age of the token is not known'],
    [{ iat: now - 61 }, { maxTokenAge: 60 }, 'the token is too old'],
    [{ iat: now + 9 }, { maxTokenAge: 60 }, 'iat is in the future'],
    [{ iss: 'b' }, { issuer: ['a', 'b'] }, ''],
    [{ iss: ['a'] }, { issuer: ['a'] }, 'iss is not the expected issuer'],
    [{ aud: ['x', 'a'] }, { audience: ['a'] }, ''],
    [{ aud: 'a x' }, { audience: ['a'] }, 'aud does not name this audience'],
    [{ aud: { a: 1 } }, { audience: ['a'] }, 'aud does not name this audience'],
    [{}, { requiredClaims: ['toString'] }, 'toString is missing'],
    [{ use: 'id' }, { claims: { use: 'access' } }, 'use does not have the expected value'],
    [{ roles: ['a'] }, { claims: { roles: ['a'] } }, ''],
    [{}, { typ: 'at+jwt' }, 'typ is not at+jwt'],
  ])('claims %j under %j: %s', async (claims, options, problem) => {
    expect(await ask(mint(claims), options)).toBe(problem === '' ? 'pass' : `unauthenticated: ${problem}`);
  });
  it('compares media types without case and prefix', async () => {
    expect(await ask(mint({}, { alg: 'RS256', typ: 'application/AT+JWT' }), { typ: 'at+jwt' })).toBe('pass');
  });
  it.each([
    [{ scope: 'x read' }, 'pass'],
    [{ scp: ['read'] }, 'pass'],
    [{ scope: 'reader' }, 'forbidden'],
    [{}, 'forbidden'],
  ])('scopes of %j: %s', async (claims, outcome) => {
    expect(await ask(mint(claims), { scopes: ['read', 'admin'] })).toMatch(new RegExp(`^${outcome}`));
  });
  it('reads tokens from where it is told', async () => {
    const from = [
      { in: 'query', name: 'jwt' },
      { in: 'cookie', name: 't' },
      { in: 'header', name: 'X-Token', scheme: '' },
    ] as const;
    for (const where of [{ target: `/?jwt=${mint()}` }, { headers: ['Cookie', `a=1; t=${mint()}`] }, { headers: ['x-token', mint()] }])
      expect(await verdict(step({ from }), request(where))).toBe('pass');
  });
});

describe('a token that was verified before', () => {
  it('is refused all the same when its time has passed', async () => {
    const run = step();
    const token = mint({ exp: now + 60 });
    expect(await verdict(run, bearer(token))).toBe('pass');
    await deps.clock.advance(60_000);
    expect(await verdict(run, bearer(token))).toBe('unauthenticated: the token has expired');
  });
  it('does not pass a step that allows other algorithms or expects other claims', async () => {
    const documents = { 'https://k.test/': { keys } };
    deps = depsWith(documents);
    const lax = step({ jwks: 'https://k.test/' });
    expect(await verdict(lax, bearer(mint()))).toBe('pass');
    expect(await verdict(step({ jwks: 'https://k.test/', algorithms: ['ES256'] }), bearer(mint()))).toBe('unauthenticated: alg is not allowed');
    expect(await verdict(step({ jwks: 'https://k.test/', audience: ['a'] }), bearer(mint()))).toMatch(/aud/);
  });
});

describe('keys', () => {
  const problemsOf = (jwks: unknown): readonly string[] => {
    try {
      step({ jwks: jwks as { keys: unknown[] } });
      return [];
    } catch (error) {
      return (error as DevgatewayError).diagnostics.map((one) => one.code);
    }
  };
  it('that are weak are refused when the configuration loads', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(problemsOf({ keys: [jwkOf(short, {}), { kty: 'oct', k: '' }, { kty: 'oct', k: secret.toString('base64url'), alg: 'HS512' }] })).toEqual([
      'DG1209',
      'DG1209',
      'DG1209',
    ]);
    expect(problemsOf({ keys: [{ ...jwkOf(rsa, {}), e: 'AQ' }] })).toEqual(['DG1209']);
    expect(problemsOf([])).toEqual(['DG1202']);
  });
  it.each([{ use: 'enc' }, { key_ops: ['encrypt'] }, { alg: 'RS512' }])('with %j verify nothing here', async (members) => {
    expect(await ask(mint(), { jwks: { keys: [{ ...keys[0], ...members }] } })).toBe('unauthenticated: no key verifies the signature');
  });
  it('of unknown types are passed over', () => {
    expect(problemsOf({ keys: [{ kty: 'AKP', pub: 'AAAA' }, keys[0]] })).toEqual([]);
    for (const value of [null, 7, {}, { kty: 'RSA' }, { kty: 'EC', crv: 'P-0' }]) expect(readJwk(value)).toHaveProperty('unusable');
  });
  it('are never all allowed', () => expect(() => step({ algorithms: [] })).toThrow(DevgatewayError));
  it('for none cannot be asked for', () => expect(() => step({ algorithms: ['none'] })).toThrow(/DG1203/));
  it('have to come from somewhere', () => expect(() => step({ jwks: null })).toThrow(/DG1204/));
});

describe('keys of an issuer', () => {
  const issuer = 'https://i.test/';
  const discovery = 'https://i.test/.well-known/openid-configuration';
  let documents: Record<string, unknown>;
  let fetched: string[];
  const rotated = mint({ iss: issuer }, { alg: 'RS256', kid: 'n' }, 'new');
  const token = mint({ iss: issuer });
  const options = { jwks: null, issuer: [issuer] };
  beforeEach(() => {
    documents = { [discovery]: { issuer, jwks_uri: 'https://i.test/keys' }, 'https://i.test/keys': { keys } };
    fetched = [];
    deps = depsWith(documents, fetched);
  });

  it('are found by discovery and kept', async () => {
    const run = step(options);
    expect([await verdict(run, bearer(token)), await verdict(run, bearer(token))]).toEqual(['pass', 'pass']);
    expect(fetched).toEqual([discovery, 'https://i.test/keys']);
    expect(run(bearer(token))).toBeUndefined();
  });
  it('are asked for once by requests at the same time', async () => {
    const run = step(options);
    await Promise.all([1, 2, 3].map(() => verdict(run, bearer(token))));
    expect(fetched).toHaveLength(2);
  });
  it('are not asked for by a token of another issuer', async () => {
    expect(await ask(mint({ iss: 'https://evil.test/' }), options)).toBe('unauthenticated: iss is not the expected issuer');
    expect(fetched).toEqual([]);
  });
  it('are looked for anew for an unknown kid, and then not again for a while', async () => {
    const run = step(options);
    await verdict(run, bearer(token));
    expect(await verdict(run, bearer(rotated))).toMatch(/no key verifies/);
    expect(fetched).toHaveLength(4);
    documents['https://i.test/keys'] = { keys: [jwkOf(other, { kid: 'n' })] };
    expect(await verdict(run, bearer(rotated))).toMatch(/no key verifies/);
    expect(fetched).toHaveLength(4);
    await deps.clock.advance(30_000);
    expect(await verdict(run, bearer(rotated))).toBe('pass');
    expect(await verdict(run, bearer(token))).toMatch(/no key verifies/);
  });
  it('stay in use while their server is down', async () => {
    const run = step(options);
    await verdict(run, bearer(token));
    for (const url of Object.keys(documents)) delete documents[url];
    await deps.clock.advance(3_600_000);
    expect(await verdict(run, bearer(token))).toBe('pass');
    expect(fetched.length).toBeGreaterThan(2);
  });
  it('withdrawn from the set count no more once it is asked for anew', async () => {
    const run = step(options);
    await verdict(run, bearer(token));
    documents['https://i.test/keys'] = { keys: [] };
    await deps.clock.advance(600_000);
    expect(await verdict(run, bearer(token))).toMatch(/no key verifies/);
  });
  it.each([
    ['is HTML', '<html></html>'],
    ['is of another issuer', { issuer: 'https://evil.test/', jwks_uri: 'https://i.test/keys' }],
    ['names a file', { issuer, jwks_uri: 'file:///etc/passwd' }],
    ['is not there', undefined],
  ])('are not had where the discovery document %s', async (_, document) => {
    documents[discovery] = document;
    expect(await ask(token, options)).toMatch(/^unauthenticated: the keys cannot be had/);
  });
  it('are told apart by scope', async () => {
    const run = step(options);
    const inScope = (scope: string) => request({ headers: ['Authorization', `Bearer ${token}`], scope });
    await verdict(run, inScope('a/'));
    await verdict(run, inScope('b/'));
    expect(fetched).toHaveLength(4);
  });
});

describe('parsing', () => {
  it('refuses members that are there twice, at any depth and however they are spelt', () => {
    const object = (text: string) => strictJsonObject(Buffer.from(text));
    for (const text of ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"x":[{"b":1,"b":1}]}', '[]', 'null', '\ufeff{}', '{"a":1}x'])
      expect(object(text)).toBeUndefined();
    for (const text of ['{"a":{"b":1},"b":[{"a":1},{"a":2}]}', '{"a":"\\"a\\":","b":":"}', '{"__proto__":1}'])
      expect(object(text)).toEqual(JSON.parse(text));
    expect(strictJsonObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined();
  });
  it('reads every object that JSON can say', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        expect(strictJsonObject(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });
  it('never throws, and reads one spelling of a token only', () => {
    const token = mint({ a: 1 });
    fc.assert(fc.property(fc.string(), (text) => void parseJwt(text)));
    fc.assert(
      fc.property(fc.nat(token.length), fc.constantFrom('.', '=', '+', ' ', '\n', '%', 'é'), (at, piece) => {
        expect(parseJwt(token.slice(0, at) + piece + token.slice(at))).toHaveProperty('problem');
      }),
    );
  });
  it('refuses left-over bits in a segment', () => {
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const token = mint();
    expect(token.split('.')[2]).toHaveLength(342);
    const twin = token.slice(0, -1) + (last[last.indexOf(token.at(-1) as string) | 1] as string);
    expect(parseJwt(twin)).toEqual({ problem: 'a segment is not base64url' });
  });
  it('survives depth', () => expect(strictJsonObject(Buffer.from(`{"a":${'['.repeat(100_000)}`))).toBeUndefined());
});
