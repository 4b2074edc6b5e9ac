import type { Setting } from '../../../sources/setting.ts';
import { reference } from './shared.ts';

export interface KongConsumer {
  readonly id: string;
  readonly username: string;
  readonly customId: string;
  readonly tags: readonly string[];
  readonly setting: Setting;
  /** Credentials by the name of their collection, such as `keyauth_credentials`. */
  readonly credentials: ReadonlyMap<string, readonly Setting[]>;
}

/** Collections of credentials, nested in a consumer or at the top with a `consumer` key. */
export const credentialCollections = [
  'keyauth_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'hmacauth_credentials',
  'acls',
  'oauth2_credentials',
] as const;

export function readConsumer(setting: Setting, index: number, loose: ReadonlyMap<string, readonly Setting[]>): KongConsumer {
  const username = setting.get('username').string() ?? '';
  const id = setting.get('id').string() ?? `consumer ${username || index}`;
  setting.get('groups').ignored('consumer groups are not mirrored yet');
  const credentials = new Map<string, readonly Setting[]>(
    credentialCollections.map((name) => {
      const outside = (loose.get(name) ?? []).filter((one) => [username, id].includes(reference(one.get('consumer'))));
      return [name, [...setting.get(name).items(), ...outside]];
    }),
  );
  return { id, username, customId: setting.get('custom_id').string() ?? '', tags: setting.get('tags').strings(), setting, credentials };
}
