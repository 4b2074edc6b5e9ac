import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/dialects/gateway-api/duration.ts';

const ms = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const unit = fc.constantFrom(...(Object.keys(ms) as (keyof typeof ms)[]));

describe('a duration of GEP-2257', () => {
  it('is the sum of up to four numbers of up to five digits, each with its unit', () => {
    const part = fc.tuple(fc.integer({ min: 0, max: 99_999 }), unit);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const wanted = parts.reduce((sum, [count, one]) => sum + count * ms[one], 0);
        expect(parseDuration(parts.map(([count, one]) => `${count}${one}`).join(''))).toBe(wanted);
      }),
    );
  });

  it('is nothing else', () => {
    /** Reads part by part, which leaves nothing over where it is one. */
    const isDuration = (text: string): boolean => {
      let rest = text;
      for (let parts = 0; parts < 4 && rest !== ''; parts += 1) {
        const digits = /^\d*/.exec(rest)?.[0] ?? '';
        const after = rest.slice(digits.length);
        const found = ['ms', 'h', 'm', 's'].find((one) => after.startsWith(one));
        if (digits === '' || digits.length > 5 || found === undefined) return false;
        rest = after.slice(found.length);
      }
      return rest === '' && text !== '';
    };
    const text = fc.array(fc.constantFrom('0', '1', '99999', 'h', 'm', 's', 'ms', '.', '-', '+', ' ', 'd', 'H'), { maxLength: 9 });
    fc.assert(
      fc.property(text, (pieces) => {
        const written = pieces.join('');
        expect(parseDuration(written) !== undefined, written).toBe(isDuration(written));
      }),
      { numRuns: 1000 },
    );
  });
});
