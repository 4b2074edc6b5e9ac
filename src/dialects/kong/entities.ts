import type { Setting } from '../../sources/setting.ts';

export interface KongService {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connectTimeout: number;
  readonly readTimeout: number;
  readonly tlsVerify: boolean;
  /** As if its routes were not there where it is not. */
  readonly enabled: boolean;
  readonly setting: Setting;
}
export interface KongRoute {
  readonly id: string;
  readonly name: string;
  readonly service: KongService | null;
  readonly protocols: readonly string[];
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly (readonly [string, readonly string[]])[];
  readonly snis: readonly string[];
  readonly sources: readonly Peer[];
  readonly destinations: readonly Peer[];
  readonly expression: string;
  readonly priority: number;
  readonly regexPriority: number;
  readonly stripPath: boolean;
  readonly pathHandling: 'v0' | 'v1';
  readonly preserveHost: boolean;
  readonly redirectStatus: number;
  readonly createdAt: number;
  readonly setting: Setting;
}
export interface Peer {
  readonly ip: string;
  readonly port: number;
}
export interface KongConsumer {
  readonly id: string;
  readonly username: string;
  readonly customId: string;
  readonly tags: readonly string[];
  readonly setting: Setting;
  /** Credentials by the name of their collection, such as `keyauth_credentials`. */
  readonly credentials: ReadonlyMap<string, readonly Setting[]>;
}
export interface KongPluginEntry {
  readonly name: string;
  readonly enabled: boolean;
  readonly config: Setting;
  readonly setting: Setting;
  readonly service: string;
  readonly route: string;
  readonly consumer: string;
}
export interface KongUpstream {
  readonly name: string;
  readonly targets: readonly { readonly address: string; readonly weight: number }[];
  readonly hostHeader: string;
  readonly setting: Setting;
}
export interface KongEntities {
  readonly services: readonly KongService[];
  readonly routes: readonly KongRoute[];
  readonly consumers: readonly KongConsumer[];
  readonly plugins: readonly KongPluginEntry[];
  readonly upstreams: readonly KongUpstream[];
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

/** Reads the entities of a declarative file, nested ones and those at the top. */
export function readEntities(root: Setting): KongEntities {
  const version = root.get('_format_version');
  if (!/^(?:1\.1|2\.1|3(?:\.0)?)$/.test(version.string() ?? '3.0'))
    version.problem('DG1203', `_format_version is ${version.string() ?? ''}`, 'expected 1.1, 2.1 or 3.0');
  root.get('_transform').ignored('passwords are compared as they stand');
  root.get('_info').ignored('describes the file to decK');
  root.get('_comment').ignored('a comment');
  root.get('_ignore').ignored('not read by Kong either');
  root.get('_workspace').ignored('there is one workspace here');
  root.get('_konnect').ignored('describes the file to decK');
  const services: KongService[] = [];
  const routes: KongRoute[] = [];
  const consumers: KongConsumer[] = [];
  const plugins: KongPluginEntry[] = [];
  const none = { service: '', route: '', consumer: '' };

  const addRoute = (setting: Setting, owner: KongService | null): void => {
    const service = owner ?? serviceNamed(reference(setting.get('service')), services);
    if (owner === null && service === undefined && reference(setting.get('service')) !== '') {
      setting
        .get('service')
        .problem(
          'DG1205',
          `there is no service ${JSON.stringify(reference(setting.get('service')))}`,
          'expected the name or id of a service of this file',
        );
    }
    const route = readRoute(setting.as('kong/route'), service ?? null, routes.length);
    routes.push(route);
    for (const one of setting.get('plugins').items()) plugins.push(readPlugin(one, { ...none, route: route.id, service: '' }));
  };
  for (const setting of root.get('services').items()) {
    const service = readService(setting.as('kong/service'), services.length);
    services.push(service);
    for (const one of setting.get('plugins').items()) plugins.push(readPlugin(one, { ...none, service: service.id }));
  }
  for (const [index, setting] of root.get('services').items().entries())
    for (const one of setting.get('routes').items()) addRoute(one, services[index] as KongService);
  for (const setting of root.get('routes').items()) addRoute(setting, null);
  const loose = new Map(credentialCollections.map((name) => [name, root.get(name).items()]));
  for (const setting of root.get('consumers').items()) {
    const consumer = readConsumer(setting.as('kong/consumer'), consumers.length, loose);
    consumers.push(consumer);
    for (const one of setting.get('plugins').items()) plugins.push(readPlugin(one, { ...none, consumer: consumer.id }));
  }
  for (const setting of root.get('plugins').items()) plugins.push(readPlugin(setting, none));
  const byName = <T extends { readonly id: string }>(all: readonly T[], name: string, nameOf: (one: T) => string): string =>
    all.find((one) => one.id === name || nameOf(one) === name)?.id ?? name;
  const upstreams = root
    .get('upstreams')
    .items()
    .map((one) => readUpstream(one.as('kong/upstream'), root.get('targets').items()));
  return {
    services,
    routes,
    consumers,
    upstreams,
    plugins: plugins.map((one) => ({
      ...one,
      service: one.service === '' ? '' : byName(services, one.service, (service) => service.name),
      route: one.route === '' ? '' : byName(routes, one.route, (route) => route.name),
      consumer: one.consumer === '' ? '' : byName(consumers, one.consumer, (consumer) => consumer.username),
    })),
  };
}

/** A foreign key: a name or id, or `{name}` or `{id}`. */
function reference(setting: Setting): string {
  if (!setting.exists) return '';
  if (setting.kind === 'map') return setting.get('id').string() ?? setting.get('name').string() ?? setting.get('username').string() ?? '';
  return setting.string() ?? '';
}
const serviceNamed = (name: string, services: readonly KongService[]): KongService | undefined =>
  name === '' ? undefined : services.find((one) => one.name === name || one.id === name);

function readService(setting: Setting, index: number): KongService {
  const url = setting.get('url').string();
  const parsed = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  if (url !== undefined && parsed === undefined)
    setting.get('url').problem('DG1203', `${setting.name}.url is ${JSON.stringify(url)}`, 'expected a URL such as http://orders:8080/base');
  const protocol =
    setting.get('protocol').oneOf('http', 'https', 'grpc', 'grpcs', 'tcp', 'tls', 'udp', 'tls_passthrough', 'ws', 'wss') ??
    parsed?.protocol.slice(0, -1) ??
    'http';
  const usual = protocol === 'https' || protocol === 'grpcs' || protocol === 'wss' ? 443 : 80;
  const name = setting.get('name').string() ?? '';
  const host = setting.get('host').string() ?? parsed?.hostname.replaceAll(/^\[|\]$/g, '') ?? '';
  if (host === '') setting.problem('DG1204', `${setting.name} has no host`, 'expected url, or host with port');
  for (const key of ['retries', 'write_timeout', 'tags', 'ca_certificates', 'client_certificate', 'tls_verify_depth', 'tls_sans'])
    ignoreIfThere(setting, key);
  return {
    enabled: setting.get('enabled').boolean() ?? true,
    id: setting.get('id').string() ?? `service ${name || index}`,
    name,
    protocol,
    host,
    port:
      setting.get('port').number({ min: 0, max: 65_535, integer: true }) ??
      (parsed?.port
        ? Number(parsed.port)
        : parsed === undefined && setting.get('port').exists === false && url === undefined
          ? usual === 443
            ? 443
            : 80
          : usual),
    path:
      setting.get('path').string() ?? (parsed !== undefined && parsed.pathname !== '/' ? parsed.pathname : (url?.endsWith('/') ?? false) ? '/' : ''),
    connectTimeout: setting.get('connect_timeout').number({ min: 1 }) ?? 60_000,
    readTimeout: setting.get('read_timeout').number({ min: 1 }) ?? 60_000,
    tlsVerify: setting.get('tls_verify').boolean() ?? false,
    setting,
  };
}

const notYet: Readonly<Record<string, string>> = {
  retries: 'failed connections are not tried again',
  write_timeout: 'writing has no time limit of its own',
  tags: 'tags have no bearing on behaviour',
};
function ignoreIfThere(setting: Setting, key: string): void {
  const found = setting.get(key);
  if (found.exists) found.ignored(notYet[key] ?? `${key} is not mirrored yet`);
}

function readRoute(setting: Setting, service: KongService | null, index: number): KongRoute {
  const name = setting.get('name').string() ?? '';
  for (const key of ['tags', 'request_buffering', 'response_buffering']) ignoreIfThere(setting, key);
  const expression = setting.get('expression').string() ?? '';
  const protocols = setting.get('protocols').strings();
  return {
    id: setting.get('id').string() ?? `route ${name || index}`,
    name,
    service,
    protocols: protocols.length === 0 ? ['http', 'https'] : protocols,
    hosts: setting.get('hosts').strings(),
    paths: setting.get('paths').strings(),
    methods: setting.get('methods').strings(),
    headers: setting
      .get('headers')
      .entries()
      .map(([header, values]) => [header.toLowerCase(), values.strings()] as const),
    snis: setting
      .get('snis')
      .strings()
      .map((one) => one.replace(/\.$/, '')),
    sources: setting.get('sources').items().map(readPeer),
    destinations: setting.get('destinations').items().map(readPeer),
    expression,
    priority: setting.get('priority').number() ?? 0,
    regexPriority: setting.get('regex_priority').number() ?? 0,
    stripPath: setting.get('strip_path').boolean() ?? true,
    pathHandling: setting.get('path_handling').oneOf('v0', 'v1') ?? 'v0',
    preserveHost: setting.get('preserve_host').boolean() ?? false,
    redirectStatus: setting.get('https_redirect_status_code').number() ?? 426,
    createdAt: setting.get('created_at').number() ?? 0,
    setting,
  };
}
const readPeer = (setting: Setting): Peer => ({ ip: setting.get('ip').string() ?? '', port: setting.get('port').number() ?? 0 });

function readConsumer(setting: Setting, index: number, loose: ReadonlyMap<string, readonly Setting[]>): KongConsumer {
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

function readPlugin(setting: Setting, owner: { service: string; route: string; consumer: string }): KongPluginEntry {
  const entry = setting.as('kong/plugin');
  for (const key of ['tags', 'id', 'created_at', 'instance_name', 'protocols', '_config', 'ordering']) {
    const found = entry.get(key);
    if (!found.exists) continue;
    if (key === '_config' || key === 'ordering' || key === 'protocols') found.ignored(`${key} is not mirrored yet`);
    else found.ignored('has no bearing on behaviour');
  }
  const own = (key: 'service' | 'route' | 'consumer'): string => reference(entry.get(key)) || owner[key];
  return {
    name: entry.get('name').string() ?? '',
    enabled: entry.get('enabled').boolean() ?? true,
    config: setting.get('config'),
    setting: entry,
    service: own('service'),
    route: own('route'),
    consumer: own('consumer'),
  };
}

function readUpstream(setting: Setting, loose: readonly Setting[]): KongUpstream {
  const name = setting.get('name').string() ?? '';
  const targets = [...setting.get('targets').items(), ...loose.filter((one) => reference(one.get('upstream')) === name)];
  for (const key of [
    'algorithm',
    'hash_on',
    'hash_fallback',
    'hash_on_header',
    'hash_fallback_header',
    'hash_on_cookie',
    'hash_on_cookie_path',
    'hash_on_query_arg',
    'hash_on_uri_capture',
    'slots',
    'healthchecks',
    'client_certificate',
    'use_srv_name',
    'sticky_sessions_cookie',
  ]) {
    if (setting.get(key).exists) setting.get(key).ignored('targets are taken in turn, by weight');
  }
  setting.get('tags').ignored('tags have no bearing on behaviour');
  return {
    name,
    targets: targets.map((one) => ({ address: one.get('target').string() ?? '', weight: one.get('weight').number({ min: 0 }) ?? 100 })),
    hostHeader: setting.get('host_header').string() ?? '',
    setting,
  };
}
