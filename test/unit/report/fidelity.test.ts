import { expect, it } from 'vitest';
import { renderFidelity } from '../../../src/report/fidelity.ts';
import { paintFor } from '../../../src/report/paint.ts';

const leaf = (pointer: string, line: number, note: string, file = 'a.yaml') => ({
  pointer,
  file,
  line,
  column: 1,
  verdict: 'ignored' as const,
  note,
});

it('what is said of neighbours is said once, with what their pointers share', () => {
  const leaves = [
    leaf('/0/kind', 2, 'no part of it'),
    leaf('/0/spec/replicas', 4, 'no part of it'),
    leaf('/0/spec/paused', 5, 'no part of it'),
    leaf('/1/kind', 7, 'no part of it'),
    leaf('/1/spec/a', 8, 'something else'),
    leaf('/1/spec/b', 9, ''),
    leaf('/1/spec/c', 10, ''),
    leaf('/1/spec/c', 10, 'no part of it', 'b.yaml'),
  ];
  const counts = { mirrored: 1, approximated: 0, ignored: leaves.length, unknown: 0 };
  expect(renderFidelity({ counts, leaves: [...leaves, { ...leaf('/x', 1, ''), verdict: 'mirrored' }] }, paintFor(false)).split('\n')).toEqual([
    'fidelity: 1 mirrored, 0 approximated, 8 ignored, 0 unknown',
    '  a.yaml:2:1  ignored  /0 (3 settings)  no part of it',
    '  a.yaml:7:1  ignored  /1/kind  no part of it',
    '  a.yaml:8:1  ignored  /1/spec/a  something else',
    '  a.yaml:9:1  ignored  /1/spec/b',
    '  a.yaml:10:1  ignored  /1/spec/c',
    '  b.yaml:10:1  ignored  /1/spec/c  no part of it',
  ]);
});

it('what is said of several documents of a stream is said once', () => {
  const of = (at: number, note: string) => [leaf(`/${at}/kind`, at * 10, note), leaf(`/${at}/spec`, at * 10 + 1, note)];
  const leaves = [...of(1, 'a Deployment'), ...of(2, 'a Certificate'), ...of(3, 'a Deployment'), leaf('/4/spec/a', 40, 'a Deployment')];
  const counts = { mirrored: 0, approximated: 0, ignored: leaves.length, unknown: 0 };
  expect(renderFidelity({ counts, leaves }, paintFor(false)).split('\n').slice(1)).toEqual([
    '  a.yaml:10:1  ignored  /1, /3 (4 settings)  a Deployment',
    '  a.yaml:20:1  ignored  /2 (2 settings)  a Certificate',
    '  a.yaml:40:1  ignored  /4/spec/a  a Deployment',
  ]);
});
