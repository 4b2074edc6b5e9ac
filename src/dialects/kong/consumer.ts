import type { Exchange } from '../../engine/exchange.ts';
import type { Outcome } from '../../engine/outcome.ts';
import { refuse } from '../../engine/outcome.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import type { Fault } from '../../model/fault.ts';
import type { Setting } from '../../sources/setting.ts';
import { credentialId } from './entity-id.ts';
import type { KongConsumer } from './entities/consumer.ts';
import { kongError } from './faults.ts';

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
/** Each consumer is read once, however many plugins and services ask for it. */
const data = new WeakMap<KongConsumer, ConsumerData>();
export function consumerData(consumer: KongConsumer): ConsumerData {
  const known = data.get(consumer);
  if (known !== undefined) return known;
  const { id, username, customId } = consumer;
  const groups = (consumer.credentials.get('acls') ?? []).flatMap((acl) => {
    acl.get('tags').ignored('tags have no bearing on behaviour');
    acl.get('id').ignored('nothing shows the id of a group');
    return requiredText(acl, 'group') || [];
  });
  const consumerGroups = consumer.consumerGroups.map((one) => ({ id: one.id, name: one.name }));
  const read = { id, username, customId, groups, consumerGroups };
  data.set(consumer, read);
  return read;
}

/** Who calls, as the authentication plugins have found out. */
export const consumerOf = (exchange: Exchange): ConsumerData | undefined => exchange.caller.consumer as ConsumerData | undefined;

/** Groups that an authentication plugin vouches for, beside those of the consumer (kong.ctx.shared.authenticated_groups). */
export const authenticatedGroups: Slot<readonly string[]> = slot('kong authenticated groups');

/**
 * The credentials of one collection, each with its id and its owner. `read` takes what there is; a credential whose `name` is
 * missing is left out: Kong makes one up, which nobody knows. One that is there twice is refused, as Kong does.
 */
export function credentialsOf<K extends string, T extends Readonly<Record<K, string>>>(
  consumers: readonly KongConsumer[],
  collection: string,
  name: K,
  read: (credential: Setting, consumer: KongConsumer) => T,
): Credentials<T> {
  const known = collections.get(consumers) ?? new Map<string, readonly unknown[]>();
  collections.set(consumers, known);
  const before = known.get(collection) as Credentials<T> | undefined;
  if (before !== undefined) return before;
  const seen = new Set<string>();
  const all = consumers.flatMap((consumer) =>
    (consumer.credentials.get(collection) ?? []).flatMap((one) => {
      one.get('tags').ignored('tags have no bearing on behaviour');
      one.get('created_at').ignored('nothing depends on the age of a credential');
      const found = read(one, consumer);
      const id = one.get('id').string();
      const key = found[name];
      if (key === '') return [];
      if (seen.has(key)) {
        one.get(name).problem('DG1206', `the ${name} of ${one.name} is there twice`, `each of ${collection} has a ${name} of its own`);
        return [];
      }
      seen.add(key);
      return { ...found, id: id ?? credentialId(collection, key), consumer: consumerData(consumer) };
    }),
  );
  known.set(collection, all);
  return all;
}
type Credentials<T> = readonly (T & { readonly id: string; readonly consumer: ConsumerData })[];
const collections = new WeakMap<readonly KongConsumer[], Map<string, readonly unknown[]>>();

/** A text that Kong wants. */
export function requiredText(setting: Setting, name: string): string {
  const text = setting.get(name).string() ?? '';
  if (text === '') setting.problem('DG1204', `${setting.name} has no ${name}`, 'required field missing');
  return text;
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
export function put(exchange: Exchange, name: string, value: string): void {
  if (value === '') exchange.outgoing.headers.remove(name);
  else exchange.outgoing.headers.set(name, value);
}

/** Who the credential belongs to. `name`: what the upstream is told of it. */
export interface Proof {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
}

/** Makes somebody the caller and tells the upstream (set_consumer of the authentication plugins). No proof: the anonymous consumer. */
export function authenticate(exchange: Exchange, consumer: ConsumerData | null, proof: Proof | null): void {
  const { claims } = exchange.caller;
  exchange.caller = {
    ...(claims === undefined ? {} : { claims }),
    ...(consumer === null ? {} : { consumer }),
    ...(proof === null ? {} : { credential: { id: proof.id, kind: proof.kind } }),
    anonymous: proof === null,
  };
  put(exchange, 'X-Consumer-ID', consumer?.id ?? '');
  put(exchange, 'X-Consumer-Custom-ID', consumer?.customId ?? '');
  put(exchange, 'X-Consumer-Username', consumer?.username ?? '');
  put(exchange, 'X-Credential-Identifier', proof?.name ?? '');
  put(exchange, 'X-Anonymous-Consumer', proof === null ? 'true' : '');
}

/** Whether an earlier plugin has found out who calls: with an anonymous consumer, one of several plugins is enough. */
export const alreadyKnown = (exchange: Exchange, anonymous: Anonymous): boolean => anonymous.name !== '' && exchange.caller.credential !== undefined;

/** The refusal of an authentication plugin, or the anonymous consumer in its place. */
export function refuseOrAnonymous(exchange: Exchange, anonymous: Anonymous, fault: Fault): Outcome {
  if (anonymous.name === '') return refuse(fault);
  if (anonymous.consumer === null) return refuse(kongError(500, `anonymous consumer ${anonymous.name} is configured but doesn't exist`));
  authenticate(exchange, anonymous.consumer, null);
  return undefined;
}
