import { proxyDefaults, type Destination, type ProxyOptions, type UpstreamTls } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import { readPem, type Place } from './read-pem.ts';
import type { RouteSteps } from './read-steps.ts';
import { readDuration } from './units.ts';

/** Where a route goes: a text, or a map that says more of the connection. Adds the step that makes the outgoing request. */
export function readUpstream(
  setting: Setting,
  preserveHost: boolean,
  out: RouteSteps,
  place: Place,
): { readonly destination: Destination; readonly label: string } | null {
  if (!setting.exists) return null;
  const whole = setting.kind === 'map';
  const where = whole ? setting.get('url') : setting;
  const text = where.string();
  const settings = whole ? readConnection(setting, place) : {};
  if (whole) setting.rejectUnknownKeys();
  if (text === undefined) return where.problem('DG1204', `${where.name} is missing`, 'expected host:port or a URL') ?? null;
  const full = /^https?:\/\//.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || url.search !== '' || url.hash !== '' || url.username !== '') {
    where.problem('DG1203', `${where.name} is ${JSON.stringify(text)}`, 'expected host:port or a URL without query');
    return null;
  }
  const basePath = url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '');
  out.request.push({ kind: 'native/forward', options: { host: preserveHost ? '' : url.host, basePath }, origin: setting.origin });
  const origin = `${url.protocol}//${url.host}`;
  const names = [...new Set([text, url.host, url.hostname, origin])];
  return {
    destination: { kind: 'proxy', options: { ...proxyDefaults, names, url: origin, ...settings }, origin: setting.origin, children: [] },
    label: text,
  };
}

function readConnection(setting: Setting, place: Place): Partial<ProxyOptions> {
  const usual = proxyDefaults;
  return {
    httpVersion: setting.get('httpVersion').oneOf('1.0', '1.1', '2', 'auto') ?? usual.httpVersion,
    connectTimeoutMs: readDuration(setting.get('connectTimeout')) ?? usual.connectTimeoutMs,
    responseTimeoutMs: readDuration(setting.get('responseTimeout')) ?? usual.responseTimeoutMs,
    idleTimeoutMs: readDuration(setting.get('idleTimeout')) ?? usual.idleTimeoutMs,
    keepAlive: setting.get('keepAlive').boolean() ?? usual.keepAlive,
    tls: readTls(setting.get('tls'), place),
  };
}

function readTls(setting: Setting, place: Place): UpstreamTls | null {
  if (!setting.exists) return null;
  const tls = {
    verify: setting.get('verify').boolean() ?? true,
    serverName: setting.get('serverName').string() ?? '',
    authorities: readPem(setting.get('authorities'), place) ?? '',
    certificate: readPem(setting.get('certificate'), place) ?? '',
    key: readPem(setting.get('key'), place) ?? '',
  };
  setting.rejectUnknownKeys();
  return tls;
}
