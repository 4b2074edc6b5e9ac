import { fc } from '../../properties.ts';
import { expect, it } from 'vitest';
import { fieldOf, fieldsIn } from '../../../src/http/protobuf-wire.ts';

const number = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const value = fc.oneof(
  fc.maxSafeNat().filter((one) => one > 0),
  fc.string({ minLength: 1 }),
);

it('fields of a message come back in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(number, value)), (fields) => {
      const bytes = Buffer.concat(fields.map(([at, one]) => fieldOf(at, one)));
      const back = [...fieldsIn(bytes)].map(({ number: at, value: one }) => [at, typeof one === 'bigint' ? Number(one) : one.toString()]);
      expect(back).toEqual(fields);
    }),
  );
});

it('what has its default value is not written', () => {
  expect([0, '', Buffer.alloc(0)].map((one) => fieldOf(1, one).length)).toEqual([0, 0, 0]);
});

it('whatever comes is read, or is called broken', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        for (const one of fieldsIn(Buffer.from(bytes))) expect(one.number).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

it.each(['00', '02', '0a05', '08', '0b', '08ffffffffffffffffffff01', '0affffffffffffffffff01'])('%s is broken', (hex) => {
  expect(() => [...fieldsIn(Buffer.from(hex, 'hex'))]).toThrow(RangeError);
});
it('fixed numbers are left out', () => {
  expect([...fieldsIn(Buffer.from('0d010203041101020304050607080801', 'hex'))]).toEqual([{ number: 1, value: 1n }]);
});
