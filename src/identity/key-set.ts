import type { JsonWebKey } from 'node:crypto';
import { testAlgorithms, type TestKeys } from './test-keys.ts';

/** A JSON Web Key Set (RFC 7517). */
export interface PublicKeySet {
  readonly keys: readonly (JsonWebKey & { readonly kid: string; readonly alg: string; readonly use: 'sig' })[];
}

/** The public halves of the test keys. All of them, made where they are not yet: who asks keeps the set. A secret has no public half. */
export const publicKeySet = (keys: TestKeys): PublicKeySet => ({
  keys: testAlgorithms
    .filter((algorithm) => algorithm !== 'HS256')
    .map((alg) => {
      const { kid, verify } = keys.for(alg);
      return { ...verify.export({ format: 'jwk' }), kid, alg, use: 'sig' };
    }),
});
