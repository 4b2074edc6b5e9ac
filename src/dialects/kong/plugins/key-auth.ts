import type { Exchange } from '../../../engine/exchange.ts';
import type { Outcome } from '../../../engine/outcome.ts';
import { bodyArgs, type BodyArgs } from '../body-args.ts';
import { alreadyKnown, anonymousOf, authenticate, credentialsOf, refuseOrAnonymous, type Anonymous, type ConsumerData } from '../consumer.ts';
import { kongError } from '../faults.ts';
import { clearQueryArg, decodeArgs, headerArg } from '../request-args.ts';
import { bySecret } from '../secrets.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface KeyAuth {
  readonly names: readonly string[];
  readonly inHeader: boolean;
  readonly inQuery: boolean;
  readonly inBody: boolean;
  readonly hide: boolean;
  readonly preflight: boolean;
  readonly challenge: string;
  readonly anonymous: Anonymous;
  readonly keys: readonly { readonly key: string; readonly id: string; readonly consumer: ConsumerData }[];
}
/** No key: '' . More than one value for a name: null. */
type Found = string | null;

/** Source: kong/plugins/key-auth/handler.lua. */
const keyPlugin = (name: 'key-auth' | 'key-auth-enc', collection: string, note: string): KongPlugin =>
  definePlugin<KeyAuth>({
    name,
    read(setting, { consumers }) {
      const config = note === '' ? setting : setting.approximately(note);
      const realm = config.get('realm').string();
      const keys = credentialsOf(consumers, collection, 'key', (one) => {
        one.get('ttl').ignored('keys do not expire here');
        return { key: one.get('key').string() ?? '' };
      });
      const names = config.get('key_names');
      for (const one of names.items())
        if (!/^[\w-]+$/.test(one.string() ?? ''))
          one.problem('DG1203', `${one.name} is no name of a field`, "allowed characters are A-Z, a-z, 0-9, '_', and '-'");
      return {
        access: {
          names: names.exists ? names.strings() : ['apikey'],
          inHeader: config.get('key_in_header').boolean() ?? true,
          inQuery: config.get('key_in_query').boolean() ?? true,
          inBody: config.get('key_in_body').boolean() ?? false,
          hide: config.get('hide_credentials').boolean() ?? false,
          preflight: config.get('run_on_preflight').boolean() ?? true,
          challenge: realm === undefined ? 'Key' : `Key realm="${realm}"`,
          anonymous: anonymousOf(config.get('anonymous').string(), consumers),
          keys,
        },
      };
    },
    access(options, { secretFields }) {
      for (const one of options.names) for (const spelled of [one, one.replaceAll('_', '-')]) secretFields.add(spelled.toLowerCase());
      const credentialWith = bySecret(options.keys, (one) => one.key);
      const refusal = (message: string) => kongError(401, message, ['WWW-Authenticate', options.challenge]);
      const missing = refusal('No API key found in request');
      const twice = refusal('Duplicate API key found');
      const wrong = refusal('Unauthorized');
      const judge = (exchange: Exchange, body: BodyArgs | null): Outcome => {
        const found = find(exchange, options, body);
        if (found === null) return refuseOrAnonymous(exchange, options.anonymous, twice);
        if (found === '') return refuseOrAnonymous(exchange, options.anonymous, missing);
        const credential = credentialWith(found);
        if (credential === undefined) return refuseOrAnonymous(exchange, options.anonymous, wrong);
        authenticate(exchange, credential.consumer, { id: credential.id, kind: name, name: credential.id });
        return undefined;
      };
      return (exchange) => {
        if (!options.preflight && exchange.method === 'OPTIONS') return undefined;
        if (alreadyKnown(exchange, options.anonymous)) return undefined;
        return options.inBody ? bodyArgs(exchange).then((body) => judge(exchange, body)) : judge(exchange, null);
      };
    },
  });

export const keyAuth: KongPlugin = keyPlugin('key-auth', 'keyauth_credentials', '');
/** Kong Enterprise: the keys are encrypted in its database, which nobody sees from outside. */
export const keyAuthEnc: KongPlugin = keyPlugin('key-auth-enc', 'keyauth_enc_credentials', 'from public documentation');

/** The first name that has a text counts, wherever it stands; a text that is hidden goes out of every place. */
function find(exchange: Exchange, { names, inHeader, inQuery, hide }: KeyAuth, body: BodyArgs | null): Found {
  let query: ReturnType<typeof decodeArgs> | undefined;
  for (const name of names) {
    const value =
      (inHeader ? headerArg(exchange, name) : undefined) ??
      (inQuery ? (query ??= decodeArgs(exchange.query)).get(name) : undefined) ??
      body?.args.get(name);
    if (typeof value === 'object' && value !== null) return null;
    if (typeof value !== 'string') continue;
    if (hide) {
      clearQueryArg(exchange, name);
      exchange.outgoing.headers.remove(name);
      body?.write(new Map([...body.args].filter(([key]) => key !== name)));
    }
    return value;
  }
  return '';
}
