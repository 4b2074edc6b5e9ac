import type { Setting } from '../../../sources/setting.ts';
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

export function readService(setting: Setting, index: number): KongService {
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
  ignoreBookkeeping(setting, without);
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
    retries: setting.get('retries').number({ min: 0, max: 32_767, integer: true }) ?? 5,
    caCertificates: setting.get('ca_certificates').strings(),
    clientCertificate: reference(setting.get('client_certificate')),
    tlsVerify: setting.get('tls_verify').boolean() ?? false,
    setting,
  };
}
