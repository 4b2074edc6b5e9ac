import { describe, expect, it } from 'vitest';
import type { DevgatewayError } from '../../../src/model/error.ts';
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

  it('say where they are broken, in a few findings however long the file is', () => {
    const error = caught(`ok: 1\nbroken: { a: /p/{id} }\n${'  - { a: /p/{id} }\n'.repeat(500)}`);
    expect(error.diagnostics[0]).toMatchObject({ code: 'DG1101', file: 'a.yaml', line: 2 });
    expect(error.diagnostics.length).toBeLessThanOrEqual(5);
  });

  it('refuse what is nested without end', () => {
    expect(caught(`${'['.repeat(300)}${']'.repeat(300)}`).code).toBe('DG1101');
  });
});
