import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRe2 } from '../../../src/matching/re2.ts';

const takes = (source: string, text: string): boolean => compileRe2(source).test(text);

describe('what RE2 knows and JavaScript writes otherwise', () => {
  it.each([
    ['/a', '/a', '/ab'],
    ['a|b', 'b', 'ab'],
    ['(?i)abc', 'aBC', 'abd'],
    ['a(?i)b|c', 'C', 'A'],
    ['(?i:a)b', 'Ab', 'aB'],
    ['(?i)[a-c]x', 'BX', 'dx'],
    ['(?i)a(?-i)b', 'Ab', 'aB'],
    ['(?P<id>[0-9]+)', '42', 'x'],
    ['(?<id>[0-9]+)', '42', 'x'],
    [String.raw`\Aab\z`, 'ab', 'abc'],
    [String.raw`\Qa.b*\E+`, 'a.b**', 'axb*'],
    ['[[:alpha:]]+', 'abC', 'ab1'],
    ['[[:^digit:]x]+', 'ab', 'a1'],
    [String.raw`\pL+`, 'ß\u{4e2d}', '1'],
    [String.raw`\p{Greek}`, '\u{3b1}', 'a'],
    [String.raw`\P{^L}`, 'a', '1'],
    [String.raw`\PN`, 'a', '1'],
    [String.raw`\x41\x{42}\103`, 'ABC', 'abc'],
    [String.raw`a\sb`, 'a b', 'a\u{a0}b'],
    ['a.b', 'a\rb', 'a\nb'],
    ['(?s)a.b', 'a\nb', 'ab'],
    ['(?m)a\n^b', 'a\nb', 'ab'],
    ['[]a]+', ']a', '[a'],
    ['[^]a]', 'b', ']'],
    ['[a-]+', 'a-', 'b'],
    [String.raw`[\d_]+`, '1_', 'a'],
    ['a{,2}', 'a{,2}', 'aa'],
    ['a{2}', 'aa', 'a'],
    ['x{', 'x{', 'x'],
    ['[&&]--', '&--', '&'],
    ['(?U)a+?', 'aaa', 'b'],
    [String.raw`\ba\b`, 'a', 'aa'],
    ['^*ab$+', 'ab', 'b'],
    ['', '', 'a'],
    ['/v[^/]+/[-a-z/]+', '/v1/a-b/c', '/v//a'],
    ['a||b', '', 'c'],
  ])('%s takes %j and not %j', (source, yes, no) => {
    expect([takes(source, yes), takes(source, no)]).toEqual([true, false]);
  });
});

it.each([
  ['(?=a)', /look-around/],
  ['(?<!a)b', /look-around/],
  ['(?>a)', /look-around/],
  ['a*+', /possessive/],
  ['a**', /repeated/],
  [String.raw`(a)\1`, /references/],
  [String.raw`a\Z`, /no escape/],
  [String.raw`\k<a>`, /no escape/],
  [String.raw`\p{Nothing}`, /knows no/],
  ['[[:nothing:]]', /no class/],
  ['a{1001}', /1000/],
  ['(a{100}){100}', /1000/],
  ['a{2,1}', /smaller first/],
  ['*a', /nothing for/],
  ['(a', /not closed/],
  ['a)', /not opened/],
  ['[a', /not closed/],
  ['[b-a]', /./],
  ['(?P<n>a)(?P<n>b)', /two groups/],
  ['(?x)a', /look-around/],
  ['a\\', /ends it/],
  ['(a+)+', /exponential/],
  ['(?i)(a|a)*', /exponential/],
])('%s is refused', (source, why) => {
  expect(() => compileRe2(source)).toThrow(why);
});

it('whatever is written, it is an expression of ours or a SyntaxError', () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    '.',
    '*',
    '+',
    '?',
    '(',
    ')',
    '(?i)',
    '(?P<n>',
    '[',
    ']',
    '[:alpha:]',
    '^',
    '-',
    '|',
    '{2}',
    '\\',
    '\\Q',
    '\\E',
    '\\d',
    '\\pL',
    '{',
    '}',
    '&&',
    '\u{e9}',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.string({ maxLength: 8 }), (pieces, text) => {
      try {
        compileRe2(pieces.join('')).test(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }),
  );
});

it('a text that is quoted takes itself alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, other) => {
      fc.pre(!text.includes(String.raw`\E`) && text.length < 300);
      expect([takes(String.raw`\Q${text}\E`, text), takes(String.raw`\Q${text}\E`, other)]).toEqual([true, other === text]);
    }),
  );
});
