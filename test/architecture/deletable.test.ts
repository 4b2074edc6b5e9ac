import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './source-files.ts';

/** Each dialect is a folder and a line of the list; what only one dialect uses (a file format) may go with it or stay. */
const folders = readdirSync(path.join(root, 'src/dialects'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(path.join(root, 'src/dialects', entry.name, 'index.ts')))
  .map((entry) => entry.name);

/** The product without some dialects, in a folder of its own. */
function without(dialects: readonly string[]): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'devgateway-without-'));
  for (const name of ['src', 'test', 'fixtures', 'recipes', 'schema', 'docs', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
    cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'dir');
  const list = path.join(copy, 'src/dialects/index.ts');
  for (const dialect of dialects) {
    rmSync(path.join(copy, 'src/dialects', dialect), { recursive: true });
    rmSync(path.join(copy, 'test/unit', dialect), { recursive: true, force: true });
    const lines = readFileSync(list, 'utf8').split('\n');
    const symbol = lines.flatMap((line) => (line.includes(`'./${dialect}/`) ? (/import \{ (\w+) \}/.exec(line)?.[1] ?? []) : []))[0];
    if (symbol === undefined) throw new Error(`${dialect} is not imported by the list of dialects`);
    const kept = lines.filter((line) => !line.includes(`'./${dialect}/`)).map((line) => line.replace(new RegExp(`\\b${symbol},? ?`), ''));
    writeFileSync(list, kept.join('\n'));
  }
  return copy;
}

const tool = (name: string, ...args: string[]): string[] => [path.join(root, 'node_modules', name), ...args];

function typesOf(copy: string): string {
  return spawnSync(process.execPath, tool('typescript/bin/tsc', '--noEmit', '-p', copy), { encoding: 'utf8' }).stdout;
}

describe('a dialect can be deleted whole:', () => {
  it('sees the dialects', () => {
    expect(folders).toContain('native');
    expect(folders.length).toBeGreaterThanOrEqual(1);
  });

  // The native dialect is what the entries name in their types (defineConfig), so it is the one that stays.
  it.each(folders.filter((name) => name !== 'native'))(
    'without %s the rest compiles',
    (dialect) => {
      const copy = without([dialect]);
      try {
        expect(typesOf(copy)).toBe('');
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    },
    60_000,
  );

  // Whichever of them is deleted, then: its tests ask nothing of it. Each test is run once, where without every single one it would be many times.
  it.each(folders.filter((name) => existsSync(path.join(root, 'test/unit', name))))(
    'without all others %s compiles and passes its tests',
    (dialect) => {
      const copy = without(folders.filter((name) => name !== dialect && name !== 'native'));
      try {
        expect(typesOf(copy)).toBe('');
        execFileSync(process.execPath, tool('vitest/vitest.mjs', 'run', '--root', copy, `test/unit/${dialect}/`), {
          encoding: 'utf8',
          stdio: 'pipe',
        });
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    },
    240_000,
  );
});
