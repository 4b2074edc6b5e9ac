import { createHash } from 'node:crypto';
import type { Exchange } from '../../../engine/exchange.ts';
import {
  alreadyKnown,
  anonymousOf,
  authenticate,
  credentialsOf,
  refuseOrAnonymous,
  requiredText,
  type Anonymous,
  type ConsumerData,
} from '../consumer.ts';
import { kongError } from '../faults.ts';
import { decodeBase64, sameSecret } from '../secrets.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface User {
  readonly username: string;
  readonly password: string;
  readonly id: string;
  readonly consumer: ConsumerData;
}
interface BasicAuth {
  readonly hide: boolean;
  readonly challenge: string;
  readonly anonymous: Anonymous;
  /** Whether the file holds what Kong would make of passwords (`_transform: false`), not passwords. */
  readonly hashed: boolean;
  readonly users: readonly User[];
}
interface Given {
  readonly username: string;
  readonly password: string;
}

/** Source: kong/plugins/basic-auth/access.lua. */
export const basicAuth: KongPlugin = definePlugin<BasicAuth>({
  name: 'basic-auth',
  read(config, { consumers, transform }) {
    return {
      access: {
        hide: config.get('hide_credentials').boolean() ?? false,
        challenge: `Basic realm="${config.get('realm').string() ?? 'service'}"`,
        anonymous: anonymousOf(config.get('anonymous').string(), consumers),
        hashed: !transform,
        users: credentialsOf(consumers, 'basicauth_credentials', 'username', (one) => ({
          username: requiredText(one, 'username'),
          password: requiredText(one, 'password'),
        })),
      },
    };
  },
  access(options, { secretFields }) {
    for (const name of ['authorization', 'proxy-authorization']) secretFields.add(name);
    const known = new Map(options.users.map((one) => [one.username, one]));
    const refusal = kongError(401, 'Unauthorized', ['WWW-Authenticate', options.challenge]);
    const holds = ({ password, consumer }: User, given: string): boolean => sameSecret(options.hashed ? hash(given, consumer.id) : given, password);
    return (exchange) => {
      if (alreadyKnown(exchange, options.anonymous)) return undefined;
      let user: User | undefined;
      let given: Given | undefined;
      // What the first field names counts where somebody has that name, else what the other one names.
      for (const field of ['proxy-authorization', 'authorization']) {
        if (user !== undefined) break;
        given = givenIn(exchange, field, options.hide);
        user = given === undefined ? undefined : known.get(given.username);
      }
      if (user === undefined || given === undefined || !holds(user, given.password)) return refuseOrAnonymous(exchange, options.anonymous, refusal);
      authenticate(exchange, user.consumer, { id: user.id, kind: 'basic-auth', name: user.username });
      return undefined;
    };
  },
});

function givenIn(exchange: Exchange, field: string, hide: boolean): Given | undefined {
  const value = exchange.arrived.headers.get(field);
  if (hide) exchange.outgoing.headers.remove(field);
  const coded = /[Bb]asic\s*(.+)/.exec(value ?? '')?.[1];
  const text = coded === undefined ? undefined : decodeBase64(coded);
  const parts = /([^:]+):(.*)/.exec(text ?? '');
  return parts === null ? undefined : { username: parts[1] as string, password: parts[2] as string };
}

/** As Kong keeps a password (kong/plugins/basic-auth/crypto.lua). */
const hash = (password: string, consumer: string): string =>
  createHash('sha1')
    .update(password + consumer)
    .digest('hex');
