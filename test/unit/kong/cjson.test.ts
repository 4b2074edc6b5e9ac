import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { encodeCjson } from '../../../src/dialects/kong/cjson.ts';
import { luaNumber, luaToNumber } from '../../../src/dialects/kong/lua/numbers.ts';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [1 / 3, '0.33333333333333'],
    [100, '100'],
    [12_345_678_901_234, '12345678901234'],
    [123_456_789_012_345, '1.2345678901234e+14'],
    [1e15, '1e+15'],
    [1e100, '1e+100'],
    [0.0001, '0.0001'],
    [0.000_01, '1e-05'],
    [99_999_999_999_999.9, '1e+14'],
    [1e308 * 10, 'inf'],
  ])('%d is %s', (value, text) => {
    expect(luaNumber(value)).toBe(text);
  });
  it('keeps fourteen digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const written = Number(luaNumber(value));
        expect(written === value || Math.abs(written - value) <= Math.abs(value) * 0.500_000_1e-13 || Math.abs(value) < 1e-300).toBe(true);
      }),
    );
  });
});

it.each([
  [' 12 ', 12],
  ['-0x1F', -31],
  ['.5e1', 5],
  ['5.', 5],
  ['', undefined],
  ['1 2', undefined],
  ['12a', undefined],
])('tonumber(%j) is %s', (text, value) => {
  expect(luaToNumber(text)).toBe(value);
});

describe('JSON', () => {
  it.each([
    [{ a: 'x/y', b: [], c: {}, d: null, e: [true, false, 1.5] }, '{"a":"x\\/y","b":[],"c":{},"d":null,"e":[true,false,1.5]}'],
    ['\u0000\b\t\n\f\r\u001f"\\\u007fé😀', '"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\\\u007fé😀"'],
    [
      new Map<string, unknown>([
        ['2', 1],
        ['1', 2],
        ['__proto__', 3],
      ]),
      '{"2":1,"1":2,"__proto__":3}',
    ],
  ])('%j', (value, text) => {
    expect(encodeCjson(value)).toBe(text);
  });
  it('means what JSON means', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const rounded: unknown = JSON.parse(JSON.stringify(value), (_, one: unknown) => (typeof one === 'number' ? Number(luaNumber(one)) : one));
        // cjson writes the sign of a negative zero, JSON.stringify does not.
        expect(JSON.parse(encodeCjson(value), (_, one: unknown) => (one === 0 ? 0 : one))).toEqual(rounded);
      }),
    );
  });
});
