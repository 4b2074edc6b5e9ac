import type * as Jose from 'jose';
import type { Jwk } from './keys.ts';

type VerifyKey = Jose.CryptoKey | Jose.KeyObject | Uint8Array;
let jose: Promise<typeof Jose> | undefined;

/** Loaded when the first token is checked: a run without tokens does not pay for it. */
const library = (): Promise<typeof Jose> => (jose ??= import('jose'));

/** Key objects by JWK, so that a key is imported once. */
const imported = new WeakMap<Jwk, Map<string, Promise<VerifyKey>>>();

function importKey(key: Jwk, alg: string): Promise<VerifyKey> {
  let known = imported.get(key);
  if (known === undefined) imported.set(key, (known = new Map()));
  let made = known.get(alg);
  if (made === undefined) {
    const { kty, crv, n, e, x, y, k } = key as Record<string, unknown>;
    // Only what checking needs: a set that holds private members by mistake still names public keys.
    made = library().then(({ importJWK }) => importJWK(JSON.parse(JSON.stringify({ kty, crv, n, e, x, y, k })) as Jose.JWK, alg));
    known.set(alg, made);
  }
  return made;
}

/** Whether the signature of a compact token holds under a key. An algorithm outside `algorithms` never does, nor does an unknown `crit`. */
export async function verifyJws(token: string, key: Jwk, algorithms: readonly string[], alg: string): Promise<boolean> {
  if (!algorithms.includes(alg)) return false;
  try {
    const { compactVerify } = await library();
    await compactVerify(token, await importKey(key, alg), { algorithms: [...algorithms] });
    return true;
  } catch {
    return false;
  }
}
