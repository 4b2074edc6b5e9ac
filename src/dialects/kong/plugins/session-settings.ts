import type { Setting } from '../../../sources/setting.ts';
import { consumerData, type ConsumerData } from '../consumer.ts';
import type { PluginContext } from './plugin.ts';

/** Names of what is told of a session, as the settings write them. */
const tellable = ['id', 'audience', 'subject', 'timeout', 'idling-timeout', 'rolling-timeout', 'absolute-timeout'] as const;
export type Tellable = (typeof tellable)[number];

/** Times in seconds; 0: no limit. */
export interface CookieKind {
  readonly name: string;
  readonly idling: number;
  readonly rolling: number;
  readonly absolute: number;
}
export interface Session {
  /** Empty: one is made up. */
  readonly secret: string;
  /** Whether data stay here and the cookie only names them. */
  readonly stored: boolean;
  readonly audience: string;
  readonly cookie: CookieKind;
  /** A second cookie, which outlasts the browser; null: none. */
  readonly remember: CookieKind | null;
  readonly staleSeconds: number;
  /** What follows the value of each cookie. */
  readonly flags: string;
  readonly responseFields: readonly Tellable[];
  readonly requestFields: readonly Tellable[];
  readonly logoutMethods: readonly string[];
  readonly logoutQuery: string;
  /** Empty: bodies are not looked at. */
  readonly logoutPost: string;
  readonly consumers: Readonly<Record<string, ConsumerData>>;
  readonly place: string;
}

/** Settings of the session plugin, with the names that they had before 3.2 (kong/plugins/session/schema.lua). */
export function readSession(config: Setting, { consumers }: PluginContext): Session {
  const either = (now: string, before: string): Setting => (config.get(now).exists ? config.get(now) : config.get(before));
  const seconds = (setting: Setting, usual: number): number => setting.number({ min: 0 }) ?? usual;
  config.get('cookie_renew').ignored('Kong 3.2 and later renew a session by its rolling timeout');
  for (const name of ['store_metadata', 'hash_subject']) config.get(name).ignored('metadata go to a table of the database that requests do not read');
  const storage = config.get('storage');
  const stored = storage.string() === 'kong';
  if (stored) storage.approximately('sessions are kept in this process').string();
  else storage.oneOf('cookie', 'kong');
  const tell = (name: string): Tellable[] =>
    config
      .get(name)
      .items()
      .flatMap((one) => one.oneOf(...tellable) ?? []);
  const methods = config.get('logout_methods');
  return {
    secret: config.get('secret').approximately('cookies are sealed in a way of our own').string() ?? '',
    stored,
    audience: config.get('audience').string() ?? 'default',
    cookie: {
      name: config.get('cookie_name').string() ?? 'session',
      idling: seconds(either('idling_timeout', 'cookie_idletime'), 900),
      rolling: seconds(either('rolling_timeout', 'cookie_lifetime'), 3_600),
      absolute: seconds(config.get('absolute_timeout'), 86_400),
    },
    remember: readRemember(config),
    staleSeconds: seconds(either('stale_ttl', 'cookie_discard'), 10),
    flags: readFlags(config, either),
    responseFields: tell('response_headers'),
    requestFields: tell('request_headers'),
    logoutMethods: methods.exists ? methods.items().flatMap((one) => one.oneOf('GET', 'POST', 'DELETE') ?? []) : ['POST', 'DELETE'],
    logoutQuery: config.get('logout_query_arg').string() ?? 'session_logout',
    logoutPost: readLogoutPost(config),
    consumers: Object.fromEntries(consumers.map((one) => [one.id, consumerData(one)])),
    place: `${config.origin.file} ${config.origin.pointer}`,
  };
}

function readLogoutPost(config: Setting): string {
  const name = config.get('logout_post_arg').string() ?? 'session_logout';
  return (config.get('read_body_for_logout').boolean() ?? false) ? name : '';
}

function readRemember(config: Setting): CookieKind | null {
  const cookie = {
    name: config.get('remember_cookie_name').string() ?? 'remember',
    idling: 0,
    rolling: config.get('remember_rolling_timeout').number({ min: 0 }) ?? 604_800,
    absolute: config.get('remember_absolute_timeout').number({ min: 0 }) ?? 2_592_000,
  };
  return (config.get('remember').boolean() ?? false) ? cookie : null;
}

/** The attributes in the order of lua-resty-session. */
function readFlags(config: Setting, either: (now: string, before: string) => Setting): string {
  const site = either('cookie_same_site', 'cookie_samesite').oneOf('Strict', 'Lax', 'None', 'Default', 'off') ?? 'Strict';
  const domain = config.get('cookie_domain').string() ?? '';
  const secure = config.get('cookie_secure').boolean() ?? true;
  const httpOnly = either('cookie_http_only', 'cookie_httponly').boolean() ?? true;
  return [
    domain === '' || domain === 'localhost' ? '' : `; Domain=${domain}`,
    `; Path=${config.get('cookie_path').string() ?? '/'}`,
    `; SameSite=${site === 'off' ? 'Lax' : site}`,
    secure || site === 'None' ? '; Secure' : '',
    httpOnly ? '; HttpOnly' : '',
  ].join('');
}
