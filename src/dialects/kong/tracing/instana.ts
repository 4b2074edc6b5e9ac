import { fromHex, only, type TraceFormat } from './context.ts';

const digits = (value: string | undefined): string | undefined => /^[0-9a-f]+/i.exec(value ?? '')?.[0];

export const instana: TraceFormat = {
  name: 'instana',
  sizes: [16, 8],
  needsIds: false,
  extract(headers) {
    if (!['x-instana-t', 'x-instana-s', 'x-instana-l'].some((name) => headers.has(name))) return undefined;
    // Kong keeps the level as a text, and each text is true to Lua: X-INSTANA-L: 0 does not stop the sampling.
    return { traceId: fromHex(digits(only(headers, 'x-instana-t'))), spanId: fromHex(digits(only(headers, 'x-instana-s'))), sampled: true };
  },
  inject: ({ traceId, spanId, sampled }) => [
    ...(traceId === undefined ? [] : ['x-instana-t', traceId]),
    ...(spanId === undefined ? [] : ['x-instana-s', spanId]),
    ...(sampled === undefined ? [] : ['x-instana-l', sampled ? '1' : '0']),
  ],
};
