import { baggageFields, baggageFrom, fromHex, isZero, only, type TraceFormat } from './context.ts';

const prefix = 'uberctx-';

export const jaeger: TraceFormat = {
  name: 'jaeger',
  sizes: [16, 8],
  needsIds: true,
  extract(headers) {
    const [, traceId, spanId, parentId, flags] =
      /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):([0-9a-f]+):([0-9a-f]{1,2})$/i.exec(only(headers, 'uber-trace-id') ?? '') ?? [];
    if (traceId === undefined || spanId === undefined || flags === undefined || isZero(traceId) || isZero(spanId)) return undefined;
    return {
      traceId: fromHex(traceId),
      spanId: fromHex(spanId),
      parentId: fromHex(parentId),
      reusesSpanId: true,
      sampled: Number.parseInt(flags, 16) % 2 === 1,
      baggage: baggageFrom(headers, prefix),
    };
  },
  inject: ({ traceId, spanId, parentId, sampled, baggage }) => [
    'uber-trace-id',
    `${traceId}:${spanId}:${parentId ?? '0'}:${sampled === true ? '01' : '00'}`,
    ...baggageFields(baggage, prefix),
  ],
};
