import type { Setting } from '../../../sources/setting.ts';
import { hostFault, judge, nameFault, readId, servicePathFault } from './formats.ts';
import { ignoreBookkeeping, reference } from './shared.ts';

export interface KongService {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connectTimeout: number;
  readonly readTimeout: number;
  /** Tries after the first. */
  readonly retries: number;
  readonly tlsVerify: boolean;
  /** Ids. */
  readonly caCertificates: readonly string[];
  readonly clientCertificate: string;
  /** As if its routes were not there where it is not. */
  readonly enabled: boolean;
  readonly setting: Setting;
}

const without: Readonly<Record<string, string>> = {
  write_timeout: 'writing has no time limit of its own',
  tls_verify_depth: 'a chain of certificates may have any length here',
  tls_sans: 'the name in the certificate of an upstream is that of its Host field',
};

const protocols = ['http', 'https', 'grpc', 'grpcs', 'tcp', 'tls', 'udp', 'tls_passthrough', 'ws', 'wss'] as const;
const nested = ['routes', 'plugins', 'filter_chains'];
const longest = 2 ** 31 - 2;

export function readService(setting: Setting, index: number): KongService {
  const url = setting.get('url').string();
  const parsed = url === undefined ? undefined : parseUrl(url);
  if (url !== undefined && (parsed === undefined || !protocols.some((one) => one === parsed.protocol)))
    setting.get('url').problem('DG1203', `${setting.name}.url is ${JSON.stringify(url)}`, 'expected a URL such as http://orders:8080/base');
  const name = setting.get('name').string() ?? '';
  judge(setting.get('name'), name, nameFault);
  const host = setting.get('host').string() ?? parsed?.host ?? '';
  if (host === '') setting.problem('DG1204', `${setting.name} has no host`, 'expected url, or host with port');
  else judge(setting.get(setting.get('host').exists ? 'host' : 'url'), host, hostFault);
  const path = setting.get('path').string() ?? parsed?.path ?? '';
  if (path !== '') judge(setting.get(setting.get('path').exists ? 'path' : 'url'), path, servicePathFault);
  const timeout = (key: string): number => setting.get(key).number({ min: 1, max: longest, integer: true }) ?? 60_000;
  ignoreBookkeeping(setting, without);
  const service = {
    enabled: setting.get('enabled').boolean() ?? true,
    id: readId(setting, 'services', name, String(index)),
    name,
    protocol: setting.get('protocol').oneOf(...protocols) ?? parsed?.protocol ?? 'http',
    host,
    port: setting.get('port').number({ min: 0, max: 65_535, integer: true }) ?? parsed?.port ?? 80,
    path,
    connectTimeout: timeout('connect_timeout'),
    readTimeout: timeout('read_timeout'),
    retries: setting.get('retries').number({ min: 0, max: 32_767, integer: true }) ?? 5,
    caCertificates: setting.get('ca_certificates').strings(),
    clientCertificate: reference(setting.get('client_certificate')),
    tlsVerify: setting.get('tls_verify').boolean() ?? false,
    setting,
  };
  if (setting.get('filter_chains').exists) setting.get('filter_chains').ignored('filters in WebAssembly are not run here');
  checkProtocol(service);
  setting.expects(nested);
  setting.rejectUnknownKeys();
  return service;
}

/** What a service cannot have with its protocol (entity_checks of kong.db.schema.entities.services). */
function checkProtocol({ setting, protocol, path }: KongService): void {
  const pathless = ['tcp', 'tls', 'udp', 'grpc', 'grpcs'].includes(protocol);
  if (pathless && path !== '') setting.problem('DG1203', `${setting.name} has a path`, `a service of ${protocol} cannot have one`);
  if (!['http', 'tcp', 'udp', 'ws', 'grpc'].includes(protocol)) return;
  for (const key of ['client_certificate', 'tls_verify', 'tls_verify_depth', 'ca_certificates'])
    if (setting.get(key).exists)
      setting
        .get(key)
        .problem('DG1203', `${setting.name}.${key} stands beside the protocol ${protocol}`, 'expected it where TLS is spoken: protocol https or tls');
}

interface ServiceUrl {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}
/** The shorthand `url`, whose parts are taken as they are written. Of the protocols only https has a port of its own (kong.db.schema.entities.services). */
function parseUrl(url: string): ServiceUrl | undefined {
  const match = /^([A-Za-z][\w+.-]*):\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]+)(?::(\d+))?([^?#]*)/.exec(url);
  if (match === null) return undefined;
  const [, scheme, host, port, path] = match as unknown as [string, string, string, string | undefined, string];
  const protocol = scheme.toLowerCase();
  const usual = protocol === 'https' ? 443 : 80;
  return { protocol, host: host.replaceAll(/^\[|\]$/g, ''), port: port === undefined ? usual : Number(port), path };
}
