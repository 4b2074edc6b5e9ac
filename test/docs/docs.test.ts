import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands, flags } from '../../src/cli/arguments.ts';
import { systemErrors, userErrors } from '../../src/model/error.ts';
import { root, sourceFiles } from '../architecture/source-files.ts';

const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const codes = Object.keys({ ...userErrors, ...systemErrors }).sort();

describe('docs/errors.md', () => {
  it('has a chapter for each code, and no other', () => {
    const chapters = [...read('docs/errors.md').matchAll(/^## (DG\d{4})$/gm)].map((match) => match[1]);
    expect(chapters).toEqual(codes);
  });

  it('names only codes that somebody raises', () => {
    const files = [...sourceFiles(path.join(root, 'src'))].filter(([name]) => name !== 'model/error.ts');
    const raised = new Set(files.flatMap(([, text]) => [...text.matchAll(/'(DG\d{4})'/g)].map((match) => match[1])));
    expect(codes.filter((code) => !raised.has(code))).toEqual([]);
  });
});

describe('docs/cli.md and the help text', () => {
  it.each(['docs/cli.md', 'src/cli/help.ts'])('%s names every command and option', (name) => {
    const text = read(name);
    for (const command of commands) expect(text).toMatch(new RegExp(`\\b${command}\\b`));
    const short: Record<string, string> = { header: '-H', data: '-d' };
    for (const flag of Object.keys(flags)) expect(text).toContain(short[flag] ?? `--${flag}`);
  });
});

describe('links in documents', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...listed('docs'), ...listed('recipes')];
  it.each(documents)('%s points to files that are there', (name) => {
    for (const [, target] of read(name).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g))
      expect(existsSync(path.join(root, path.dirname(name), target as string)), `${name} -> ${target}`).toBe(true);
  });
});

function listed(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));
}
