import { fc } from '../../../properties.ts';
import { describe, expect, it } from 'vitest';
import { aws } from '../../../../src/dialects/kong/tracing/aws.ts';
import { b3, b3Single } from '../../../../src/dialects/kong/tracing/b3.ts';
import { toSize, type TraceContext, type TraceFormat } from '../../../../src/dialects/kong/tracing/context.ts';
import { datadog } from '../../../../src/dialects/kong/tracing/datadog.ts';
import { gcp } from '../../../../src/dialects/kong/tracing/gcp.ts';
import { instana } from '../../../../src/dialects/kong/tracing/instana.ts';
import { jaeger } from '../../../../src/dialects/kong/tracing/jaeger.ts';
import { ot } from '../../../../src/dialects/kong/tracing/ot.ts';
import { sampledByTraceId } from '../../../../src/dialects/kong/tracing/sampler.ts';
import { w3c } from '../../../../src/dialects/kong/tracing/w3c.ts';
import { Fields } from '../../../../src/http/fields.ts';

const id = (bytes: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.integer({ min: 0, max: 15 }).map((digit) => digit.toString(16)), minLength: bytes * 2, maxLength: bytes * 2 })
    .filter((one) => /[^0]/.test(one));
const read = (format: TraceFormat, fields: readonly string[]): TraceContext | undefined => format.extract?.(new Fields([...fields]));

describe('formats of tracing fields', () => {
  it.each([
    [w3c, w3c, 16],
    [b3, b3, 16],
    [b3, b3, 8],
    [b3Single, b3, 16],
    [b3Single, b3, 8],
    [jaeger, jaeger, 16],
    [ot, ot, 8],
    [datadog, datadog, 8],
    [aws, aws, 16],
    [gcp, gcp, 16],
    [instana, instana, 16],
  ])('$0.name reads what it writes (ids of $2 bytes)', (writes, reads, size) => {
    fc.assert(
      fc.property(id(size), id(8), id(8), fc.boolean(), (traceId, spanId, parentId, sampled) => {
        const found = read(reads, writes.inject({ traceId, spanId, parentId, sampled }));
        expect(toSize(found?.traceId, size)).toBe(traceId);
        expect(toSize(found?.spanId, 8)).toBe(spanId);
        if (found?.reusesSpanId === true) expect(found.parentId).toBe(parentId);
        expect(found?.sampled).toBe(reads === instana ? true : sampled);
      }),
    );
  });

  it('carries baggage of jaeger and ot', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) }), (value) => {
        for (const format of [jaeger, ot]) {
          const fields = format.inject({ traceId: '1'.repeat(16), spanId: '2'.repeat(16), baggage: [['user', value]] });
          expect(read(format, fields)?.baggage).toEqual([['user', value]]);
        }
      }),
    );
  });

  it('never throws over what a client sends', () => {
    const names = [
      'traceparent',
      'tracestate',
      'b3',
      'x-b3-traceid',
      'uber-trace-id',
      'ot-tracer-traceid',
      'x-datadog-trace-id',
      'x-datadog-parent-id',
    ];
    names.push('x-amzn-trace-id', 'x-cloud-trace-context', 'x-instana-t', 'x-instana-l', 'uberctx-a');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), fc.string())), (pairs) => {
        for (const format of [w3c, b3, jaeger, ot, datadog, aws, gcp, instana]) read(format, pairs.flat());
      }),
    );
  });

  const t = '7'.repeat(32);
  const s = '8'.repeat(16);
  it.each<[string, TraceFormat, string[], TraceContext | undefined]>([
    ['another version', w3c, ['traceparent', `01-${t}-${s}-01`], undefined],
    ['an id of zeros', w3c, ['traceparent', `00-${'0'.repeat(32)}-${s}-01`], undefined],
    ['two fields', w3c, ['traceparent', `00-${t}-${s}-01`, 'traceparent', `00-${t}-${s}-01`], undefined],
    ['a decision alone', b3, ['b3', '0'], { reusesSpanId: true, sampled: false, flags: undefined, single: true }],
    [
      'b3 in tracestate',
      b3,
      ['tracestate', `b3=${t}-${s}-d`],
      { traceId: t, spanId: s, reusesSpanId: true, sampled: true, flags: '1', single: true },
    ],
    [
      'a broken parent',
      b3,
      ['x-b3-traceid', t, 'x-b3-parentspanid', 'x'],
      { reusesSpanId: true, sampled: undefined, flags: undefined, single: false },
    ],
    ['a short id', jaeger, ['uber-trace-id', `abc:${s}:0:1`], { traceId: '0abc', spanId: s, parentId: '00', reusesSpanId: true, sampled: true }],
    ['long flags', jaeger, ['uber-trace-id', `abc:${s}:0:111`], undefined],
    ['a broken id with a decision', ot, ['ot-tracer-traceid', 'x', 'ot-tracer-sampled', 'true'], { sampled: true }],
    ['an unknown priority', datadog, ['x-datadog-trace-id', '1', 'x-datadog-sampling-priority', '7'], undefined],
    ['a few digits', datadog, ['x-datadog-trace-id', ' 256 ', 'x-datadog-parent-id', '-1'], { traceId: '0100' }],
    ['a root of another version', aws, ['x-amzn-trace-id', `Root=2-${t.slice(0, 8)}-${t.slice(8)}`], undefined],
    ['other members', aws, ['x-amzn-trace-id', ` Self=x ; Parent=${s}`], { spanId: s }],
    ['no flag', gcp, ['x-cloud-trace-context', `${t}/16`], { traceId: t, spanId: '10', sampled: false }],
    ['capitals', gcp, ['x-cloud-trace-context', `${'A'.repeat(32)}/16`], undefined],
    ['a level with more', instana, ['x-instana-l', '0,correlationType=web;correlationId=a'], { sampled: true }],
  ])('%s ($1.name)', (_, format, fields, found) => {
    expect(read(format, fields)).toEqual(found);
  });
});

describe('the sampler', () => {
  it('keeps the share that it is told, by the trace id alone', () => {
    expect([sampledByTraceId('ff'.repeat(16), 1), sampledByTraceId('00'.repeat(16), 0)]).toEqual([true, false]);
    // The first eight bytes, the least first: 0x80 in the eighth is half of all.
    expect([0.4, 0.6].map((rate) => sampledByTraceId(`${'00'.repeat(7)}80${'ff'.repeat(8)}`, rate))).toEqual([false, true]);
  });
});
