import type { Exchange } from '../../engine/exchange.ts';
import type { Outcome } from '../../engine/outcome.ts';
import { refuse } from '../../engine/outcome.ts';
import type { Fault } from '../../model/fault.ts';
import type { Setting } from '../../sources/setting.ts';
import type { KongConsumer } from './entities/consumer.ts';
import { kongExit } from './faults.ts';

/** A consumer as the steps know it: plain data of the model. */
export interface ConsumerData {
  readonly id: string;
  readonly username: string;
  readonly customId: string;
  /** Groups of the plugin acl. */
  readonly groups: readonly string[];
  /** The groups that plugins stand on, by name. */
  readonly consumerGroups: readonly { readonly id: string; readonly name: string }[];
}
export const consumerData = (consumer: KongConsumer): ConsumerData => ({
  id: consumer.id,
  username: consumer.username,
  customId: consumer.customId,
  groups: (consumer.credentials.get('acls') ?? []).flatMap((acl) => acl.get('group').string() ?? []),
  consumerGroups: consumer.consumerGroups.map(({ id, name }) => ({ id, name })),
});

/** Who calls, as the authentication plugins have found out. */
export const consumerOf = (exchange: Exchange): ConsumerData | undefined => exchange.caller.consumer as ConsumerData | undefined;

/** The credentials of one collection, each with its id and its owner. `read` takes what else there is. */
export function credentialsOf<T extends object>(
  consumers: readonly KongConsumer[],
  collection: string,
  read: (credential: Setting) => T,
): (T & { readonly id: string; readonly consumer: ConsumerData })[] {
  return consumers.flatMap((consumer) =>
    (consumer.credentials.get(collection) ?? []).map((one, index) => {
      one.get('tags').ignored('tags have no bearing on behaviour');
      return { ...read(one), id: one.get('id').string() ?? `${collection} ${index} of ${consumer.id}`, consumer: consumerData(consumer) };
    }),
  );
}

/** What an authentication plugin does where it refuses: nothing, or let an anonymous consumer pass. */
export interface Anonymous {
  /** As configured; empty: nobody. */
  readonly name: string;
  readonly consumer: ConsumerData | null;
}
export function anonymousOf(name: string | undefined, consumers: readonly KongConsumer[]): Anonymous {
  const found = name === undefined || name === '' ? undefined : consumers.find((one) => one.id === name || one.username === name);
  return { name: name ?? '', consumer: found === undefined ? null : consumerData(found) };
}

/** Sets or clears a field of the upstream request. */
function put(exchange: Exchange, name: string, value: string): void {
  if (value === '') exchange.outgoing.headers.remove(name);
  else exchange.outgoing.headers.set(name, value);
}

/** Makes somebody the caller and tells the upstream (set_consumer of the authentication plugins). */
export function authenticate(
  exchange: Exchange,
  consumer: ConsumerData,
  credential: { readonly id: string; readonly kind: string; readonly name: string } | null,
): void {
  exchange.caller = { ...exchange.caller, consumer, anonymous: credential === null };
  if (credential !== null) exchange.caller.credential = { id: credential.id, kind: credential.kind };
  put(exchange, 'X-Consumer-ID', consumer.id);
  put(exchange, 'X-Consumer-Custom-ID', consumer.customId);
  put(exchange, 'X-Consumer-Username', consumer.username);
  put(exchange, 'X-Credential-Identifier', credential?.name ?? '');
  put(exchange, 'X-Anonymous-Consumer', credential === null ? 'true' : '');
}

/** Whether an earlier plugin has found out who calls: with an anonymous consumer, one of several plugins is enough. */
export const alreadyKnown = (exchange: Exchange, anonymous: Anonymous): boolean => anonymous.name !== '' && exchange.caller.credential !== undefined;

/** The refusal of an authentication plugin, or the anonymous consumer in its place. */
export function refuseOrAnonymous(exchange: Exchange, anonymous: Anonymous, fault: Fault): Outcome {
  if (anonymous.name === '') return refuse(fault);
  if (anonymous.consumer === null) return refuse(kongExit(500, { message: `anonymous consumer ${anonymous.name} is configured but doesn't exist` }));
  authenticate(exchange, anonymous.consumer, null);
  return undefined;
}
