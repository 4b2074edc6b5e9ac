import { proxyDefaults, type Destination, type ProxyOptions, type Step, type UpstreamTls } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { BalancerOptions } from './balancer/balanced.ts';
import type { TryOptions } from './balancer/tries.ts';
import type { RealIp } from './client-address.ts';
import type { KongActiveChecks } from './entities/health-checks.ts';
import type { KongRoute } from './entities/route.ts';
import type { KongService } from './entities/service.ts';
import type { KongTarget } from './entities/target.ts';
import type { KongUpstream } from './entities/upstream.ts';
import { upstreamTls } from './upstream-tls.ts';

/** Where a route with a service sends, and what its balancer adds to the lists of the route. */
export interface RouteDestination {
  readonly destination: Destination;
  readonly head: readonly Step[];
  readonly log: readonly Step[];
}
interface Context {
  readonly roots: readonly Setting[];
  readonly upstreams: readonly KongUpstream[];
  readonly realIp: RealIp;
}

const secureProtocols = ['https', 'grpcs', 'wss'];
const isSecure = ({ protocol }: KongService): boolean => secureProtocols.includes(protocol);
export const withPort = (host: string, port: number, service: KongService): string =>
  port === (isSecure(service) ? 443 : 80) ? bracketed(host) : `${bracketed(host)}:${port}`;
/** An address of IPv6 in brackets. */
const bracketed = (host: string): string => (/^[^[]*:.*:/.test(host) ? `[${host}]` : host);

export function destinationOf(route: KongRoute, service: KongService, { roots, upstreams, realIp }: Context): RouteDestination {
  const { origin } = service.setting;
  const upstream = upstreams.find((one) => one.name === service.host);
  const tls = isSecure(service) ? upstreamTls(roots, service, upstream) : null;
  const tries: TryOptions = {
    retries: service.retries,
    preserveHost: route.preserveHost,
    // nginx never buffers the requests of gRPC.
    buffers: route.requestBuffering && !service.protocol.startsWith('grpc'),
  };
  if (upstream === undefined) {
    const { host, port } = service;
    const options = { ...tries, host: withPort(host, port, service) };
    return {
      destination: { kind: 'kong/retry', options, origin, children: [proxy(service, { host, port }, tls, [service.name])] },
      head: [],
      log: [],
    };
  }
  const { hashing, health, hostHeader } = upstream;
  const targets = upstream.targets.filter((one) => one.weight > 0);
  const more = (target: KongTarget): string[] => [target.address, upstream.name, service.name];
  const options: BalancerOptions = {
    ...tries,
    name: upstream.name,
    algorithm: hashing.algorithm,
    slots: upstream.slots,
    targets: targets.map(({ host, port, weight, failover }) => ({
      host,
      port,
      weight,
      failover,
      tells: withPort(hostHeader || host, port, service),
      probedAs: hostHeader || host,
    })),
    count: upstream.targets.length,
    hash: { first: hashing.first, fallback: hashing.fallback, cookiePath: hashing.cookiePath, realIp },
    threshold: health.threshold,
    passive: health.passive,
    active: health.active,
  };
  const probes = health.active === null ? [] : targets.map((one) => probe(service, one, health.active as KongActiveChecks, tls, more(one)));
  const hashesCookie = hashing.first.on === 'cookie' || hashing.fallback.on === 'cookie';
  return {
    destination: {
      kind: 'kong/balancer',
      options,
      origin,
      children: [...targets.map((one) => proxy(service, one, tls, more(one))), ...probes],
    },
    head: hashesCookie ? [{ kind: 'kong/hash-cookie', options: null, origin: upstream.setting.origin }] : [],
    log: [{ kind: 'kong/balancer/log', options: null, origin: upstream.setting.origin }],
  };
}

function proxy(
  service: KongService,
  { host, port }: Pick<KongTarget, 'host' | 'port'>,
  tls: UpstreamTls | null,
  more: readonly string[],
): Destination {
  const url = `${isSecure(service) ? 'https' : 'http'}://${bracketed(host)}:${port}`;
  const options: ProxyOptions = {
    ...proxyDefaults,
    // The names that `--upstream` may use.
    names: [...new Set([`${bracketed(host)}:${port}`, host, ...more, url].filter((one) => one !== ''))],
    url,
    connectTimeoutMs: service.connectTimeout,
    responseTimeoutMs: service.readTimeout,
    idleTimeoutMs: service.readTimeout,
    httpVersion: service.protocol.startsWith('grpc') ? '2' : '1.1',
    tls,
  };
  return { kind: 'proxy', options, origin: service.setting.origin, children: [] };
}

/** A target as the active checks ask it: another protocol, other limits, HTTP/1.0. */
function probe(service: KongService, target: KongTarget, checks: KongActiveChecks, tls: UpstreamTls | null, more: readonly string[]): Destination {
  const made = proxy(service, target, null, more);
  const options: ProxyOptions = {
    ...(made.options as ProxyOptions),
    url: `${checks.secure ? 'https' : 'http'}://${bracketed(target.host)}:${target.port}`,
    httpVersion: '1.0',
    connectTimeoutMs: checks.timeoutMs,
    responseTimeoutMs: checks.timeoutMs,
    idleTimeoutMs: checks.timeoutMs,
    tls: checks.secure
      ? { verify: checks.verify, serverName: checks.serverName, authorities: '', certificate: tls?.certificate ?? '', key: tls?.key ?? '' }
      : null,
  };
  return { ...made, options };
}
