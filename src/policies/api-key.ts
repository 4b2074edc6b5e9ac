import type { Caller } from '../engine/exchange.ts';
import type { StepKind } from '../engine/kit.ts';
import { refuse } from '../engine/outcome.ts';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { fault } from '../model/fault.ts';
import { tokenHider, tokenReader, type TokenPlace } from './read-token.ts';

export type Consumer = NonNullable<Caller['consumer']>;

export interface ApiKeyOptions {
  readonly from: readonly TokenPlace[];
  readonly keys: readonly { readonly key: string; readonly consumer: Consumer }[];
  /** Whether the upstream must not see the key. */
  readonly hide: boolean;
}

/** Lets callers pass who present a known key, and says who they are. */
export const apiKeyKind: StepKind<ApiKeyOptions> = {
  kind: 'api-key',
  create(options, { secretFields }, { origin }) {
    for (const place of options.from) if (place.in !== 'cookie') secretFields.add(place.name.toLowerCase());
    const callers = new Map<string, Required<Pick<Caller, 'consumer' | 'credential'>>>();
    for (const { key, consumer } of options.keys) {
      if (key === '') throw new DevgatewayError(diagnosticAt('DG1209', origin, 'an API key is empty', 'give a key that cannot be guessed'));
      if (callers.has(key)) throw new DevgatewayError(diagnosticAt('DG1206', origin, `two consumers have the same API key (${consumer.username})`));
      callers.set(key, { consumer, credential: { id: consumer.id, kind: 'api-key' } });
    }
    const read = tokenReader(options.from);
    const hide = options.hide ? tokenHider(options.from) : undefined;
    const missing = refuse(fault('unauthenticated', { scheme: 'ApiKey', reason: 'no API key was presented', missing: true }));
    const unknown = refuse(fault('unauthenticated', { scheme: 'ApiKey', reason: 'the API key is not known', missing: false }));

    return (exchange) => {
      const key = read(exchange);
      if (key === undefined || key === '') return missing;
      const caller = callers.get(key);
      if (caller === undefined) return unknown;
      exchange.caller.consumer = caller.consumer;
      exchange.caller.credential = caller.credential;
      hide?.(exchange);
      return undefined;
    };
  },
};
