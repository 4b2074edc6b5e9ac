import { expect, it } from 'vitest';
import { hex, uuid } from '../../../src/dialects/kong/request-id.ts';

/** Draws these one after the other, and says how many were asked for. */
function drawing(...draws: readonly number[]) {
  let at = 0;
  const random = (): number => draws[at++ % draws.length] as number;
  return { random, drawn: () => at };
}

it.each([
  [32, 4],
  [16, 2],
  [3, 1],
  [9, 2],
])('%i digits take %i draws', (digits, draws) => {
  const { random, drawn } = drawing(0.5);
  expect(hex(random, digits)).toHaveLength(digits);
  expect(drawn()).toBe(draws);
});

it('keeps the zeros in front and goes up to the last digit', () => {
  expect(hex(drawing(0, 1 - Number.EPSILON).random, 16)).toBe('00000000ffffffff');
});

it.each([
  [0, '00000000-0000-4000-8000-000000000000'],
  [1 - Number.EPSILON, 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
])('of draws of %f the uuid is %s', (draw, expected) => expect(uuid(drawing(draw).random)).toBe(expected));
