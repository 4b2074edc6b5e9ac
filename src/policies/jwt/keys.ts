import { createPublicKey } from 'node:crypto';

/** A key of a JSON Web Key Set (RFC 7517). */
export interface Jwk {
  readonly kty: string;
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
  readonly key_ops?: readonly string[];
  readonly crv?: string;
  readonly [member: string]: unknown;
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** Whether a key may check signatures of an algorithm: type and curve, and what the key says of its own use. */
export function keyFits(key: Jwk, alg: string): boolean {
  if (key.alg !== undefined && key.alg !== alg && !(alg === 'EdDSA' && key.alg === 'Ed25519')) return false;
  if (key.use !== undefined && key.use !== 'sig') return false;
  if (key.key_ops !== undefined && !(Array.isArray(key.key_ops) && key.key_ops.includes('verify'))) return false;
  if (alg.startsWith('HS')) return key.kty === 'oct';
  if (alg.startsWith('RS') || alg.startsWith('PS')) return key.kty === 'RSA';
  if (alg.startsWith('ES')) return key.kty === 'EC' && key.crv === curves[alg];
  return alg === 'EdDSA' && key.kty === 'OKP' && key.crv === 'Ed25519';
}

/** Why a key must not be trusted at all, or undefined. RFC 7518 sections 3.2 and 3.3 demand the lengths. */
export function weakness(key: Jwk): string | undefined {
  if (key.kty === 'oct') {
    const bytes = typeof key['k'] === 'string' ? Buffer.from(key['k'], 'base64url').length : 0;
    const needed = key.alg === 'HS512' ? 64 : key.alg === 'HS384' ? 48 : 32;
    return bytes < needed ? `the secret has ${bytes} bytes where ${needed} are needed` : undefined;
  }
  if (key.kty !== 'RSA') return undefined;
  try {
    const bits = createPublicKey({ key: key as never, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? 0;
    return bits < 2048 ? `the RSA key has ${bits} bits where 2048 are needed` : undefined;
  } catch {
    return 'the RSA key cannot be read';
  }
}

/** The keys of a document, those of unknown shape left out; undefined where it is no key set. */
export function keysOf(document: unknown): Jwk[] | undefined {
  const keys = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return undefined;
  return (keys as unknown[]).filter((key): key is Jwk => key !== null && typeof key === 'object' && typeof (key as Jwk).kty === 'string');
}
