import { slot, type Slot } from '../../../engine/slot.ts';
import type { Setting } from '../../../sources/setting.ts';
import { hex } from '../request-id.ts';
import { extractTrace, injectTrace, readPropagation, type Propagation } from '../tracing/propagation.ts';
import { sampledByTraceId } from '../tracing/sampler.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Telemetry {
  readonly propagation: Propagation;
  readonly samplingRate: number;
  readonly responseHeader: string;
  /** What Kong's tracer watches: whole requests, the balancer, anything that a trace begins with. */
  readonly request: boolean;
  readonly balancer: boolean;
  readonly root: boolean;
}
const traceIdSlot: Slot<string> = slot('kong opentelemetry trace');

/**
 * Source: kong/plugins/opentelemetry/traces.lua. The span that the upstream is told is the balancer's where that is watched,
 * else the first of the trace; nothing is sampled where Kong's tracer is off (`tracing_instrumentations`).
 */
export const opentelemetry: KongPlugin = definePlugin<Telemetry, Telemetry>({
  name: 'opentelemetry',
  read(config, { node }) {
    const { instrumentations, samplingRate } = node.tracing;
    const off = instrumentations.includes('off');
    const watches = (...names: readonly string[]): boolean =>
      !off && (instrumentations.includes('all') || names.some((name) => instrumentations.includes(name)));
    ignoreExport(config);
    const options: Telemetry = {
      propagation: readPropagation(config, 'w3c'),
      samplingRate: config.get('sampling_rate').number({ min: 0, max: 1 }) ?? samplingRate,
      responseHeader: config.get('http_response_header_for_traceid').string() ?? '',
      request: watches('request'),
      balancer: watches('balancer'),
      root: watches('request', 'router', 'plugin_access'),
    };
    return { access: options, headerFilter: options.responseHeader === '' ? undefined : options };
  },
  access({ propagation, samplingRate, request, balancer, root }, { random }) {
    return (exchange) => {
      const { context, from } = extractTrace(propagation, exchange.arrived.headers);
      const rootTrace = hex(random, 32);
      const rootSpan = hex(random, 16);
      const known = context.traceId ?? (request ? rootTrace : undefined);
      const sampled = root && (context.sampled === false || known === undefined ? context.sampled === true : sampledByTraceId(known, samplingRate));
      injectTrace(exchange, propagation, from, {
        ...context,
        traceId: context.traceId ?? rootTrace,
        spanId: balancer ? hex(random, 16) : rootSpan,
        parentId: balancer ? (root ? rootSpan : undefined) : (context.spanId ?? context.parentId),
        sampled,
      });
      exchange.write(traceIdSlot, known ?? rootTrace);
      return undefined;
    };
  },
  headerFilter({ responseHeader, request }, { random }) {
    return (exchange) => {
      const traceId = exchange.read(traceIdSlot) ?? (request ? hex(random, 32) : undefined);
      if (traceId !== undefined) exchange.response?.headers.append(responseHeader, traceId);
      return undefined;
    };
  },
});

function ignoreExport(config: Setting): void {
  for (const key of ['traces_endpoint', 'endpoint', 'logs_endpoint']) config.get(key).ignored('spans and logs are not exported: OTLP is protobuf');
  config.get('headers').ignored('fields of the export, which is not made');
  config.get('resource_attributes').ignored('describes the exported resource; nothing is exported');
  for (const key of ['queue', 'batch_span_count', 'batch_flush_delay']) config.get(key).ignored('collects what is exported; nothing is');
  for (const key of ['connect_timeout', 'send_timeout', 'read_timeout']) config.get(key).ignored('limits the export, which is not made');
}
