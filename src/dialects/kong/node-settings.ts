import path from 'node:path';
import { cidrMatcher } from '../../http/cidr.ts';
import type { Listener } from '../../model/gateway.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { Files } from '../../sources/files.ts';
import type { RealIp } from './client-address.ts';
import type { ErrorTemplates } from './error-format.ts';
import { isOn, readListeners, readPortMaps, readRealIp } from './node-network.ts';

export type RouterFlavor = 'traditional' | 'traditional_compatible' | 'expressions';

/** What `kong.conf` says of the node; the defaults are Kong's own (kong.conf.default). */
export interface NodeSettings {
  readonly flavor: RouterFlavor;
  readonly trusted: (address: string) => boolean;
  readonly trustedIps: readonly string[];
  /** Which of Kong's own fields responses and upstream requests carry, lower-case. */
  readonly headers: ReadonlySet<string>;
  readonly defaultType: string;
  readonly templates: ErrorTemplates;
  readonly realIp: RealIp;
  readonly listeners: readonly Listener[];
  /** The port that the world sees, by the port of the listener. */
  readonly portMaps: Readonly<Record<string, number>>;
  /** Whether `Kong-Debug` is answered. */
  readonly debug: boolean;
}

const latency = ['x-kong-proxy-latency', 'x-kong-response-latency', 'x-kong-upstream-latency'];
const tokens = ['server', 'via'];
const always = ['x-kong-request-id'];

/** Which fields a token of `headers` stands for. */
function expand(token: string): readonly string[] {
  if (token === 'server_tokens') return tokens;
  if (token === 'latency_tokens') return latency;
  return [token];
}

const known: Readonly<Record<string, string>> = {
  database: 'configuration is always read from files here',
  declarative_config: 'the file is named on the command line',
  admin_listen: 'there is no Admin API here',
  log_level: 'has no bearing on behaviour',
  plugins: 'every bundled plugin that is mirrored is there',
};

const formats = ['html', 'json', 'plain', 'xml'] as const;
const mirrored: ReadonlySet<string> = new Set([
  'router_flavor',
  'trusted_ips',
  'headers',
  'headers_upstream',
  'error_default_type',
  ...formats.map((one) => `error_template_${one}`),
  'proxy_listen',
  'port_maps',
  'real_ip_header',
  'real_ip_recursive',
  'nginx_proxy_real_ip_header',
  'nginx_proxy_real_ip_recursive',
  'allow_debug_header',
]);

/** Reads `kong.conf` beside the configuration; each line is a leaf of the ledger. */
export function readNodeSettings(folder: string, files: Files, ledger: Ledger): NodeSettings {
  const file = path.join(folder, 'kong.conf');
  const text = folder === '' ? undefined : files.read(file);
  const values = new Map<string, string>();
  for (const [index, line] of (text ?? '').split(/\r?\n/).entries()) {
    const match = /^\s*([a-z_0-9]+)\s*=\s*(.*?)\s*(?:(?<!\\)#.*)?$/.exec(line);
    if (match === null) continue;
    const [, name, value] = match as unknown as [string, string, string];
    values.set(name, value);
    const origin = { file: files.nameOf(file), line: index + 1, column: 1, pointer: `/${name}` };
    ledger.leaf(origin);
    if (mirrored.has(name)) ledger.settle(origin, 'mirrored', 'kong/node');
    else if (known[name] !== undefined) ledger.settle(origin, 'ignored', 'kong/node', known[name]);
  }
  const flavor = values.get('router_flavor');
  const trustedIps = (values.get('trusted_ips') ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'unix:');
  const given = values.get('headers');
  const headers = (
    given === undefined ? ['server_tokens', 'latency_tokens', ...always] : given.toLowerCase() === 'off' ? [] : given.toLowerCase().split(',')
  ).flatMap((one) => expand(one.trim()));
  const upstream = values.get('headers_upstream');
  return {
    flavor: flavor === 'traditional' || flavor === 'expressions' ? flavor : 'traditional_compatible',
    trustedIps,
    trusted: cidrMatcher(trustedIps),
    headers: new Set([
      ...headers,
      ...(upstream === undefined || upstream.toLowerCase().includes('x-kong-request-id') ? ['upstream:x-kong-request-id'] : []),
    ]),
    defaultType: values.get('error_default_type') ?? 'text/plain',
    templates: Object.fromEntries(
      formats.flatMap((one) => {
        const named = values.get(`error_template_${one}`);
        const template = named === undefined ? undefined : files.read(path.resolve(folder, named));
        return template === undefined ? [] : [[one, template]];
      }),
    ),
    realIp: readRealIp(values, trustedIps),
    listeners: readListeners(values.get('proxy_listen')),
    portMaps: readPortMaps(values.get('port_maps')),
    debug: isOn(values.get('allow_debug_header')),
  };
}
