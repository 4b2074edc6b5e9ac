import { constants, createHmac, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import type { ParsedJws } from './parse-jwt.ts';

type Check = (key: KeyObject, signed: Buffer, signature: Buffer) => boolean;
interface Algorithm {
  /** Whether a key is of the kind that the algorithm needs: a public key is never taken for a secret. */
  readonly fits: (key: KeyObject) => boolean;
  readonly check: Check;
}

const hmac = (hash: string): Algorithm => ({
  fits: (key) => key.type === 'secret',
  check(key, signed, signature) {
    const expected = createHmac(hash, key).update(signed).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  },
});
const rsa = (hash: string): Algorithm => ({
  fits: (key) => key.type === 'public' && key.asymmetricKeyType === 'rsa',
  check: (key, signed, signature) => verify(hash, signed, key, signature),
});
const pss = (hash: string): Algorithm => ({
  fits: (key) => key.type === 'public' && key.asymmetricKeyType === 'rsa',
  check: (key, signed, signature) =>
    verify(hash, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature),
});
const ecdsa = (hash: string, curve: string, length: number): Algorithm => ({
  fits: (key) => key.type === 'public' && key.asymmetricKeyDetails?.namedCurve === curve,
  check: (key, signed, signature) => signature.length === length && verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature),
});
const eddsa = (...types: string[]): Algorithm => ({
  fits: (key) => key.type === 'public' && types.includes(key.asymmetricKeyType ?? ''),
  check: (key, signed, signature) => verify(null, signed, key, signature),
});

const table = new Map<string, Algorithm>([
  ['HS256', hmac('sha256')],
  ['HS384', hmac('sha384')],
  ['HS512', hmac('sha512')],
  ['RS256', rsa('sha256')],
  ['RS384', rsa('sha384')],
  ['RS512', rsa('sha512')],
  ['PS256', pss('sha256')],
  ['PS384', pss('sha384')],
  ['PS512', pss('sha512')],
  ['ES256', ecdsa('sha256', 'prime256v1', 64)],
  ['ES384', ecdsa('sha384', 'secp384r1', 96)],
  ['ES512', ecdsa('sha512', 'secp521r1', 132)],
  ['EdDSA', eddsa('ed25519', 'ed448')],
  ['Ed25519', eddsa('ed25519')],
]);

/** The signature algorithms that can be verified. `none` is not among them, in any spelling. */
export const signatureAlgorithms: readonly string[] = [...table.keys()];

export const fitsAlgorithm = (key: KeyObject, algorithm: string): boolean => table.get(algorithm)?.fits(key) ?? false;

/** Whether the token is signed with this key by one of these algorithms. Never throws. */
export function verifyJws(token: ParsedJws, key: KeyObject, algorithms: ReadonlySet<string>): boolean {
  const algorithm = algorithms.has(token.header.alg) ? table.get(token.header.alg) : undefined;
  if (algorithm === undefined || !algorithm.fits(key)) return false;
  try {
    return algorithm.check(key, Buffer.from(token.signed, 'latin1'), token.signature);
  } catch {
    return false;
  }
}
