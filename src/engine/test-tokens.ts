import type { KeyObject } from 'node:crypto';

/** What a token must look like that a step accepts. Told by kinds when they are linked. */
export interface TokenShape {
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** Signature algorithms, the preferred one first. */
  readonly algorithms: readonly string[];
  /** Media type in the header; null: any. */
  readonly typ: string | null;
  /** Any of these is enough. */
  readonly scopes: readonly string[];
  /** Claims with the value that they must have. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly requiredClaims: readonly string[];
  /** A secret that the configuration holds itself: what is signed with it needs no test key. */
  readonly secret?: KeyObject | undefined;
}

/** Test keys that are accepted beside those of production. */
export interface TestTokens {
  expects(shape: TokenShape): void;
  /** The key of a token that names a test key; null for one that names none that there is; undefined for tokens that are not ours. */
  keyFor(header: { readonly alg: string; readonly kid?: string }): KeyObject | null | undefined;
}

/** For a gateway that accepts none. */
export const noTestTokens: TestTokens = { expects: () => {}, keyFor: () => undefined };
