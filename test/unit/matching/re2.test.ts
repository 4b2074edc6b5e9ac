import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { compileRe2 } from '../../../src/matching/re2.ts';
import { unsafeRegex } from '../../../src/matching/regex.ts';

describe('regular expressions of RE2', () => {
  it.each<[source: string, takes: readonly string[], leaves: readonly string[]]>([
    ['a|b', ['a', 'b'], ['ab', 'xa', 'b\n', '']],
    ['(?i)Ab', ['ab', 'AB'], ['abc']],
    ['(?i:k)z', ['kz', 'Kz', '\u212Az'], ['kZ']],
    ['a(?i)b|c', ['aB', 'C', 'c'], ['AB']],
    ['(?i)[^a-c]', ['d', 'D'], ['a', 'A', 'C']],
    ['(?i)\\p{Lu}', ['a', 'A', 'é'], ['1']],
    ['(?P<year>\\d{4})-(?<month>\\d\\d)', ['2026-11'], ['2026-1', '٢٠٢٦-11']],
    ['\\Aab\\z', ['ab'], ['ab\n']],
    ['\\pL+', ['aé'], ['a1', '']],
    ['\\PL\\p{^L}\\p{Greek}', ['12λ'], ['a2λ', '12l']],
    ['[[:alpha:]_]+', ['aZ_'], ['a1', 'é']],
    ['[[:^digit:]]', ['a', 'é', '\n'], ['1']],
    ['[]a-]+', [']a-'], ['b']],
    ['[\\w-z]+', ['a-9_z'], ['.']],
    ['[\\-\\]\\\\]+', ['-]\\'], ['a']],
    ['\\Qa.b\\E+', ['a.b', 'a.bb'], ['axb']],
    ['a{,2}', ['a{,2}'], ['a', 'aa']],
    ['x{2}y{1,}z{0,1}', ['xxy', 'xxyyz'], ['xy', 'xxyzz']],
    ['.', ['a', '\r', '\u2028', '😀'], ['\n']],
    ['(?s).', ['\n'], ['']],
    ['(?m)a$\n^b', ['a\nb'], ['ab']],
    ['\\s\\S', [' a', '\n\v'], ['\va', '  ']],
    ['\\bab\\b', ['ab'], ['abc']],
    ['\\x41\\x{1F600}\\101\\0', ['A😀A\0'], ['A']],
    ['a??b*?c+?', ['c', 'abbcc'], ['ab']],
    ['(?U)a+', ['aa'], ['']],
    ['^*a', ['a'], ['aa']],
    ['()|(?:)', [''], ['a']],
    ['\\_\\/\\"', ['_/"'], ['']],
  ])('%s', (source, takes, leaves) => {
    const regex = compileRe2(source);
    expect(takes.filter((one) => !regex.test(one))).toEqual([]);
    expect(leaves.filter((one) => regex.test(one))).toEqual([]);
  });

  it.each([
    ['(?=a)', /look-around/],
    ['(?<!a)b', /look-around/],
    ['(?>a)', /other groups/],
    ['(a)\\1', /references/],
    ['a++', /does not repeat a repetition/],
    ['a**', /does not repeat a repetition/],
    ['a{2}{3}', /does not repeat a repetition/],
    ['a{1001}', /more than 1000/],
    ['a{3,2}', /ends before/],
    ['*a', /nothing to repeat/],
    ['(|+)', /nothing to repeat/],
    ['(a', /is missing/],
    ['a)', /closes no group/],
    ['[a', /is missing/],
    ['[b-a]', /ends before/],
    ['[[:letters:]]', /no class/],
    ['\\p{Letter}', /no property/],
    ['\\Z', /no escape/],
    ['\\u0041', /no escape/],
    ['a\\', /within an escape/],
    ['(?x)a', /no flag x/],
    ['(?P<a>b)(?P<a>c)', /two groups/],
    ['\\x{110000}', /no character/],
  ])('%s is refused', (source, why) => {
    expect(() => compileRe2(source)).toThrow(why);
  });

  it.each(['(a+)+', '(?i)(a|A)+', '(?:\\pL+a)+', '(?:[\\pL]+a)+', '(?:\\pL|a)+', '(\\Qa\\E+)+'])('%s is not run', (source) => {
    expect(() => compileRe2(source)).toThrow(/exponential/);
  });

  it('that say the same in both languages take the same texts', () => {
    const atom = fc.constantFrom('a', 'b', '/', '[ab]', '[^a]', '\\.', '\\d', '\\w', '.', '(?:ab|c)', '[a-c/]', '^', '$', '\\b');
    const piece = fc
      .tuple(atom, fc.constantFrom('', '?', '*', '+', '{2}', '{1,2}', '*?'))
      .map(([one, times]) => (/^(?:[$^]|\\b)$/.test(one) ? one : one + times));
    const source = fc.array(piece, { maxLength: 5 }).map((all) => all.join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', '.', '1'), maxLength: 6 });
    fc.assert(
      fc.property(source, fc.array(text), (one, texts) => {
        if (unsafeRegex(one) !== undefined) return;
        const ours = new RegExp(`^(?:${one})$`);
        const regex = compileRe2(one);
        for (const each of texts) expect(regex.test(each), `${one} ${each}`).toBe(ours.test(each));
      }),
    );
  });

  it('are taken or refused, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab\\[]()|*+?{}^$.,-:<>PQEpLzdi=!10')), maxLength: 20 }), (source) => {
        try {
          expect(compileRe2(source)).toBeInstanceOf(RegExp);
        } catch (error) {
          expect((error as Error).message).toMatch(/is no regular expression of RE2|is not run/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
