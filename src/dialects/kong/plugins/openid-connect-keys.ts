import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';
import { readKeySet, type KeySet } from '../../../policies/jwt/key-set.ts';
import { RemoteKeys } from '../../../policies/jwt/remote-keys.ts';
import type { OpenIdConnect } from './openid-connect-settings.ts';

/** What an issuer says of itself, as far as it has been asked. */
export class Provider {
  /** As its discovery document writes it, which is what its tokens bear. */
  issuer = '';
  readonly keys: RemoteKeys;

  constructor({ issuer, extraKeys }: OpenIdConnect, fetch: Deps['fetch'], clock: Deps['clock']) {
    this.keys = new RemoteKeys(async (): Promise<KeySet> => {
      const document = await json(fetch, `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
      if (typeof document['issuer'] !== 'string' || typeof document['jwks_uri'] !== 'string')
        throw new Error(`${issuer} does not describe an issuer`);
      const sets = await Promise.all([document['jwks_uri'], ...extraKeys].map((url) => json(fetch, url)));
      const { set } = readKeySet({ keys: sets.flatMap(({ keys }) => (Array.isArray(keys) ? (keys as unknown[]) : [])) });
      this.issuer = document['issuer'];
      return set;
    }, clock);
  }
}

async function json(fetch: Deps['fetch'], url: string): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await fetch(url, { headers: ['Accept', 'application/json'], timeoutMs: 5_000 });
  if (status !== 200) throw new Error(`${url} answered ${status}`);
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`${url} did not answer with a JSON object`);
  return value as Readonly<Record<string, unknown>>;
}

/** One for each issuer and scope; it outlasts reloads. */
export const providerOf = ({ scope, clock }: Exchange, options: OpenIdConnect, deps: Deps): Provider =>
  deps.memory.get(`${scope}kong:oidc:${[options.issuer, ...options.extraKeys].join(' ')}`, () => {
    const fetch: Deps['fetch'] = (url, init) => deps.fetch(url, { ...init, within: { scope, clock } });
    return new Provider(options, fetch, clock ?? deps.clock);
  });
