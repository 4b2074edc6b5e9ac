import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { basicCredentials } from '../../../src/http/basic-credentials.ts';
import { cookieOf, parseCookies } from '../../../src/http/cookies.ts';
import { joinOneSlash, mergeSlashes, percentDecodeLenient, percentDecodeStrict, removeDotSegments, withoutPrefix } from '../../../src/http/path.ts';

const piece = fc.constantFrom('a', 'b', '.', '..', '', '...', '%2e', '.a');
const paths = fc.array(piece, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`);

describe('path', () => {
  it.each([
    ['/a/b/c/./../../g', '/a/g'],
    ['/..', '/'],
    ['/../../x', '/x'],
    ['/a/.', '/a/'],
    ['/a/..', '/'],
    ['/a/../b', '/b'],
    ['/a//../b', '/a/b'],
    ['/.a/..b', '/.a/..b'],
  ])('%s without dot segments is %s', (path, clean) => expect(removeDotSegments(path)).toBe(clean));
  it('has no dot segment left and stays absolute', () => {
    fc.assert(
      fc.property(paths, (path) => {
        const clean = removeDotSegments(path);
        expect(clean.startsWith('/')).toBe(true);
        expect(clean.split('/').some((one) => one === '.' || one === '..')).toBe(false);
        expect(removeDotSegments(clean)).toBe(clean);
      }),
    );
  });
  it('decodes what was encoded, strictly or not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(percentDecodeStrict(encodeURIComponent(text))).toBe(text);
        expect(percentDecodeLenient(encodeURIComponent(text))).toBe(text);
      }),
    );
    expect([percentDecodeStrict('%zz'), percentDecodeStrict('%ff'), percentDecodeLenient('%zz%41%'), percentDecodeLenient('%ff')]).toEqual([
      undefined,
      undefined,
      '%zzA%',
      '\ufffd',
    ]);
  });
  it('merges and joins slashes', () => {
    expect([mergeSlashes('//a///b/'), joinOneSlash('/a/', '/b'), joinOneSlash('/a', 'b'), joinOneSlash('/a/', '')]).toEqual([
      '/a/b/',
      '/a/b',
      '/a/b',
      '/a/',
    ]);
  });
  it('strips a prefix at a segment border only', () => {
    expect([withoutPrefix('/api/x', '/api'), withoutPrefix('/api', '/api/'), withoutPrefix('/apix', '/api'), withoutPrefix('/x', '/api')]).toEqual([
      '/x',
      '/',
      undefined,
      undefined,
    ]);
  });
});

describe('cookies', () => {
  it('are found by their exact name, the first one', () => {
    expect(cookieOf(['a=1; B=2', 'b= x=y ; b=3'], 'b')).toBe('x=y');
    expect(cookieOf(['ab=1; nothing'], 'b')).toBeUndefined();
  });
  it('keep order and repetition', () =>
    expect(parseCookies(['a=1; a=2; x'])).toEqual([
      ['a', '1'],
      ['a', '2'],
    ]));
});

describe('basic credentials', () => {
  it('come back as they were sent', () => {
    const user = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes(':'));
    fc.assert(
      fc.property(user, fc.string({ unit: 'grapheme' }), (name, password) => {
        expect(basicCredentials(`Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`)).toEqual({ user: name, password });
      }),
    );
  });
  it.each(['', 'Basic', 'Basic !!', 'Bearer YTpi', 'Basic YWI='])('%j are none', (value) => expect(basicCredentials(value)).toBeUndefined());
});
