import { describe, expect, it } from 'vitest';
import { compileRegex, unsafeRegex } from '../../../src/matching/regex.ts';

describe('regular expressions of a configuration', () => {
  it.each([
    '(a+)+$',
    '^(a*)*$',
    '(?:(x+))+y',
    '([a-z]+[0-9]*){2,}',
    '((ab)*c)*',
    '^(a|aa)+$',
    '(?:\\w|x)*',
    '(?<n>.|\\d)+',
    '(/.+)*',
    '([^/]+/?)*',
    '(/[^a]+)*$',
    '((/[^/]+)*)*',
    '([a-z]+\\w)+',
  ])('are refused where they can take exponential time: %s', (source) => {
    expect(unsafeRegex(source)).toMatch(/exponential/);
    expect(() => compileRegex(source)).toThrow(SyntaxError);
  });

  it.each([
    '^/orders/[0-9]+$',
    '^/(v1|v2)/.*',
    '\\(a+\\)+',
    '[(a+)]+',
    '^/a{1,3}b',
    '(?:[a-z]|-)*',
    '^(a|b)+$',
    '(v1|v2)?',
    '(.|\\n)*',
    '(\\w|-|\\.)+',
    '^(/[^/]+)*$',
    '(?:[a-z0-9-]+\\.)+example\\.com',
    '(?<rest>/[^/]*)*',
    '^/a(?:,[0-9]+)*$',
  ])('are run where they cannot: %s', (source) => {
    expect(unsafeRegex(source)).toBeUndefined();
  });

  it('are refused where they are too long, and where they are none', () => {
    expect(unsafeRegex('a'.repeat(2_001))).toMatch(/longer/);
    expect(() => compileRegex('(')).toThrow(SyntaxError);
  });
});

describe('what the guard lets through', () => {
  /** Texts on which a bad expression would take its time. */
  const nasty = ['a', '/', '/a', 'a/', 'a.', 'ab', ',1'].map((piece) => `${piece.repeat(5_000)}!`);
  it.each(['^(/[^/]+)*$', '^(?:[a-z0-9-]+\\.)+$', '^(?:/[^/]*)*$', '^/a(?:,[0-9]+)*$', '^(a|b)+$', '^(\\w|-|\\.)+$'])(
    '%s is done in no time',
    (source) => {
      const regex = compileRegex(source);
      for (const text of nasty) expect(regex.test(text)).toBeTypeOf('boolean');
    },
  );
});
