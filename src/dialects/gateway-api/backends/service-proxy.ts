import { proxyDefaults, type Destination, type ProxyOptions } from '../../../model/gateway.ts';
import type { Origin } from '../../../model/origin.ts';
import type { Resolved } from './resolve.ts';
import { pickOf } from './session-token.ts';

/** What says nothing for so long is ended, a call of gRPC before its first message too: Envoy's idle time of a stream. */
export const quietMs: number = 5 * 60_000;

export interface ServiceProxyOptions {
  /** `tunnel`: for connections that nobody reads. */
  readonly kind?: 'proxy' | 'tunnel';
  /** Of one try: undefined is the usual one, 0 none. */
  readonly timeoutMs?: number | undefined;
  /** The rule whose sessions stay with their endpoint. */
  readonly session?: string | null;
}

/**
 * A port of a Service as a destination: what the upstream map says of the Service, else its endpoints in turn, else its name in the cluster.
 * Where it has endpoints and none is ready, nobody is asked whom the map does not name.
 */
export function serviceProxy(
  backend: Resolved,
  origin: Origin,
  { kind = 'proxy', timeoutMs, session = null }: ServiceProxyOptions = {},
): Destination {
  const { upstream, endpoints, protocol, tls } = backend;
  const [, namespace = '', name = '', port = '80'] = /^([^/]*)\/(.*?)(?::(\d+))?$/.exec(upstream) ?? [];
  const host = `${name}.${namespace}`;
  const at = (address: string, more: Partial<ProxyOptions> = {}): Destination => ({
    kind,
    options: {
      ...proxyDefaults,
      // The names that `--upstream` may use; that of a single endpoint comes last.
      names: [upstream, `${namespace}/${name}`, `${host}:${port}`, `${host}.svc.cluster.local:${port}`, ...(more.names ?? [])],
      url: `${tls === undefined ? 'http' : 'https'}://${address}`,
      tls: tls ?? null,
      httpVersion: protocol === 'h2c' ? '2' : '1.1',
      idleTimeoutMs: quietMs,
      ...(timeoutMs === undefined ? {} : { responseTimeoutMs: timeoutMs }),
      ...(more.mappedOnly === true ? { mappedOnly: true } : {}),
    } satisfies ProxyOptions,
    origin,
    children: [],
  });
  const inCluster = `${host}.svc.cluster.local:${port}`;
  if (endpoints === undefined) return at(inCluster);
  const addresses = endpoints.map((one) => `${one.host}:${one.port}`);
  if (addresses.length === 0) return at(inCluster, { mappedOnly: true });
  const children = addresses.map((address) => at(address, { names: [address] }));
  if (children.length === 1) return children[0] as Destination;
  const ids = session === null ? {} : { ids: addresses.map((address) => pickOf(session, `${upstream} ${address}`)) };
  return { kind: 'gateway-api/weighted', options: { weights: addresses.map(() => 1), ...ids }, origin, children };
}
