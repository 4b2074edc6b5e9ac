import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/dialects/aws/mapping/json.ts';
import { JsonPathError, readPath } from '../../../src/dialects/aws/mapping/json-path.ts';
import { jsonText } from '../../../src/dialects/aws/velocity/java-values.ts';

const store = parseJson('{"books":[{"t":"a","p":8},{"t":"b","p":12,"isbn":"x"},{"t":"c","p":3}],"o":{"x y":1},"n":null}');

describe('paths', () => {
  it.each([
    ['$.books[0].t', '"a"'],
    ['$.books[-1].t', '"c"'],
    ["$['o']['x y']", '1'],
    ['$.books[*].t', '["a","b","c"]'],
    ['$..t', '["a","b","c"]'],
    ['$.books[0,2].p', '[8,3]'],
    ['$.books[:2].p', '[8,12]'],
    ['$.books[?(@.p < 10)].t', '["a","c"]'],
    ['$.books[?(@.isbn)].t', '["b"]'],
    ["$.books[?(@.t == 'a' || @.t =~ /C/i)].p", '[8,3]'],
    ['$.books.length()', '3'],
    ['books[1].t', '"b"'],
  ])('%s', (path, expected) => expect(jsonText(readPath(path, store))).toBe(expected));

  it('a definite path that leads nowhere finds nothing', () => {
    expect(readPath('$.books[9].t', store)).toBeUndefined();
    expect(readPath('$.n', store)).toBeNull();
  });

  it.each(['$.books[', '$.(', "$['a"])('%s is no path', (path) => expect(() => readPath(path, store)).toThrow(JsonPathError));
});

describe('JSON', () => {
  it('keeps what JSON.parse reads, and refuses what it refuses', () => {
    const same = (text: string): void => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expected = undefined;
      }
      const found = parseJson(text);
      if (expected === undefined) expect(found).toBeUndefined();
      else expect(JSON.stringify(JSON.parse(jsonText(found)))).toBe(JSON.stringify(expected));
    };
    fc.assert(fc.property(fc.json(), same));
    fc.assert(fc.property(fc.string(), same));
  });

  it('keeps order and size of what it reads', () => {
    expect(jsonText(parseJson('{"2":12345678901234567890,"1":1.0}'))).toBe('{"2":12345678901234567890,"1":1.0}');
  });
});
