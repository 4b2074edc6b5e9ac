import { isZero, only, type TraceFormat } from './context.ts';

/** W3C Trace Context, version 00; `tracestate` passes as it is. */
export const w3c: TraceFormat = {
  name: 'w3c',
  sizes: [16],
  needsIds: true,
  extract(headers) {
    const [, traceId, parentId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/i.exec(only(headers, 'traceparent') ?? '') ?? [];
    if (traceId === undefined || parentId === undefined || flags === undefined || isZero(traceId) || isZero(parentId)) return undefined;
    return { traceId: traceId.toLowerCase(), spanId: parentId.toLowerCase(), sampled: Number.parseInt(flags, 16) % 2 === 1 };
  },
  inject: ({ traceId, spanId, sampled }) => ['traceparent', `00-${traceId}-${spanId}-${sampled === true ? '01' : '00'}`],
};
