import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { plain, type Tree } from '../../../src/sources/tree.ts';
import { parseYaml } from '../../../src/sources/yaml.ts';

const read = (text: string): unknown[] => parseYaml(text, 'a.yaml').map(plain);
const placeOf = (tree: Tree | undefined, ...keys: string[]): [number, number] | undefined => {
  const at = keys.reduce<Tree | undefined>((one, key) => (one?.kind === 'map' ? one.entries.get(key)?.value : undefined), tree);
  return at === undefined ? undefined : [at.line, at.column];
};

describe('JSON with less indentation than its key', () => {
  it.each([
    ['a:\n  b: {\n"x": [\n1, 2\n]\n}\nc: 3\n', { a: { b: { x: [1, 2] } }, c: 3 }],
    ['a:\r\n  b: {\r\n"x": 1\r\n}\r\nc: 3\r\n', { a: { b: { x: 1 } }, c: 3 }],
    ['a:\n  b:\n    [\n  {"x": "}, {"}\n  ]\n  c: 3\n', { a: { b: [{ x: '}, {' }], c: 3 } }],
    ['a:\n  - {\n\n"x": 1,\n\n\n"y": {}\n}\n  - 2\n', { a: [{ x: 1, y: {} }, 2] }],
    ['a:\n  b: {\n\t"x": 1\n}\n', { a: { b: { x: 1 } } }],
    ['a:\n  b: {"x": 1,\n"y": 2} # both\nc: 3\n', { a: { b: { x: 1, y: 2 } }, c: 3 }],
  ])('is read as libyaml reads it: %j', (text, expected) => {
    expect(read(text)).toEqual([expected]);
  });

  it('stands where it stood', () => {
    const [tree] = parseYaml('a:\n  b: {\n"x": 1,\n "y": 2\n}\nc: 3\n', 'a.yaml');
    expect([placeOf(tree, 'a', 'b', 'x'), placeOf(tree, 'a', 'b', 'y'), placeOf(tree, 'c')]).toEqual([
      [3, 6],
      [4, 7],
      [6, 4],
    ]);
  });

  it('is not mended where a line break belongs to a text, nor where it is broken otherwise', () => {
    expect(() => read('a:\n  b: {x: one\ntwo}\n')).toThrow('deficient indentation');
    expect(() => read('a:\n  b: {\n"x": 1\nc: 3\n')).toThrow('cannot be parsed');
  });

  it('is read in time that grows with it', () => {
    const items = Array.from({ length: 20_000 }, (_, at) => `{"a": ${at}}`).join(',\n');
    const startedAt = performance.now();
    expect(read(`a:\n  b: [\n${items}\n]\n`)).toMatchObject([{ a: { b: { length: 20_000 } } }]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('says what it would say with enough of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const held = { x: value };
        const text = JSON.stringify(held, null, 1).replaceAll(/\n +/g, '\n');
        expect(read(`a:\n  b: ${text}\nc: 1\n`)).toEqual([{ a: { b: JSON.parse(JSON.stringify(held)) as unknown }, c: 1 }]);
      }),
    );
  });
});

describe('JSON documents one after the other', () => {
  it.each([
    ['{"a":1}\n{"b":2}\n', [{ a: 1 }, { b: 2 }]],
    ['{\n "a": "}\\n{"\n}\n\n{\n "b": [\n  {}\n ]\n}\n{}\n', [{ a: '}\n{' }, { b: [{}] }, {}]],
    ['\ufeff{"a":1}\r\n{"b":2}\r\n', [{ a: 1 }, { b: 2 }]],
  ])('are as many documents: %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('stand where they stood', () => {
    const [, second] = parseYaml('{"a":1}\n{"b":2}\n', 'a.json');
    expect([second?.line, second?.column, placeOf(second, 'b')]).toEqual([2, 1, [2, 6]]);
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue()), { minLength: 2 }),
        fc.constantFrom(0, 2),
        (all, indent) => {
          const text = all.map((one) => JSON.stringify(one, null, indent)).join('\n');
          expect(read(text)).toEqual(JSON.parse(JSON.stringify(all)));
        },
      ),
    );
  });

  it('are no excuse for a broken one', () => {
    expect(() => read('{"a":1} b\n')).toThrow('cannot be parsed');
  });
});
