import type { Fields } from '../../../http/fields.ts';
import { isHex, only, sampledFlag, type TraceContext, type TraceFormat } from './context.ts';

const names = ['b3', 'tracestate', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'];

/** One field, `b3` or a member of `tracestate`: undefined where there is none, without ids where they are not valid. */
function readSingle(headers: Fields): TraceContext | undefined {
  const text = headers.has('b3')
    ? only(headers, 'b3')
    : headers
        .getAll('tracestate')
        .find((value) => /^b3=./.test(value))
        ?.slice(3);
  if (text === undefined) return undefined;
  if (text === '1' || text === 'd') return { sampled: true, flags: text === 'd' ? '1' : undefined };
  if (text === '0') return { sampled: false };
  // The dashes before the last two parts may be left out.
  const [, traceId, spanId, sampled, parentId] = /^([0-9a-f]+)-([0-9a-f]{16})-?([01d]?)-?([0-9a-f]*)$/i.exec(text) ?? [];
  if (traceId === undefined || ![16, 32].includes(traceId.length) || ![0, 16].includes(parentId?.length ?? 0)) return {};
  return {
    traceId,
    spanId,
    parentId: parentId === '' ? undefined : parentId,
    sampled: sampled === '' ? undefined : sampled !== '0',
    flags: sampled === 'd' ? '1' : undefined,
  };
}

/** Several fields; a broken one takes all ids with it. */
function readMulti(headers: Fields): TraceContext {
  const traceId = only(headers, 'x-b3-traceid');
  const spanId = only(headers, 'x-b3-spanid');
  const parentId = only(headers, 'x-b3-parentspanid');
  const flags = only(headers, 'x-b3-flags');
  const isId = (id: string | undefined, ...lengths: number[]): boolean => id === undefined || (lengths.includes(id.length) && isHex(id));
  const valid = isId(traceId, 16, 32) && isId(spanId, 16) && isId(parentId, 16);
  return {
    ...(valid ? { traceId, spanId, parentId } : {}),
    sampled: flags === '1' ? true : sampledFlag(only(headers, 'x-b3-sampled')),
    flags,
  };
}

/** Zipkin's B3: reads one field and several alike. Answers wherever one of its fields is there, even if that says nothing. */
export const b3: TraceFormat = {
  name: 'b3',
  sizes: [16, 8],
  needsIds: false,
  extract(headers) {
    if (!names.some((name) => headers.has(name))) return undefined;
    const single = readSingle(headers);
    const multi = readMulti(headers);
    const lower = (id: string | undefined): string | undefined => id?.toLowerCase();
    const traceId = single?.traceId ?? multi.traceId;
    return {
      ...(traceId === undefined
        ? {}
        : {
            traceId: lower(traceId),
            spanId: lower(single?.spanId ?? multi.spanId),
            parentId: lower(single?.parentId ?? multi.parentId),
          }),
      reusesSpanId: true,
      sampled: single?.sampled ?? multi.sampled,
      flags: single?.flags ?? multi.flags,
      single: single !== undefined,
    };
  },
  inject({ traceId, spanId, parentId, sampled, flags }) {
    const ids = traceId === undefined || spanId === undefined ? [] : ['x-b3-traceid', traceId, 'x-b3-spanid', spanId];
    if (ids.length > 0 && parentId !== undefined) ids.push('x-b3-parentspanid', parentId);
    return [...ids, ...(flags === undefined ? ['x-b3-sampled', sampled === true ? '1' : '0'] : ['x-b3-flags', flags])];
  },
};

export const b3Single: TraceFormat = {
  name: 'b3-single',
  logName: 'b3',
  sizes: [16, 8],
  needsIds: false,
  inject({ traceId, spanId, parentId, sampled, flags }) {
    const decision = flags === '1' ? 'd' : sampled === undefined ? undefined : sampled ? '1' : '0';
    if (traceId === undefined || spanId === undefined) return ['b3', decision ?? '0'];
    return ['b3', [traceId, spanId, decision, parentId].filter((part) => part !== undefined).join('-')];
  },
};
