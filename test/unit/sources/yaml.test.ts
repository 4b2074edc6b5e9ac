import { describe, expect, it } from 'vitest';
import type { DevgatewayError, Diagnostic } from '../../../src/model/error.ts';
import { parseYaml } from '../../../src/sources/yaml.ts';
import { plain, type Tree } from '../../../src/sources/tree.ts';

const caught = (text: string): DevgatewayError => {
  try {
    parseYaml(text, 'a.yaml');
  } catch (error) {
    return error as DevgatewayError;
  }
  throw new Error('it was accepted');
};

describe('YAML and JSON', () => {
  it('keep the place of every key and item', () => {
    const [tree] = parseYaml('a: 1\nlist:\n  - x\n  - { b: 2 }\n', 'a.yaml');
    const map = tree as Extract<Tree, { kind: 'map' }>;
    expect(map.entries.get('list')).toMatchObject({ line: 2, column: 1 });
    expect(plain(map)).toEqual({ a: 1, list: ['x', { b: 2 }] });
    expect(plain(parseYaml('{"a": [1, null, true]}', 'a.json')[0] as Tree)).toEqual({ a: [1, null, true] });
  });

  it('follow anchors and merge keys, what stands there itself first', () => {
    const [tree] = parseYaml('base: &b { x: 1, y: 1 }\nown: { <<: *b, y: 2 }\n', 'a.yaml');
    expect(plain(tree as Tree)).toMatchObject({ own: { x: 1, y: 2 } });
  });

  it('say where they are broken, in one finding however long the file is', () => {
    const error = caught(`ok: 1\nbroken: { a: /p/{id} }\n${'  - { a: /p/{id} }\n'.repeat(500)}`);
    expect(error.diagnostics).toMatchObject([{ code: 'DG1101', file: 'a.yaml', line: 2 }]);
  });

  it('give the place of a value with its quotes, and of one that is not there', () => {
    const [tree] = parseYaml('a: "x"\nb: \'y\'\nc:\n  d: 1\ne:\n', 'a.yaml');
    const map = tree as Extract<Tree, { kind: 'map' }>;
    expect([...map.entries.values()].map(({ value }) => [value.line, value.column])).toEqual([
      [1, 4],
      [2, 4],
      [4, 3],
      [5, 1],
    ]);
  });

  it('tell numbers, truth and nothing from words as the core schema does', () => {
    const text = '[1, 0x1f, 0o17, 1.5, 1e3, .inf, true, False, null, ~, yes, on, "1", 012, 1.2.3, !!str 5, - , 2024-01-01]';
    expect(() => parseYaml(text, 'a.yaml')).toThrow('cannot be parsed');
    const [tree] = parseYaml(text.replace('- , ', ''), 'a.yaml');
    expect(plain(tree as Tree)).toEqual([1, 31, 15, 1.5, 1000, Infinity, true, false, null, null, 'yes', 'on', '1', 12, '1.2.3', '5', '2024-01-01']);
  });

  it('keep a key as it is written', () => {
    expect(plain(parseYaml('1.10: a\n200: b\ntrue: c\n', 'a.yaml')[0] as Tree)).toEqual({ '1.10': 'a', 200: 'b', true: 'c' });
  });

  it('read every document, tabs in JSON and a mark of byte order', () => {
    expect(parseYaml('\ufeffa: 1\n---\n---\nb: 2\n...\n', 'a.yaml').map(plain)).toEqual([{ a: 1 }, { b: 2 }]);
    expect(parseYaml('{\n\t"a": [\n\t\t1\n\t]\n}\n', 'a.json').map(plain)).toEqual([{ a: [1] }]);
    expect(parseYaml('# nothing\n', 'a.yaml').map(plain)).toEqual([{}]);
  });

  it('count the last of a key that stands there twice where they are asked to, and say so', () => {
    const repeated: Diagnostic[] = [];
    const [tree] = parseYaml('a: { b: 1 }\nc: 2\na: { d: 3 }\n', 'f.yaml', repeated);
    expect(plain(tree as Tree)).toEqual({ a: { d: 3 }, c: 2 });
    expect(repeated).toMatchObject([{ code: 'DG1101', severity: 'warning', line: 3, message: 'the key "a" stands there twice' }]);
  });

  it.each([
    ['a: 1\nb: 2\na: 3\n', 'stands there twice', 3],
    ['a: *b\n', 'has no anchor', 1],
    ['a: &x [*x]\n', 'has no anchor', 1],
    ['? [x]\n: 1\n', 'is no key', 1],
  ])('refuse %j', (text, message, line) => {
    expect(caught(text).diagnostics[0]).toMatchObject({ code: 'DG1101', line, message: expect.stringContaining(message) as string });
  });

  it('refuse aliases that multiply', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 9; at += 1)
      lines.push(
        `a${at}: &a${at} [${Array(10)
          .fill(`*a${at - 1}`)
          .join(', ')}]`,
      );
    expect(caught(`${lines.join('\n')}\n`).message).toContain('aliases');
  });

  it('refuse what is nested without end', () => {
    expect(caught(`${'['.repeat(300)}${']'.repeat(300)}`).code).toBe('DG1101');
  });
});
