import type { Setting } from '../../../sources/setting.ts';
import type { HealthLimits } from '../balancer/health.ts';

/** `healthchecks` of an upstream, with the defaults of Kong's schema. Times in ms. */
export interface KongHealthChecks {
  readonly threshold: number;
  readonly passive: HealthLimits;
  /** Null where nothing is probed. */
  readonly active: KongActiveChecks | null;
}
export interface KongActiveChecks {
  readonly secure: boolean;
  readonly path: string;
  /** Flat. */
  readonly headers: readonly string[];
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly everyMs: { readonly up: number; readonly down: number };
  readonly serverName: string;
  readonly verify: boolean;
  readonly limits: HealthLimits;
}

const activeStatuses = { healthy: [200, 302], unhealthy: [429, 404, 500, 501, 502, 503, 504, 505] };
const passiveStatuses = {
  healthy: [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308],
  unhealthy: [429, 500, 503],
};
const probed = 'probed from the first request for the upstream on, and not while nobody has asked for it for ten minutes';

export function readHealthChecks(setting: Setting): KongHealthChecks {
  const passive = setting.get('passive');
  passive.get('type').ignored('what the requests of clients came to is judged in the same way for each type');
  return {
    threshold: setting.get('threshold').number({ min: 0, max: 100 }) ?? 0,
    passive: readLimits(passive, passiveStatuses),
    active: readActive(setting.get('active')),
  };
}

function readActive(setting: Setting): KongActiveChecks | null {
  const type = setting.get('type').oneOf('http', 'https', 'tcp', 'grpc', 'grpcs') ?? 'http';
  const seconds = (place: Setting): number => (place.number({ min: 0, max: 65_535 }) ?? 0) * 1000;
  const healthy = setting.get('healthy');
  const unhealthy = setting.get('unhealthy');
  const off = (why: string): null => {
    setting.ignored(why);
    return null;
  };
  if (type !== 'http' && type !== 'https') return off(`Kong does not probe the upstreams of HTTP services by ${type}`);
  const everyMs = { up: seconds(healthy.get('interval').approximately(probed)), down: seconds(unhealthy.get('interval').approximately(probed)) };
  if (everyMs.up === 0 && everyMs.down === 0) return off('both intervals are 0: nothing is probed');
  const secure = type === 'https';
  const sni = setting.get('https_sni');
  const verify = setting.get('https_verify_certificate');
  if (!secure) for (const one of [sni, verify]) one.ignored('only for probes over https');
  return {
    secure,
    path: setting.get('http_path').string() ?? '/',
    headers: setting
      .get('headers')
      .entries()
      .flatMap(([name, values]) => values.strings().flatMap((value) => [name, value])),
    timeoutMs: (setting.get('timeout').number({ min: 0, max: 65_535 }) ?? 1) * 1000,
    concurrency: setting.get('concurrency').number({ min: 1, integer: true }) ?? 10,
    everyMs,
    serverName: secure ? (sni.string() ?? '') : '',
    verify: secure && (verify.boolean() ?? true),
    limits: readLimits(setting, activeStatuses),
  };
}

function readLimits(setting: Setting, usual: { readonly healthy: readonly number[]; readonly unhealthy: readonly number[] }): HealthLimits {
  const healthy = setting.get('healthy');
  const unhealthy = setting.get('unhealthy');
  // The counts of lua-resty-healthcheck have eight bits.
  const limit = (place: Setting): number => place.number({ min: 0, max: 254, integer: true }) ?? 0;
  const statuses = (place: Setting, otherwise: readonly number[]): readonly number[] =>
    place.exists ? place.items().flatMap((one) => one.number({ min: 100, max: 999, integer: true }) ?? []) : otherwise;
  return {
    healthyStatuses: statuses(healthy.get('http_statuses'), usual.healthy),
    unhealthyStatuses: statuses(unhealthy.get('http_statuses'), usual.unhealthy),
    successes: limit(healthy.get('successes')),
    httpFailures: limit(unhealthy.get('http_failures')),
    tcpFailures: limit(unhealthy.get('tcp_failures')),
    timeouts: limit(unhealthy.get('timeouts')),
  };
}
