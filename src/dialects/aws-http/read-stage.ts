import type { Setting } from '../../sources/setting.ts';
import type { Stage, Throttle } from './base.ts';
import type { Surroundings } from './read-integration.ts';

/** The variables that all stages have with the same value. */
export const alike = ([first, ...others]: readonly Stage[]): Surroundings['variables'] =>
  Object.fromEntries(Object.entries(first?.variables ?? {}).filter(([name, value]) => others.every(({ variables }) => variables[name] === value)));

export function readStage(properties: Setting): Stage {
  for (const name of ['AutoDeploy', 'DeploymentId', 'Description', 'AccessLogSettings', 'Tags', 'ClientCertificateId'])
    properties.get(name).ignored('is for deployments and logs');
  const byRoute = properties
    .get('RouteSettings')
    .entries()
    .flatMap(([key, one]) => {
      const throttle = readThrottle(one);
      // SAM names a route for every method by its path alone.
      return throttle === null ? [] : [[key.startsWith('/') ? `ANY ${key}` : key, throttle] as const];
    });
  return {
    name: properties.get('StageName').string() ?? '$default',
    variables: Object.fromEntries(
      properties
        .get('StageVariables')
        .entries()
        .map(([key, value]) => [key, value.string() ?? '']),
    ),
    throttle: readThrottle(properties.get('DefaultRouteSettings')),
    routeThrottles: Object.fromEntries(byRoute),
  };
}

function readThrottle(setting: Setting): Throttle | null {
  const rate = setting.get('ThrottlingRateLimit').number({ min: 0 });
  const burst = setting.get('ThrottlingBurstLimit').number({ min: 0, integer: true });
  for (const name of ['DetailedMetricsEnabled', 'DataTraceEnabled', 'LoggingLevel']) setting.get(name).ignored('is for logs and metrics');
  return rate === undefined && burst === undefined ? null : { rate: rate ?? 10_000, burst: burst ?? 5_000 };
}
