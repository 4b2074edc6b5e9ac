import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, randomBytes, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writePrivateFile } from './private-file.ts';

/** What the keys of every kind begin with: no issuer in production has such. */
export const kidPrefix = 'devgateway-';
export const testAlgorithms = ['RS256', 'ES256', 'EdDSA', 'HS256'] as const;
export type TestAlgorithm = (typeof testAlgorithms)[number];

export interface TestKey {
  readonly kid: string;
  readonly sign: KeyObject;
  readonly verify: KeyObject;
}

/**
 * Keys for test tokens, one for each algorithm, made when they are first wanted. With `keep` they are written to `token-keys.json` in
 * `folder`, for their owner only and out of git; without, they are read from there where somebody has kept them.
 */
export class TestKeys {
  readonly #file: string;
  readonly #keep: boolean;
  readonly #keys = new Map<TestAlgorithm, TestKey>();

  constructor(folder: string, keep: boolean) {
    this.#file = path.join(folder, 'token-keys.json');
    this.#keep = keep;
  }

  for(algorithm: TestAlgorithm): TestKey {
    return this.known(algorithm) ?? this.#make(algorithm);
  }

  /** The key if there is one already, here or kept by another process. */
  known(algorithm: TestAlgorithm): TestKey | undefined {
    let key = this.#keys.get(algorithm);
    if (key !== undefined) return key;
    const jwk = this.#kept()[algorithm];
    if (jwk === undefined) return undefined;
    this.#keys.set(algorithm, (key = keyOf(algorithm, jwk)));
    return key;
  }

  #make(algorithm: TestAlgorithm): TestKey {
    const jwk = { ...newKey(algorithm), kid: `${kidPrefix}${algorithm.toLowerCase()}-${randomBytes(4).toString('hex')}` };
    if (this.#keep) this.#write({ ...this.#kept(), [algorithm]: jwk });
    const key = keyOf(algorithm, jwk);
    this.#keys.set(algorithm, key);
    return key;
  }

  #kept(): Readonly<Record<string, JsonWebKey>> {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, JsonWebKey>;
    } catch {
      return {};
    }
  }

  /** A folder that cannot be written leaves the keys to this process. */
  #write(kept: Readonly<Record<string, JsonWebKey>>): void {
    try {
      writePrivateFile(this.#file, `${JSON.stringify(kept, null, 1)}\n`);
    } catch {
      return;
    }
  }
}

function newKey(algorithm: TestAlgorithm): JsonWebKey {
  if (algorithm === 'HS256') return { kty: 'oct', k: randomBytes(32).toString('base64url') };
  const { privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'jwk' });
}

function keyOf(algorithm: TestAlgorithm, jwk: JsonWebKey): TestKey {
  const kid = String(jwk['kid']);
  if (algorithm === 'HS256') {
    const secret = createSecretKey(Buffer.from(String(jwk.k), 'base64url'));
    return { kid, sign: secret, verify: secret };
  }
  const sign = createPrivateKey({ key: jwk, format: 'jwk' });
  return { kid, sign, verify: createPublicKey(sign) };
}
