import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { ParsedJws, ParsedJwt } from './parse-jwt.ts';
import { fitsAlgorithm, verifyJws } from './verify-jws.ts';

export interface VerificationKey {
  readonly kid: string | undefined;
  /** Restricts the key to one algorithm (RFC 7517 section 4.4). */
  readonly algorithm: string | undefined;
  readonly key: KeyObject;
}

type Jwk = JsonWebKey & Readonly<Record<string, unknown>>;
/** `weak`: the key must not be used at all. `unusable`: it is for something else, or of a type that is not known. */
export type ReadKey = VerificationKey | { readonly weak: string } | { readonly unusable: string };

const shortestSecret = (algorithm: string | undefined): number => (algorithm === 'HS512' ? 64 : algorithm === 'HS384' ? 48 : 32);

/** A JWK as a key to verify signatures with. Private members are never used: only the public half is read. */
export function readJwk(value: unknown): ReadKey {
  if (typeof value !== 'object' || value === null) return { unusable: 'a key is a JSON object' };
  const jwk = value as Jwk;
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return { unusable: `its use is ${JSON.stringify(jwk['use'])}` };
  const operations = jwk['key_ops'];
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return { unusable: 'its key_ops do not hold verify' };
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : undefined;
  const algorithm = typeof jwk['alg'] === 'string' ? jwk['alg'] : undefined;
  const key = jwk.kty === 'oct' ? secretOf(jwk) : publicOf(jwk);
  if (key === undefined) return { unusable: `its type ${JSON.stringify(jwk.kty)} is not known or its members are not valid` };
  const weak = weakness(key, algorithm);
  return weak === undefined ? { kid, algorithm, key } : { weak };
}

function secretOf(jwk: Jwk): KeyObject | undefined {
  return typeof jwk.k === 'string' ? createSecretKey(Buffer.from(jwk.k, 'base64url')) : undefined;
}

function publicOf({ kty, n, e, crv, x, y }: Jwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty, n, e, crv, x, y } as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** RFC 7518 sections 3.2 and 3.3: a secret as long as the hash, an RSA modulus of 2048 bits. */
function weakness(key: KeyObject, algorithm: string | undefined): string | undefined {
  if (key.type === 'secret') {
    const bytes = key.symmetricKeySize ?? 0;
    const least = shortestSecret(algorithm);
    return bytes < least ? `the secret has ${bytes} bytes, ${algorithm ?? 'HMAC'} needs at least ${least}` : undefined;
  }
  const { modulusLength: bits, publicExponent = 3n } = key.asymmetricKeyDetails ?? {};
  if (publicExponent < 3n) return `the RSA key has the exponent ${publicExponent}`;
  return bits !== undefined && bits < 2048 ? `the RSA key has ${bits} bits, at least 2048 are needed` : undefined;
}

const mostVerified = 1000;

/** Keys, and the tokens that they have verified: a new set has verified nothing. */
export class KeySet {
  readonly #keys: readonly VerificationKey[];
  readonly #verified = new Map<string, ParsedJwt>();

  constructor(keys: readonly VerificationKey[]) {
    this.#keys = keys;
  }

  /** The token as this set has verified it before; its times are to be checked anew. */
  known(token: string): ParsedJwt | undefined {
    return this.#verified.get(token);
  }

  /** Whether a key that the token may mean is here: by its kid where it has one (RFC 7515 section 4.1.4), else any that fits. */
  has({ header }: ParsedJws): boolean {
    return this.#keys.some((one) => mayMean(one, header));
  }

  verify(token: ParsedJws, algorithms: ReadonlySet<string>): boolean {
    return this.#keys.some((one) => mayMean(one, token.header) && verifyJws(token, one.key, algorithms));
  }

  /** Keeps a verified token; the oldest one makes room. */
  remember(token: ParsedJwt): void {
    if (this.#verified.size >= mostVerified) this.#verified.delete(this.#verified.keys().next().value as string);
    this.#verified.set(token.token, token);
  }
}

const mayMean = ({ kid, algorithm, key }: VerificationKey, header: ParsedJws['header']): boolean =>
  (header.kid === undefined || header.kid === kid) &&
  (algorithm === undefined || algorithm === header.alg) &&
  fitsAlgorithm(key, header.alg) &&
  (key.type !== 'secret' || weakness(key, header.alg) === undefined);

/** The usable keys of a key set document. @throws TypeError where it is none. */
export function readKeySet(document: unknown): { readonly set: KeySet; readonly read: readonly ReadKey[] } {
  const keys = (document as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new TypeError('a key set is an object with a list of keys');
  const read = keys.map(readJwk);
  return { set: new KeySet(read.filter((one) => 'key' in one)), read };
}
