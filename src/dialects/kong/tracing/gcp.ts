import { fromDecimal, only, toDecimal, type TraceFormat } from './context.ts';

/** `TRACE/SPAN;o=1`, the span in decimal. */
export const gcp: TraceFormat = {
  name: 'gcp',
  sizes: [16],
  needsIds: true,
  extract(headers) {
    const [, traceId, spanId, flags] = /^([0-9a-f]{32})\/(\d{1,20})(?:;o=(\d))?$/.exec(only(headers, 'x-cloud-trace-context') ?? '') ?? [];
    return traceId === undefined ? undefined : { traceId, spanId: fromDecimal(spanId), sampled: flags === '1' };
  },
  inject: ({ traceId, spanId = '', sampled }) => ['x-cloud-trace-context', `${traceId}/${toDecimal(spanId)};o=${sampled === true ? '1' : '0'}`],
};
