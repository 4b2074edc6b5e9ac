import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importedBy, importsOf, layerOf, violations } from './layers.ts';
import { root, sourceFiles } from './source-files.ts';

const files = sourceFiles(path.join(root, 'src'));

describe('layers', () => {
  it('are kept by every file of the product', () => {
    expect(violations(files)).toEqual([]);
  });

  it('leave what a dialect does unread until a file is its own', () => {
    const read = new Set(['index.ts']);
    for (const file of read) for (const target of importedBy(file, files)) read.add(target);
    expect([...read].filter((name) => /^dialects\/.*\/(?:behaviour|compile)/.test(name))).toEqual([]);
    expect([...read]).toContain('dialects/native/index.ts');
  });

  it('see every file that git knows', () => {
    const known = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src'], { cwd: root, encoding: 'utf8' });
    const names = known.split('\n').filter((name) => name.endsWith('.ts'));
    expect(names.length).toBeGreaterThan(40);
    expect([...files.keys()].sort()).toEqual(names.map((name) => name.slice('src/'.length)).sort());
  });

  it('see the imports of every file but the few that have none', () => {
    const silent = [...files].filter(([, text]) => importsOf(text).length === 0 && /\bfrom '/.test(text)).map(([name]) => name);
    expect(silent).toEqual([]);
  });

  it('know every room', () => {
    const rooms = new Set([...files.keys()].filter((name) => name.includes('/')).map((name) => name.split('/')[0]));
    expect([...rooms].filter((room) => layerOf[room as string] === undefined)).toEqual([]);
  });

  describe('a seeded violation is found:', () => {
    const seeded = (file: string, line: string): string[] => violations(new Map([...files, [file, line]])).filter((one) => one.startsWith(file));

    it.each([
      ['an import upwards', 'model/seed.ts', "import { run } from '../engine/run.ts';"],
      ['a type import upwards', 'engine/seed.ts', "import type { Dialect } from '../dialects/dialect.ts';"],
      ['a lazy import upwards', 'policies/seed.ts', "const late = () => import('../gateway/create.ts');"],
      ['a re-export upwards', 'http/seed.ts', "export { run } from '../engine/run.ts';"],
      ['an import over several lines', 'model/seed.ts', "import {\n  run,\n} from '../engine/run.ts';"],
      ['a dialect that uses the wire', 'dialects/native/seed.ts', "import { Pools } from '../../transport/pools.ts';"],
      ['a room that uses an entry', 'cli/seed.ts', "import { createGateway } from '../index.ts';"],
      ['a file that is not there', 'model/seed.ts', "import { x } from './nowhere.ts';"],
    ])('%s', (_, file, line) => {
      expect(seeded(file, line)).toHaveLength(1);
    });

    it('one dialect inside another', () => {
      const other = new Map([...files, ['dialects/other/index.ts', ''], ['dialects/native/seed.ts', "import { x } from '../other/index.ts';"]]);
      expect(violations(other)).toHaveLength(1);
    });
  });
});
