import { isHex, only, type TraceFormat } from './context.ts';

/** X-Ray: `Root=1-TIME-ID;Parent=ID;Sampled=0`; other members are of no interest. */
export const aws: TraceFormat = {
  name: 'aws',
  sizes: [16],
  needsIds: true,
  extract(headers) {
    const text = only(headers, 'x-amzn-trace-id');
    if (text === undefined) return undefined;
    let traceId: string | undefined;
    let spanId: string | undefined;
    let sampled: boolean | undefined;
    for (const member of text.split(';')) {
      const [key = '', value = ''] = member.split('=').map((part) => part.trim());
      if (key === 'Root') {
        const [, time, id] = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i.exec(value) ?? [];
        if (time === undefined || id === undefined) return undefined;
        traceId = `${time}${id}`.toLowerCase();
      } else if (key === 'Parent') {
        if (value.length !== 16 || !isHex(value)) return undefined;
        spanId = value.toLowerCase();
      } else if (key === 'Sampled') {
        if (value !== '0' && value !== '1') return undefined;
        sampled = value === '1';
      }
    }
    return traceId === undefined && spanId === undefined && sampled === undefined ? undefined : { traceId, spanId, sampled };
  },
  inject: ({ traceId = '', spanId, sampled }) => [
    'x-amzn-trace-id',
    `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${sampled === true ? '1' : '0'}`,
  ],
};
