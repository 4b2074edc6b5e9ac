import { defaultLimits, type Limits, type Listener } from '../../model/gateway.ts';
import type { RealIp } from './client-address.ts';
import type { KongConf } from './kong-conf.ts';

const defaults: readonly Listener[] = [
  { name: 'proxy', port: 8000, protocol: 'http' },
  { name: 'proxy-tls', port: 8443, protocol: 'https', tls: { certificates: [] } },
];

/** `proxy_listen`: the ports that the node listens on, each once; which of them stand for which here is the listeners' affair. */
export function readListeners(value: string | undefined): readonly Listener[] {
  const listeners = new Map<number, Listener>();
  for (const one of (value ?? '').split(',')) {
    const [address = '', ...flags] = one.trim().split(/\s+/);
    const port = Number(/:(\d+)$/.exec(address)?.[1] ?? Number.NaN);
    if (!Number.isInteger(port) || port < 1 || port > 65_535 || listeners.has(port)) continue;
    const secure = flags.includes('ssl');
    const name = `proxy${secure ? '-tls' : ''}`;
    const count = [...listeners.values()].filter((known) => known.name === name || known.name.startsWith(`${name}:`)).length;
    listeners.set(port, {
      name: count === 0 ? name : `${name}:${port}`,
      port,
      ...(secure ? { protocol: 'https', tls: { certificates: [] } } : { protocol: 'http' }),
    });
  }
  return listeners.size === 0 ? defaults : [...listeners.values()];
}

/** `port_maps` (`80:8000, 443:8443`): the port that the world sees, by the port that the node listens on. */
export function readPortMaps(value: string | undefined): Readonly<Record<string, number>> {
  const maps: Record<string, number> = {};
  for (const one of (value ?? '').split(',')) {
    const match = /^\s*(\d+):(\d+)\s*$/.exec(one);
    if (match !== null) maps[match[2] as string] = Number(match[1]);
  }
  return maps;
}

export const isOn = (value: string | undefined): boolean => value?.toLowerCase() === 'on' || value?.toLowerCase() === 'true';

export const readRealIp = (values: Pick<KongConf, 'get'>, trustedIps: readonly string[]): RealIp => ({
  header: (values.get('real_ip_header') ?? values.get('nginx_proxy_real_ip_header') ?? 'X-Real-IP').toLowerCase(),
  recursive: isOn(values.get('real_ip_recursive') ?? values.get('nginx_proxy_real_ip_recursive')),
  trustedIps,
});

/** Directives that are injected into nginx, as far as they bound what a client may send. */
export function readLimits(values: Pick<KongConf, 'get'>): { readonly limits: Limits; readonly maxHeaderLine: number } {
  const injected = (name: string): string | undefined => values.get(`nginx_proxy_${name}`) ?? values.get(`nginx_http_${name}`);
  const [count = '', size = ''] = (injected('large_client_header_buffers') ?? '4 8k').split(/\s+/);
  const line = sizeOf(size) ?? 8_192;
  const limits = {
    ...defaultLimits,
    maxTargetBytes: line,
    maxHeaderBytes: line * (Number(count) || 4),
    maxBodyBytes: sizeOf(injected('client_max_body_size') ?? '0') ?? 0,
  };
  return { limits, maxHeaderLine: line };
}

/** `8k`, `10m`: bytes, as nginx writes a size. */
export function sizeOf(text: string): number | undefined {
  const match = /^(\d+)([kmg]?)$/i.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * 1024 ** ['', 'k', 'm', 'g'].indexOf((match[2] as string).toLowerCase());
}
