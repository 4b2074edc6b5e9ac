import { createPublicKey, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Setting } from '../../../sources/setting.ts';
import { decode, jwtAlgorithms } from './jwt-token.ts';

export interface JwtCredential {
  readonly key: string;
  readonly secret: string;
  readonly publicKey: string;
  readonly algorithm: string;
}

/** kong/plugins/jwt/daos.lua: all but HMAC need a public key. */
export function readJwtCredential(one: Setting): JwtCredential {
  const algorithm = one.get('algorithm').oneOf(...jwtAlgorithms) ?? 'HS256';
  const setting = one.get('rsa_public_key');
  const publicKey = setting.string() ?? '';
  if (publicKey === '') {
    if (!algorithm.startsWith('HS'))
      one.get('algorithm').problem('DG1204', `${one.name} has no rsa_public_key`, `${algorithm} needs a public key in PEM format`);
  } else if (!publicKey.startsWith('{vault://') && publicKeyOf(publicKey) === undefined) {
    setting.problem('DG1203', `${setting.name} is not a valid key`, 'expected a public key in PEM format, with its line breaks');
  }
  return { key: one.get('key').string() ?? '', secret: one.get('secret').string() ?? '', publicKey, algorithm };
}

function publicKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

/** What tokens are verified with. A secret that is not given is made up, by Kong as here: nobody knows it. */
export function keyOf({ algorithm, secret, publicKey }: JwtCredential, base64: boolean): KeyObject | undefined {
  if (!algorithm.startsWith('HS')) return publicKeyOf(publicKey);
  if (secret === '') return createSecretKey(randomBytes(32));
  const bytes = base64 ? decode(secret) : Buffer.from(secret);
  return bytes === undefined || bytes.length === 0 ? undefined : createSecretKey(bytes);
}
