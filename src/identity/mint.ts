import type { KeyObject } from 'node:crypto';
import type { TokenShape } from '../engine/test-tokens.ts';
import { secondsOf } from './duration.ts';
import { personaClaims, type PersonaName } from './personas.ts';
import { kidPrefix, testAlgorithms, type TestAlgorithm, type TestKeys } from './test-keys.ts';

/** Ways in which a token can be wrong, by name. */
export const brokenNames = ['expired', 'not-yet-valid', 'wrong-issuer', 'wrong-audience', 'wrong-signature', 'unknown-kid', 'alg-none'] as const;
export type BrokenName = (typeof brokenNames)[number];

export interface TokenOptions {
  readonly algorithm?: TestAlgorithm;
  /** In words: `10 minutes`, `1h`, `in 5 days`; a number is seconds. Default one hour. */
  readonly expiresIn?: string | number;
  /** The claims of a provider's access token. */
  readonly persona?: PersonaName;
  /** A token that must be refused. */
  readonly broken?: BrokenName;
}

export const unboundShape: TokenShape = {
  issuer: 'https://issuer.devgateway.localhost/',
  audience: undefined,
  algorithms: ['RS256'],
  typ: null,
  scopes: [],
  claims: {},
  requiredClaims: [],
};

/**
 * A signed token of this shape. `claims` stand above everything; one that is null is left out. `now` in ms.
 * @throws TypeError where no test key can sign by an algorithm that is accepted.
 */
export async function mint(
  shape: TokenShape,
  claims: Readonly<Record<string, unknown>>,
  options: TokenOptions,
  keys: TestKeys,
  now: number,
): Promise<string> {
  const algorithm = options.algorithm ?? signableOf(shape);
  const { sign, kid } = signerFor(shape, algorithm, keys);
  const payload = broken(options.broken, { ...claimsOf(shape, options, Math.floor(now / 1_000)), ...claims }, Math.floor(now / 1_000));
  for (const [name, value] of Object.entries(payload)) if (value === null || value === undefined) delete payload[name];
  const header = { alg: algorithm, typ: shape.typ ?? 'JWT', ...(options.broken === 'unknown-kid' ? { kid: `${kidPrefix}unknown` } : kid) };
  if (options.broken === 'alg-none') return `${encoded({ ...header, alg: 'none' })}.${encoded(payload)}.`;
  const { SignJWT } = await import('jose');
  const token = await new SignJWT(payload).setProtectedHeader(header).sign(sign);
  return options.broken === 'wrong-signature' ? withAnotherSignature(token) : token;
}

/** A token as it was, under a key of ours: by the algorithm of its header where a test key signs by it, else by the first that its policy takes. */
export async function sign(
  shape: TokenShape,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  keys: TestKeys,
): Promise<string> {
  const named = String(header['alg']);
  const own = (testAlgorithms as readonly string[]).includes(named) || (shape.secret !== undefined && named.startsWith('HS'));
  const alg = own ? (named as TestAlgorithm) : signableOf(shape);
  const { sign: key, kid } = signerFor(shape, alg, keys);
  const { kid: _, ...rest } = header;
  const { SignJWT } = await import('jose');
  return new SignJWT(claims).setProtectedHeader({ ...rest, alg, ...kid }).sign(key);
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signableOf({ algorithms, secret }: TokenShape): TestAlgorithm {
  const found = algorithms.find((one) => (testAlgorithms as readonly string[]).includes(one)) ?? (secret === undefined ? undefined : algorithms[0]);
  if (found !== undefined) return found as TestAlgorithm;
  throw new TypeError(
    `no test key signs by ${algorithms.join(', ')}: expected one of ${testAlgorithms.join(', ')} among the algorithms that are accepted`,
  );
}

function signerFor(
  { secret }: TokenShape,
  algorithm: TestAlgorithm,
  keys: TestKeys,
): { readonly sign: KeyObject; readonly kid: { readonly kid?: string } } {
  if (secret !== undefined && algorithm.startsWith('HS')) return { sign: secret, kid: {} };
  const { sign, kid } = keys.for(algorithm);
  return { sign, kid: { kid } };
}

function claimsOf(shape: TokenShape, { expiresIn = 3_600, persona }: TokenOptions, iat: number): Record<string, unknown> {
  const iss = shape.issuer ?? (unboundShape.issuer as string);
  const registered = { iss, sub: 'test-user', aud: shape.audience, scope: shape.scopes.join(' '), iat };
  return {
    ...Object.fromEntries(shape.requiredClaims.map((name) => [name, 'test'])),
    iss,
    sub: registered.sub,
    ...(shape.audience === undefined ? {} : { aud: shape.audience }),
    ...(registered.scope === '' ? {} : { scope: registered.scope }),
    iat,
    exp: iat + Math.floor(secondsOf(expiresIn)),
    ...(persona === undefined ? {} : personaClaims(persona, registered)),
    ...shape.claims,
  };
}

function broken(name: BrokenName | undefined, claims: Record<string, unknown>, now: number): Record<string, unknown> {
  switch (name) {
    case 'expired':
      return { ...claims, iat: now - 7_200, exp: now - 3_600 };
    case 'not-yet-valid':
      return { ...claims, nbf: now + 3_600, exp: now + 7_200 };
    case 'wrong-issuer':
      return { ...claims, iss: 'https://wrong-issuer.devgateway.localhost/' };
    case 'wrong-audience':
      return { ...claims, aud: 'wrong-audience' };
    default:
      return claims;
  }
}

/** Still base64url of the right length. */
function withAnotherSignature(token: string): string {
  const at = token.lastIndexOf('.') + 1;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}
