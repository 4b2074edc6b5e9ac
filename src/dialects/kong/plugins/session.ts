import type { Exchange } from '../../../engine/exchange.ts';
import { reply, type Outcome } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { bodyArgs } from '../body-args.ts';
import { authenticate, authenticatedGroups, put } from '../consumer.ts';
import { decodeArgs } from '../request-args.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { SessionJar, type OpenSession } from './session-jar.ts';
import { readSession, type Session } from './session-settings.ts';

const opened: Slot<OpenSession> = slot('kong session');

/** Source: kong/plugins/session/{access,header_filter,session}.lua. */
export const session: KongPlugin = definePlugin<Session, Session>({
  name: 'session',
  read(config, context) {
    const options = readSession(config, context);
    return { access: options, headerFilter: options };
  },
  access(options, deps) {
    const jar = new SessionJar(options, deps);
    const enter = (exchange: Exchange, found: OpenSession, leaves: boolean): Outcome => {
      if (leaves) {
        jar.logout(exchange, found);
        return reply(200, [], '');
      }
      const data = jar.dataOf(found);
      const consumer = options.consumers[data?.consumer ?? ''];
      if (data === undefined || consumer === undefined) {
        jar.logout(exchange, found);
        return undefined;
      }
      jar.refresh(exchange, found);
      const told = jar.tell(exchange, found, options.requestFields);
      for (let at = 0; at < told.length; at += 2) exchange.outgoing.headers.set(told[at] as string, told[at + 1] as string);
      found.fields = jar.tell(exchange, found, options.responseFields);
      authenticate(exchange, consumer, { id: data.credential, kind: 'session', name: data.credential });
      put(exchange, 'X-Authenticated-Groups', data.groups?.join(', ') ?? '');
      if (data.groups !== null) exchange.write(authenticatedGroups, data.groups);
      return undefined;
    };
    return (exchange) => {
      const found = jar.open(exchange);
      if (found.state === null) return undefined;
      exchange.write(opened, found);
      if (!options.logoutMethods.includes(exchange.method)) return enter(exchange, found, false);
      if (options.logoutQuery !== '' && decodeArgs(exchange.query).has(options.logoutQuery)) return enter(exchange, found, true);
      if (options.logoutPost === '') return enter(exchange, found, false);
      return bodyArgs(exchange).then((body) => enter(exchange, found, body?.args.has(options.logoutPost) ?? false));
    };
  },
  headerFilter(options, deps) {
    const jar = new SessionJar(options, deps);
    return (exchange) => {
      const { response, caller } = exchange;
      if (response === null) return undefined;
      const found = exchange.read(opened) ?? { state: null, cookies: new Map<string, string>(), fields: [] };
      const { consumer, credential } = caller;
      const data = jar.dataOf(found);
      // Nobody anonymous has a session, and one that is of the caller already is left as it is.
      if (consumer !== undefined && credential !== undefined && (data?.consumer !== consumer.id || data.credential !== credential.id)) {
        jar.save(exchange, found, {
          consumer: consumer.id,
          credential: credential.id,
          groups: exchange.read(authenticatedGroups) ?? null,
          subject: consumer.username || consumer.customId || consumer.id,
        });
        found.fields = jar.tell(exchange, found, options.responseFields);
      }
      for (const [name, value] of found.cookies) response.headers.append('Set-Cookie', `${name}=${value}`);
      for (let at = 0; at < found.fields.length; at += 2) response.headers.set(found.fields[at] as string, found.fields[at + 1] as string);
      return undefined;
    };
  },
});
