import { fc } from '../../properties.ts';
import { expect, it } from 'vitest';
import { decodeArgs, encodeArgs, encodeSorted, type Args } from '../../../src/dialects/kong/args.ts';

it.each([
  [
    'a=1&b&a=2&=x&c=',
    [
      ['a', ['1', '2']],
      ['b', true],
      ['c', ''],
    ],
  ],
  ['a%20b+c=%41%zz%4', [['a b c', 'A%zz%4']]],
  ['', []],
])('%s', (text, expected) => {
  expect([...decodeArgs(text)]).toEqual(expected);
});

it('reads a hundred', () => {
  expect(decodeArgs(Array.from({ length: 101 }, (_, at) => `a${at}=1`).join('&')).size).toBe(100);
});

it('sorts what is encoded', () => {
  expect(
    encodeSorted(
      new Map<string, Args extends Map<string, infer V> ? V : never>([
        ['b', true],
        ['a', ['2', true]],
        ['a.', '1'],
      ]),
    ),
  ).toBe('a.=1&a=2&a&b');
});

it('reads what it wrote', () => {
  const name = fc.string({ minLength: 1, unit: 'binary-ascii' });
  const value = fc.oneof(fc.string({ unit: 'binary-ascii' }), fc.constant(true as const));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 20 }), (pairs) => {
      expect([...decodeArgs(encodeArgs(new Map(pairs)))]).toEqual(pairs);
    }),
  );
});
