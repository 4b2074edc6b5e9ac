import { clientFinder, type RealIp } from '../client-address.ts';
import { logEntry } from './log-entry.ts';
import { loggedRoutes, type LoggedRoutes } from './logged-entities.ts';
import { Metrics, metricsKey } from './metrics.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Prometheus {
  readonly perConsumer: boolean;
  readonly statusCodes: boolean;
  readonly latency: boolean;
  readonly bandwidth: boolean;
  readonly routes: LoggedRoutes;
  readonly realIp: RealIp;
}

/** Source: kong/plugins/prometheus/{handler,exporter}.lua. Counts what has a service; the Status API shows it. */
export const prometheus: KongPlugin = definePlugin<never, never, never, never, Prometheus>({
  name: 'prometheus',
  read(config, { routes, node }) {
    config.get('upstream_health_metrics').ignored('the health of targets is not shown among the metrics');
    config.get('ai_metrics').ignored('no plugin here counts tokens of language models');
    config.get('wasm_metrics').ignored('no WebAssembly filters run here');
    const is = (key: string): boolean => config.get(key).boolean() ?? false;
    const latency = config.get('latency_metrics').approximately('the time of the upstream is that of the whole request').boolean() ?? false;
    const bandwidth =
      config.get('bandwidth_metrics').approximately('sizes are counted from fields and bodies, without the framing on the wire').boolean() ?? false;
    return {
      log: {
        perConsumer: is('per_consumer'),
        statusCodes: is('status_code_metrics'),
        latency,
        bandwidth,
        routes: loggedRoutes(routes),
        realIp: node.realIp,
      },
    };
  },
  log({ perConsumer, statusCodes, latency, bandwidth, routes, realIp }, { memory, clock, random }) {
    const sources = { routes, clientOf: clientFinder(realIp), random };
    return (exchange) => {
      const entities = exchange.route === null ? undefined : routes[exchange.route.id];
      if (entities?.service == null || exchange.dry) return undefined;
      const entry = logEntry(exchange, (exchange.clock ?? clock).now(), sources) as {
        readonly request: { readonly size: number };
        readonly response: { readonly status: number; readonly size: number };
        readonly latencies: { readonly kong: number; readonly proxy: number; readonly request: number };
        readonly source: string;
      };
      const metrics = memory.get(exchange.scope + metricsKey, () => new Metrics());
      const where = [
        ['service', entities.service.name ?? entities.service.host],
        ['route', entities.route.name ?? entities.route.id],
      ] as const;
      const consumer = ['consumer', perConsumer ? (exchange.caller.consumer?.username ?? '') : ''] as const;
      if (bandwidth) {
        metrics.count('kong_bandwidth_bytes', [...where, ['direction', 'ingress'], consumer], entry.request.size);
        metrics.count('kong_bandwidth_bytes', [...where, ['direction', 'egress'], consumer], entry.response.size);
      }
      const source = entry.source === 'upstream' ? 'service' : 'kong';
      if (statusCodes)
        metrics.count('kong_http_requests_total', [...where, ['code', String(entry.response.status)], ['source', source], consumer], 1);
      if (latency) {
        metrics.observe('kong_request_latency_ms', where, entry.latencies.request);
        if (entry.latencies.proxy >= 0) metrics.observe('kong_upstream_latency_ms', where, entry.latencies.proxy);
        metrics.observe('kong_kong_latency_ms', where, entry.latencies.kong);
      }
      return undefined;
    };
  },
});
