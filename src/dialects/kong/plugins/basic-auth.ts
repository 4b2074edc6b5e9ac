import { basicCredentials } from '../../../http/basic-credentials.ts';
import { alreadyKnown, anonymousOf, authenticate, credentialsOf, refuseOrAnonymous, type Anonymous, type ConsumerData } from '../consumer.ts';
import { kongError } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface BasicAuth {
  readonly hide: boolean;
  readonly challenge: string;
  readonly anonymous: Anonymous;
  readonly users: readonly { readonly username: string; readonly password: string; readonly id: string; readonly consumer: ConsumerData }[];
}

/** Source: kong/plugins/basic-auth/access.lua. */
export const basicAuth: KongPlugin = definePlugin<BasicAuth>({
  name: 'basic-auth',
  read(config, { consumers }) {
    const users = credentialsOf(consumers, 'basicauth_credentials', (one) => ({
      username: one.get('username').string() ?? '',
      password: one.get('password').string() ?? '',
    }));
    const options: BasicAuth = {
      hide: config.get('hide_credentials').boolean() ?? false,
      challenge: `Basic realm="${config.get('realm').string() ?? 'service'}"`,
      anonymous: anonymousOf(config.get('anonymous').string(), consumers),
      users,
    };
    return { access: options };
  },
  access(options) {
    const known = new Map(options.users.map((one) => [one.username, one]));
    const refusal = kongError(401, 'Unauthorized', ['WWW-Authenticate', options.challenge]);
    return (exchange) => {
      if (alreadyKnown(exchange, options.anonymous)) return undefined;
      const { headers } = exchange.arrived;
      const field = headers.get('proxy-authorization') ?? headers.get('authorization');
      const given = field === undefined ? undefined : basicCredentials(field);
      if (options.hide && field !== undefined) exchange.outgoing.headers.remove('authorization');
      const user = given === undefined ? undefined : known.get(given.user);
      if (user === undefined || given?.password !== user.password) return refuseOrAnonymous(exchange, options.anonymous, refusal);
      authenticate(exchange, user.consumer, { id: user.id, kind: 'basic-auth', name: user.username });
      return undefined;
    };
  },
});
