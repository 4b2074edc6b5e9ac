import type { StepKind } from '../engine/kit.ts';
import { refuse } from '../engine/outcome.ts';
import { fault } from '../model/fault.ts';
import type { Consumer } from './consumers.ts';
import { readCredential, type CredentialPlace } from './credential-place.ts';

export interface ApiKeyOptions {
  readonly places: readonly CredentialPlace[];
  readonly keys: readonly { readonly key: string; readonly consumer: Consumer | null }[];
  /** Takes the key out of the request that goes upstream. */
  readonly hide: boolean;
}

/** Finds the caller by an API key. */
export const apiKeyStep: StepKind<ApiKeyOptions> = {
  kind: 'api-key',
  create({ places, keys, hide }) {
    const known = new Map(keys.map(({ key, consumer }) => [key, consumer]));
    const headers = places.flatMap((place) => ('header' in place ? [place.header] : []));
    return (exchange) => {
      const found = readCredential(exchange, places);
      if (found === 'missing') return refuse(fault('unauthenticated', { scheme: 'Key', reason: 'no API key was sent', missing: true }));
      const consumer = found === 'unreadable' ? undefined : known.get(found.value);
      if (consumer === undefined) return refuse(fault('unauthenticated', { scheme: 'Key', reason: 'the API key is not known', missing: false }));
      if (consumer !== null) exchange.caller.consumer = consumer;
      if (hide) for (const name of headers) exchange.outgoing.headers.remove(name);
      return undefined;
    };
  },
};
