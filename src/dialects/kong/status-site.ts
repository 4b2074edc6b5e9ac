import type { StepKind } from '../../engine/kit.ts';
import { refuse, reply } from '../../engine/outcome.ts';
import { defaultLimits, type Named, type Site } from '../../model/gateway.ts';
import type { Origin } from '../../model/origin.ts';
import { kongExit, type FaultBookOptions } from './faults.ts';
import type { NodeSettings } from './node-settings.ts';
import type { RouterOptions } from './router/when.ts';
import { Metrics, metricsKey } from './plugins/metrics.ts';

/** Of Kong's Status API what monitors ask for: `/metrics`. A site for itself: no plugin stands on it. */
export function statusSite(port: number, { defaultType, realIp }: NodeSettings, origin: Origin): Site {
  const named = (kind: string, options: unknown): Named => ({ kind, options, origin });
  return {
    id: 'kong-status',
    dialect: 'kong',
    faults: named('kong/faults', { defaultType, templates: {} } satisfies FaultBookOptions),
    matcher: named('kong/router', { flavor: 'traditional', calculation: 'original', realIp, portMaps: {} } satisfies RouterOptions),
    listeners: [{ name: 'status', port, protocol: 'http' }],
    hosts: [],
    arrival: [named('kong/status', null)],
    routes: [],
    noRoute: { request: [], destination: null, head: [], body: [], log: [] },
    limits: defaultLimits,
  };
}

export const statusStep: StepKind<null> = {
  kind: 'kong/status',
  create:
    (_, { memory }) =>
    (exchange) => {
      if (exchange.path !== '/metrics') return refuse(kongExit(404, { message: 'Not found' }));
      const metrics = memory.get(exchange.scope + metricsKey, () => new Metrics());
      return reply(200, ['Content-Type', 'text/plain; charset=UTF-8'], metrics.render());
    },
};
