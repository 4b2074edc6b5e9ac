import { baggageFields, baggageFrom, isHex, only, sampledFlag, type TraceFormat } from './context.ts';

const prefix = 'ot-baggage-';

/** OpenTracing's text map. */
export const ot: TraceFormat = {
  name: 'ot',
  sizes: [8, 16],
  needsIds: true,
  extract(headers) {
    if (!['ot-tracer-sampled', 'ot-tracer-traceid', 'ot-tracer-spanid'].some((name) => headers.has(name))) return undefined;
    const traceId = only(headers, 'ot-tracer-traceid');
    const spanId = only(headers, 'ot-tracer-spanid');
    const sampled = sampledFlag(only(headers, 'ot-tracer-sampled'));
    const baggage = baggageFrom(headers, prefix);
    const isId = (id: string, ...lengths: number[]): boolean => lengths.includes(id.length) && isHex(id);
    const valid = traceId !== undefined && isId(traceId, 16, 32) && (spanId === undefined || isId(spanId, 16));
    if (!valid && sampled === undefined && baggage === undefined) return undefined;
    return { ...(valid ? { traceId: traceId.toLowerCase(), spanId: spanId?.toLowerCase() } : {}), sampled, baggage };
  },
  inject: ({ traceId, spanId, sampled, baggage }) => [
    'ot-tracer-traceid',
    traceId ?? '',
    'ot-tracer-spanid',
    spanId ?? '',
    ...(sampled === undefined ? [] : ['ot-tracer-sampled', sampled ? '1' : '0']),
    ...baggageFields(baggage, prefix),
  ],
};
