import { cidrMatcher, isCidr } from '../../http/cidr.ts';
import type { Limits, Listener } from '../../model/gateway.ts';
import type { RealIp } from './client-address.ts';
import type { ErrorTemplates } from './error-format.ts';
import type { KongConf } from './kong-conf.ts';
import { isOn, readLimits, readListeners, readPortMaps, readRealIp, sizeOf } from './node-network.ts';
import type { Calculation } from './router/rank.ts';

export type RouterFlavor = 'traditional' | 'traditional_compatible' | 'expressions';

/** What Lua in a configuration may do (`untrusted_lua`), and the names that a sandbox lets in beside its own. */
export interface UntrustedLua {
  readonly mode: 'off' | 'sandbox' | 'on';
  readonly environment: readonly string[];
}

/** What `kong.conf` says of the node; the defaults are Kong's own (kong.conf.default). */
export interface NodeSettings {
  readonly flavor: RouterFlavor;
  readonly calculation: Calculation;
  readonly trusted: (address: string) => boolean;
  readonly trustedIps: readonly string[];
  /** Which of Kong's own fields responses and upstream requests carry, lower-case. */
  readonly headers: ReadonlySet<string>;
  readonly defaultType: string;
  readonly templates: ErrorTemplates;
  readonly realIp: RealIp;
  readonly listeners: readonly Listener[];
  readonly limits: Limits;
  /** Bytes of one header line. */
  readonly maxHeaderLine: number;
  /** The port that the world sees, by the port of the listener. */
  readonly portMaps: Readonly<Record<string, number>>;
  /** Whether `Kong-Debug` is answered. */
  readonly debug: boolean;
  /** Of the Status API; null: it is off. */
  readonly statusPort: number | null;
  /** The text of a file that the configuration names, relative to its folder; undefined where there is none. */
  readonly readFile: (name: string) => string | undefined;
  /** What Kong's own tracer watches (`tracing_instrumentations`), and how much of it is kept. */
  readonly tracing: { readonly instrumentations: readonly string[]; readonly samplingRate: number };
  readonly lua: UntrustedLua;
  /** Bytes of a request body that nginx holds in memory, where plugins can read it. */
  readonly bodyBuffer: number;
  /** The plugins that kong.conf names, where it leaves out those that come with Kong. */
  readonly loaded: ReadonlySet<string> | null;
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

const flavors: ReadonlySet<string> = new Set(['traditional', 'traditional_compatible', 'expressions']);
const formats = ['html', 'json', 'plain', 'xml'] as const;

const bufferNames = ['client_body_buffer_size', 'nginx_http_client_body_buffer_size'];

/** Reads what the node is told by kong.conf and the environment. `read`: opens a file that they name. */
export function readNodeSettings(values: KongConf, read: (file: string) => string | undefined): NodeSettings {
  const flavor = values.get('router_flavor');
  const lua = values.get('untrusted_lua');
  const trustedIps = (values.get('trusted_ips') ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'unix:');
  if (!trustedIps.every(isCidr)) values.wrong('trusted_ips', 'expected addresses and blocks such as 10.0.0.0/8');
  const trusted = trustedIps.filter(isCidr);
  if (flavor !== undefined && !flavors.has(flavor)) values.wrong('router_flavor', `expected ${[...flavors].join(', ')}`);
  const given = values.get('headers');
  const headers = (
    given === undefined ? ['server_tokens', 'latency_tokens', ...always] : given.toLowerCase() === 'off' ? [] : given.toLowerCase().split(',')
  ).flatMap((one) => expand(one.trim()));
  const upstream = values.get('headers_upstream');
  return {
    calculation: values.get('route_match_calculation') === 'strict' ? 'strict' : 'original',
    flavor: flavor === 'traditional' || flavor === 'expressions' ? flavor : 'traditional_compatible',
    trustedIps: trusted,
    trusted: cidrMatcher(trusted),
    headers: new Set([
      ...headers,
      ...(upstream === undefined || upstream.toLowerCase().includes('x-kong-request-id') ? ['upstream:x-kong-request-id'] : []),
    ]),
    loaded: loadedPlugins(values.get('plugins')),
    defaultType: values.get('error_default_type') ?? 'text/plain',
    templates: Object.fromEntries(
      formats.flatMap((one) => {
        const named = values.get(`error_template_${one}`);
        const template = named === undefined ? undefined : read(named);
        if (named !== undefined && template === undefined)
          values.wrong(`error_template_${one}`, 'expected a file that is there, relative to kong.conf');
        return template === undefined ? [] : [[one, template]];
      }),
    ),
    realIp: readRealIp(values, trusted),
    ...readLimits(values),
    listeners: readListeners(values.get('proxy_listen')),
    portMaps: readPortMaps(values.get('port_maps')),
    debug: isOn(values.get('allow_debug_header')),
    statusPort: portOf(values.get('status_listen') ?? '127.0.0.1:8007'),
    readFile: read,
    tracing: {
      instrumentations: (values.get('tracing_instrumentations') ?? values.get('opentelemetry_tracing') ?? 'off').split(',').map((one) => one.trim()),
      samplingRate: Number(values.get('tracing_sampling_rate') ?? values.get('opentelemetry_tracing_sampling_rate') ?? 0.01),
    },
    lua: { mode: lua === 'off' || lua === 'on' ? lua : 'sandbox', environment: listed(values.get('untrusted_lua_sandbox_environment')) },
    bodyBuffer: sizeOf(bufferNames.map((name) => values.get(name)).find((one) => one !== undefined) ?? '8k') ?? 8_192,
  };
}

const listed = (text = ''): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** `plugins` of kong.conf: names, of which `bundled` stands for all that come with Kong. */
function loadedPlugins(text: string | undefined): ReadonlySet<string> | null {
  const names = (text ?? 'bundled').split(',').map((one) => one.trim());
  return names.includes('bundled') ? null : new Set(names.filter((one) => one !== 'off'));
}

/** Of the first address that speaks plain HTTP. */
function portOf(listen: string): number | null {
  const plain = listen.split(',').find((one) => !/\sssl\b/.test(one));
  const [, port] = /:(\d{1,5})(?:\s|$)/.exec(plain?.trim() ?? '') ?? [];
  return port === undefined ? null : Number(port);
}
