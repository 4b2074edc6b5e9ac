import type { Setting } from '../../../sources/setting.ts';
import type { KongConsumerGroup, Memberships } from './consumer-group.ts';
import { readId } from './formats.ts';
import { ignoreBookkeeping, reference } from './shared.ts';

export interface KongConsumer {
  readonly id: string;
  readonly username: string;
  readonly customId: string;
  readonly tags: readonly string[];
  readonly setting: Setting;
  /** Credentials by the name of their collection, such as `keyauth_credentials`. */
  readonly credentials: ReadonlyMap<string, readonly Setting[]>;
  /** By name, in the order in which Kong looks at them. */
  readonly consumerGroups: readonly KongConsumerGroup[];
}

/** What Kong asks of a consumer. decK may name one by its id alone. */
export function checkConsumer({ setting, username, customId }: KongConsumer): void {
  if (username === '' && customId === '')
    setting.problem('DG1204', `${setting.name} has neither username nor custom_id`, 'expected at least one of them');
}

/** Collections of credentials, nested in a consumer or at the top with a `consumer` key. */
export const credentialCollections = [
  'keyauth_credentials',
  'keyauth_enc_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'hmacauth_credentials',
  'acls',
  'oauth2_credentials',
  'mtls_auth_credentials',
] as const;

export function readConsumer(setting: Setting, index: number): KongConsumer {
  const username = setting.get('username').string() ?? '';
  const customId = setting.get('custom_id').string() ?? '';
  const id = readId(setting, 'consumers', username, customId || String(index));
  const credentials = new Map(credentialCollections.map((name) => [name, setting.get(name).items()] as const));
  ignoreBookkeeping(setting, { type: 'proxy consumers and application consumers call alike' });
  setting.expects(['plugins', 'groups', 'consumer_group_consumers', 'type']);
  setting.rejectUnknownKeys();
  return { id, username, customId, tags: [], setting, credentials, consumerGroups: [] };
}

/** With the credentials that stand outside, each with its consumer, and the groups. */
export function complete(consumer: KongConsumer, loose: ReadonlyMap<string, readonly Setting[]>, memberships: Memberships): KongConsumer {
  const credentials = new Map([...consumer.credentials].map(([name, own]) => [name, [...own, ...(loose.get(`${name} ${consumer.id}`) ?? [])]]));
  return { ...consumer, credentials, consumerGroups: memberships.get(consumer) ?? [] };
}

/** Credentials at the top, under the name of their collection and the id of their consumer. */
export function looseCredentials(
  roots: readonly Setting[],
  find: (key: string, setting: Setting) => KongConsumer | undefined,
): Map<string, Setting[]> {
  const found = new Map<string, Setting[]>();
  for (const name of credentialCollections) {
    for (const one of roots.flatMap((root) => root.get(name).items())) {
      const consumer = find(reference(one.get('consumer')), one.get('consumer'));
      if (consumer === undefined) {
        if (!one.get('consumer').exists)
          one.problem('DG1204', `${one.name} belongs to nobody`, 'expected consumer: the username or id of a consumer');
        continue;
      }
      const key = `${name} ${consumer.id}`;
      found.set(key, [...(found.get(key) ?? []), one]);
    }
  }
  return found;
}
