import path from 'node:path';
import { dialects as allDialects } from '../dialects/index.ts';
import type { TokenShape } from '../engine/test-tokens.ts';
import { issuerHandler } from '../identity/issuer.ts';
import { publicKeySet, type PublicKeySet } from '../identity/key-set.ts';
import { unboundShape, type TokenOptions } from '../identity/mint.ts';
import { TestIdentity } from '../identity/test-identity.ts';
import { TestKeys } from '../identity/test-keys.ts';
import type { FetchHandler } from '../transport/served-upstream.ts';
import { build, load, type LoadRequest } from './load.ts';
import { composeServices } from './services.ts';

export interface IdentityOptions {
  /** The `iss` of its tokens. Default: the one that a gateway without any has. */
  readonly issuer?: string;
  readonly audience?: string;
  /** Signature algorithms, the preferred one first. Default RS256. */
  readonly algorithms?: readonly string[];
  readonly scopes?: readonly string[];
  /** Where keys are that were kept, below `.devgateway`. Default: the working folder. */
  readonly folder?: string;
  /** Keeps keys there that are made. Default false. */
  readonly keepTokenKeys?: boolean;
  /** In ms since 1970. Default: the machine's time. */
  readonly now?: () => number;
}

/** A local identity provider without a gateway. */
export interface Identity {
  readonly issuer: string;
  /** The public keys of its tokens. Tokens signed by HS256 have none. */
  readonly jwks: PublicKeySet;
  /** As `gateway.token`. */
  token(claims?: Readonly<Record<string, unknown>>, options?: TokenOptions): Promise<string>;
  /** A fetch handler: key set, discovery documents, token endpoint. */
  readonly handler: FetchHandler;
}

export function createIdentity(options: IdentityOptions = {}): Identity {
  const { now = Date.now, issuer = unboundShape.issuer as string, audience, algorithms = unboundShape.algorithms, scopes = [] } = options;
  const keys = new TestKeys(path.join(options.folder ?? process.cwd(), '.devgateway'), options.keepTokenKeys ?? false);
  const identity = new TestIdentity(keys);
  identity.collect(() => identity.expects({ ...unboundShape, issuer, audience, algorithms, scopes } satisfies TokenShape));
  const token: Identity['token'] = (claims = {}, tokenOptions = {}) => identity.token(claims, tokenOptions, now());
  return {
    issuer,
    get jwks() {
      return publicKeySet(keys);
    },
    token,
    handler: issuerHandler({ keys, issuer, token }),
  };
}

/** The issuer that a configuration expects, which itself is not served; without one, an issuer whose name is its own address. */
export async function issuerOf(folder: string, request: LoadRequest | null): Promise<FetchHandler> {
  const services = composeServices({ folder, keepTokenKeys: true });
  const { identity, clock } = services;
  try {
    if (request !== null) {
      const loaded = await load(request, allDialects);
      identity.collect(() => build(loaded, services.kits, services.deps));
    }
  } finally {
    await services.close();
  }
  return issuerHandler({
    keys: identity.keys,
    issuer: identity.issuer,
    token: (claims, options) => identity.token(claims, options, clock.now()),
  });
}
