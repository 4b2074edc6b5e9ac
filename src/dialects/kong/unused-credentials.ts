import type { KongEntities } from './entities/read-entities.ts';

/** Which plugin asks for the credentials of each collection. */
const askedBy: Readonly<Record<string, string>> = {
  keyauth_credentials: 'key-auth',
  keyauth_enc_credentials: 'key-auth-enc',
  basicauth_credentials: 'basic-auth',
  jwt_secrets: 'jwt',
  hmacauth_credentials: 'hmac-auth',
  oauth2_credentials: 'oauth2',
  acls: 'acl',
};

/** Says of credentials that no plugin of this configuration asks for that they do nothing. */
export function settleUnusedCredentials({ consumers, plugins }: KongEntities): void {
  const asking = new Set(plugins.filter((one) => one.enabled).map((one) => one.name));
  for (const { credentials } of consumers) {
    for (const [collection, list] of credentials) {
      const plugin = askedBy[collection];
      if (plugin === undefined || asking.has(plugin)) continue;
      for (const one of list) one.ignored(`no plugin ${plugin} asks for it`);
    }
  }
}
