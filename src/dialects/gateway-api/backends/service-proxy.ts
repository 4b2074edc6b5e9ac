import type { Origin } from '../../../model/origin.ts';
import type { ResolvedBackend } from './resolve.ts';
import { proxyDefaults, type Destination, type ProxyOptions } from '../../../model/gateway.ts';

/** A port of a Service as a destination. `timeoutMs` of one try: undefined is the usual one, 0 none. */
export function serviceProxy(
  { upstream, protocol, tls }: Extract<ResolvedBackend, { readonly upstream: string }>,
  origin: Origin,
  timeoutMs?: number,
): Destination {
  const [, namespace = '', name = '', port = '80'] = /^([^/]*)\/(.*?)(?::(\d+))?$/.exec(upstream) ?? [];
  const host = `${name}.${namespace}`;
  const options: ProxyOptions = {
    ...proxyDefaults,
    // The names that `--upstream` may use.
    names: [upstream, `${namespace}/${name}`, `${host}:${port}`, `${host}.svc.cluster.local:${port}`],
    url: `${tls === undefined ? 'http' : 'https'}://${host}.svc.cluster.local:${port}`,
    tls: tls ?? null,
    httpVersion: protocol === 'h2c' ? '2' : '1.1',
    ...(timeoutMs === undefined ? {} : { responseTimeoutMs: timeoutMs }),
  };
  return { kind: 'proxy', options, origin, children: [] };
}
