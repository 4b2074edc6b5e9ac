import { fromDecimal, only, toDecimal, type TraceFormat } from './context.ts';

const priorities: Readonly<Record<string, boolean>> = { '1': true, '2': true, '0': false, '-1': false };
const number = (value: string | undefined): string | undefined => /^\s*(\d{1,64})\s*$/.exec(value ?? '')?.[1];

/** Decimal ids of 64 bits. */
export const datadog: TraceFormat = {
  name: 'datadog',
  sizes: [8],
  needsIds: false,
  extract(headers) {
    const priority = headers.has('x-datadog-sampling-priority') ? (only(headers, 'x-datadog-sampling-priority') ?? '') : undefined;
    const sampled = priority === undefined ? undefined : priorities[priority];
    if (priority !== undefined && sampled === undefined) return undefined;
    const traceId = fromDecimal(number(only(headers, 'x-datadog-trace-id')));
    if (traceId === undefined && sampled === undefined) return undefined;
    return { traceId, spanId: traceId === undefined ? undefined : fromDecimal(number(only(headers, 'x-datadog-parent-id'))), sampled };
  },
  inject: ({ traceId, spanId, sampled }) => [
    ...(traceId === undefined ? [] : ['x-datadog-trace-id', toDecimal(traceId)]),
    ...(spanId === undefined ? [] : ['x-datadog-parent-id', toDecimal(spanId)]),
    ...(sampled === undefined ? [] : ['x-datadog-sampling-priority', sampled ? '1' : '0']),
  ],
  logId: toDecimal,
};
