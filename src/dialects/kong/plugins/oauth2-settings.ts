import { pbkdf2Sync } from 'node:crypto';
import type { Setting } from '../../../sources/setting.ts';
import { anonymousOf, credentialsOf, type Anonymous, type ConsumerData } from '../consumer.ts';
import { sameSecret } from '../secrets.ts';
import type { PluginContext } from './plugin.ts';

/** An application of a consumer. */
export interface Client {
  readonly client_id: string;
  readonly secret: string;
  /** Whether `secret` is what Kong would make of it. */
  readonly hashed: boolean;
  readonly type: 'confidential' | 'public';
  /** Null: it has none, and takes part only where none is needed. */
  readonly redirectUris: readonly string[] | null;
  readonly id: string;
  readonly consumer: ConsumerData;
}
export interface OAuth2 {
  readonly scopes: readonly string[] | null;
  readonly mandatoryScope: boolean;
  readonly provisionKey: string;
  readonly expiration: number;
  readonly code: boolean;
  readonly implicit: boolean;
  readonly clientCredentials: boolean;
  readonly password: boolean;
  readonly hide: boolean;
  readonly terminated: boolean;
  readonly anonymous: Anonymous;
  readonly global: boolean;
  readonly field: string;
  readonly refreshSeconds: number;
  readonly reuseRefreshToken: boolean;
  readonly pkce: 'none' | 'lax' | 'strict';
  readonly realm: string;
  readonly trustedIps: readonly string[];
  readonly service: string;
  /** The plugin entry: codes of another one are not taken. */
  readonly plugin: string;
  readonly clients: readonly Client[];
}

const inProcess = 'tokens are kept in this process, where Kong has its database';

export function readOAuth2(config: Setting, { consumers, node, place, transform }: PluginContext): OAuth2 {
  const flag = (name: string): boolean => config.get(name).boolean() ?? false;
  const scopes = config.get('scopes');
  const options: OAuth2 = {
    scopes: scopes.exists ? scopes.strings() : null,
    mandatoryScope: flag('mandatory_scope'),
    provisionKey: config.get('provision_key').string() ?? '',
    expiration: config.get('token_expiration').approximately(inProcess).number() ?? 7_200,
    code: flag('enable_authorization_code'),
    implicit: flag('enable_implicit_grant'),
    clientCredentials: flag('enable_client_credentials'),
    password: flag('enable_password_grant'),
    hide: flag('hide_credentials'),
    terminated: flag('accept_http_if_already_terminated'),
    anonymous: anonymousOf(config.get('anonymous').string(), consumers),
    global: flag('global_credentials'),
    field: config.get('auth_header_name').string() ?? 'authorization',
    refreshSeconds: config.get('refresh_token_ttl').approximately(inProcess).number({ min: 0, max: 100_000_000 }) ?? 1_209_600,
    reuseRefreshToken: flag('reuse_refresh_token'),
    pkce: config.get('pkce').oneOf('none', 'lax', 'strict') ?? 'lax',
    realm: config.get('realm').string() ?? '',
    trustedIps: node.trustedIps,
    service: place.service,
    plugin: `${config.origin.file} ${config.origin.pointer}`,
    clients: credentialsOf(consumers, 'oauth2_credentials', 'client_id', (one) => readClient(one, transform)),
  };
  if (!options.code && !options.implicit && !options.clientCredentials && !options.password)
    config.problem(
      'DG1204',
      `${config.name} enables no flow`,
      'at least one of these fields must be true: enable_authorization_code, enable_implicit_grant, enable_client_credentials, enable_password_grant',
    );
  if (options.mandatoryScope && options.scopes === null)
    config.get('mandatory_scope').problem('DG1204', `${config.name} wants a scope and has no scopes`, 'with mandatory_scope, scopes is required');
  return options;
}

function readClient(one: Setting, transform: boolean): Omit<Client, 'id' | 'consumer'> {
  one.get('name').ignored('the name of an application is shown to people only');
  const uris = one.get('redirect_uris');
  const hash = one.get('hash_secret');
  if (transform) hash.ignored('Kong hashes the secret when it reads the file: clients show the same one');
  return {
    client_id: one.get('client_id').string() ?? '',
    secret: one.get('client_secret').string() ?? '',
    hashed: !transform && (hash.boolean() ?? false),
    type: one.get('client_type').oneOf('confidential', 'public') ?? 'confidential',
    redirectUris: uris.exists ? uris.items().flatMap(readRedirectUri) : null,
  };
}

/** kong/plugins/oauth2/daos.lua, validate_uris. */
function readRedirectUri(one: Setting): string[] {
  const uri = one.string();
  if (uri === undefined) return [];
  if (!URL.canParse(uri)) one.problem('DG1203', `${one.name} is ${JSON.stringify(uri)}`, 'expected an absolute URL');
  else if (uri.includes('#')) one.problem('DG1203', `${one.name} has a fragment`, 'a redirect URI cannot contain a fragment');
  else return [uri];
  return [];
}

/** Whether the client is who it says. One without a secret has one that nobody knows. */
export function knowsSecret({ secret, hashed }: Client, given: unknown): boolean {
  if (typeof given !== 'string' || secret === '') return false;
  return hashed ? verifies(given, secret) : sameSecret(given, secret);
}

/** kong/plugins/oauth2/secret.lua: a PHC string as Kong writes them. */
function verifies(given: string, phc: string): boolean {
  const [, salt, hash] = /^\$pbkdf2-sha512\$i=10000,l=32\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc) ?? [];
  if (salt === undefined || hash === undefined) return false;
  const made = pbkdf2Sync(given, Buffer.from(salt, 'base64'), 10_000, 32, 'sha512');
  return sameSecret(made.toString('base64').replaceAll('=', ''), hash);
}
