import type { Exchange } from '../../../engine/exchange.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { hex } from '../request-id.ts';
import { extractTrace, injectTrace, readPropagation, type Extracted, type Propagation } from '../tracing/propagation.ts';
import { loggedRoutes } from './logged-entities.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { EntryQueue } from './queue.ts';
import { readReport, spansOf, type SpanIds, type ZipkinReport } from './zipkin-spans.ts';

interface Tracing {
  readonly propagation: Propagation;
  readonly sampleRatio: number;
  readonly traceIdBytes: number;
  readonly responseHeader: string;
}
/** One for each request, whichever phase comes first: a request without a route has no access phase. */
const spansSlot: Slot<SpanIds & { readonly extracted: Extracted }> = slot('kong zipkin');

function spans(exchange: Exchange, { propagation, sampleRatio, traceIdBytes }: Tracing, random: () => number) {
  const known = exchange.read(spansSlot);
  if (known !== undefined) return known;
  const extracted = extractTrace(propagation, exchange.arrived.headers);
  const { context } = extracted;
  const reused = context.reusesSpanId === true;
  const made = {
    extracted,
    traceId: context.traceId ?? hex(random, traceIdBytes * 2),
    requestSpan: (reused ? context.spanId : undefined) ?? hex(random, 16),
    requestParent: reused ? context.parentId : context.spanId,
    proxySpan: hex(random, 16),
    sampled: context.sampled ?? random() < sampleRatio,
  };
  exchange.write(spansSlot, made);
  return made;
}

/** Source: kong/plugins/zipkin/handler.lua. The upstream is told the span of the proxying, a child of that of the request. */
export const zipkin: KongPlugin = definePlugin<Tracing, Tracing, never, never, Tracing & { readonly report: ZipkinReport }>({
  name: 'zipkin',
  read(config, { routes }) {
    const tracing: Tracing = {
      propagation: readPropagation(config, 'b3', 'b3'),
      sampleRatio: config.get('sample_ratio').number({ min: 0, max: 1 }) ?? 0.001,
      traceIdBytes: config.get('traceid_byte_count').oneOf('8', '16') === '8' ? 8 : 16,
      responseHeader: config.get('http_response_header_for_traceid').string() ?? '',
    };
    const report = readReport(config, loggedRoutes(routes));
    return {
      access: tracing,
      headerFilter: tracing.responseHeader === '' ? undefined : tracing,
      log: report === null ? undefined : { ...tracing, report },
    };
  },
  access(options, { random }) {
    return (exchange) => {
      const { extracted, traceId, proxySpan, requestSpan, sampled } = spans(exchange, options, random);
      injectTrace(exchange, options.propagation, extracted.from, {
        ...extracted.context,
        traceId,
        spanId: proxySpan,
        parentId: requestSpan,
        // A trace that is not kept carries no decision: `false or nil` is nil in Lua.
        sampled: sampled || undefined,
      });
      return undefined;
    };
  },
  headerFilter(options, { random }) {
    return (exchange) => {
      exchange.response?.headers.append(options.responseHeader, spans(exchange, options, random).traceId);
      return undefined;
    };
  },
  log(options, { random, clock, fetch, memory }) {
    const { report } = options;
    const key = `kong:zipkin:${JSON.stringify([report.endpoint, report.queue])}`;
    return (exchange) => {
      const ids = spans(exchange, options, random);
      if (!ids.sampled || exchange.dry) return undefined;
      const time = exchange.clock ?? clock;
      const queue = memory.get(exchange.scope + key, () => new EntryQueue(report.queue, time));
      const within = { scope: exchange.scope, clock: exchange.clock };
      for (const span of spansOf(exchange, ids, report, time.now()))
        queue.add(JSON.stringify(span), (entries) =>
          fetch(report.endpoint, {
            method: 'POST',
            headers: ['content-type', 'application/json'],
            body: Buffer.from(`[${entries.join(',')}]`),
            timeoutMs: report.timeoutMs,
            mappedOnly: true,
            untaped: true,
            within,
          }).then(
            ({ status }) => status >= 200 && status < 300,
            () => false,
          ),
        );
      return undefined;
    };
  },
});
