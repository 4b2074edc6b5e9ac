import type { Exchange } from '../../../engine/exchange.ts';
import type { Outcome } from '../../../engine/outcome.ts';
import { formatQuery, parseQuery } from '../../../http/query.ts';
import { alreadyKnown, anonymousOf, authenticate, credentialsOf, refuseOrAnonymous, type Anonymous, type ConsumerData } from '../consumer.ts';
import { kongError } from '../faults.ts';
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

/** Source: kong/plugins/key-auth/handler.lua. */
export const keyAuth: KongPlugin = definePlugin<KeyAuth>({
  name: 'key-auth',
  read(config, { consumers }) {
    const realm = config.get('realm').string();
    const keys = credentialsOf(consumers, 'keyauth_credentials', (one) => {
      one.get('ttl').ignored('keys do not expire here');
      return { key: one.get('key').string() ?? '' };
    });
    const options: KeyAuth = {
      names: config.get('key_names').exists ? config.get('key_names').strings() : ['apikey'],
      inHeader: config.get('key_in_header').boolean() ?? true,
      inQuery: config.get('key_in_query').boolean() ?? true,
      inBody: config.get('key_in_body').boolean() ?? false,
      hide: config.get('hide_credentials').boolean() ?? false,
      preflight: config.get('run_on_preflight').boolean() ?? true,
      challenge: realm === undefined ? 'Key' : `Key realm="${realm}"`,
      anonymous: anonymousOf(config.get('anonymous').string(), consumers),
      keys,
    };
    return { access: options };
  },
  access(options, { secretFields }) {
    for (const name of options.names) secretFields.add(name.toLowerCase());
    const known = new Map(options.keys.map((one) => [one.key, one]));
    const challenge = ['WWW-Authenticate', options.challenge];
    const judge = (exchange: Exchange, found: string | undefined): Outcome => {
      const { anonymous } = options;
      if (found === 'twice') return refuseOrAnonymous(exchange, anonymous, kongError(401, 'Duplicate API key found', challenge));
      if (found === undefined || found === '')
        return refuseOrAnonymous(exchange, anonymous, kongError(401, 'No API key found in request', challenge));
      const credential = known.get(found.slice(1));
      if (credential === undefined) return refuseOrAnonymous(exchange, anonymous, kongError(401, 'Unauthorized', challenge));
      authenticate(exchange, credential.consumer, { id: credential.id, kind: 'key-auth', name: credential.id });
      return undefined;
    };
    return (exchange) => {
      if (!options.preflight && exchange.method === 'OPTIONS') return undefined;
      if (alreadyKnown(exchange, options.anonymous)) return undefined;
      const outside = find(exchange, options);
      if (outside !== undefined || !options.inBody || exchange.body.isEmpty) return judge(exchange, outside);
      return findInBody(exchange, options).then((found) => judge(exchange, found));
    };
  },
});

/** A found key is marked by `=`, so that no key can be taken for the word `twice`. */
function find(exchange: Exchange, { names, inHeader, inQuery, hide }: KeyAuth): string | undefined {
  for (const name of names) {
    const values = inHeader ? exchange.arrived.headers.getAll(name) : [];
    const queried = inQuery && values.length === 0 ? parseQuery(exchange.query).flatMap(([key, value]) => (key === name ? [value] : [])) : [];
    const found = values.length > 0 ? values : queried;
    if (found.length === 0) continue;
    if (found.length > 1) return 'twice';
    if (hide) {
      exchange.outgoing.headers.remove(name);
      if (queried.length > 0) exchange.query = formatQuery(parseQuery(exchange.query).filter(([key]) => key !== name));
    }
    return `=${found[0] as string}`;
  }
  return undefined;
}

async function findInBody(exchange: Exchange, { names, hide }: KeyAuth): Promise<string | undefined> {
  const type = exchange.arrived.headers.get('content-type') ?? '';
  const text = (await exchange.body.whole(10 * 1024 * 1024)).toString('utf8');
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const pairs = parseQuery(text);
    for (const name of names) {
      const values = pairs.flatMap(([key, value]) => (key === name ? [value] : []));
      if (values.length > 1) return 'twice';
      if (values[0] === undefined) continue;
      if (hide) exchange.body.replace(Buffer.from(formatQuery(pairs.filter(([key]) => key !== name))));
      return `=${values[0]}`;
    }
  } else if (type.startsWith('application/json')) {
    try {
      const value = JSON.parse(text) as Record<string, unknown>;
      for (const name of names) {
        const key = value[name];
        if (Array.isArray(key)) return 'twice';
        if (typeof key !== 'string') continue;
        if (hide) exchange.body.replace(Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(value).filter(([one]) => one !== name)))));
        return `=${key}`;
      }
    } catch {
      return undefined;
    }
  }
  return undefined;
}
