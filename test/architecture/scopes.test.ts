import path from 'node:path';
import { expect, it } from 'vitest';
import { root, sourceFiles } from './source-files.ts';

/** State and time of a request are those of its scope. What reads them otherwise, with its line. */
export function scopeless(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [file, text] of files) {
    if (!/^(?:dialects|policies)\//.test(file)) continue;
    for (const line of text.split('\n')) {
      const state = /\b(?:store\.update|memory\.get|functions)\(/.test(line) && !/scope\b|\bkeys?\b/.test(line);
      const time = /(?<![.#\w]|\?\? )(?:deps\.)?clock\.(?:now|sleep|after)\(/.test(line);
      if (state || time) found.push(`${file}: ${line.trim()}`);
    }
  }
  return found;
}

it('no step reads time or state that is not of the scope of its exchange', () => {
  expect(scopeless(sourceFiles(path.join(root, 'src')))).toEqual([]);
});

it.each([
  ['const now = clock.now();', 1],
  ['await deps.clock.sleep(5);', 1],
  ['memory.get(`kong:${name}`, make)', 1],
  ["store.update('nginx', limiter, now, 1)", 1],
  ['functions(options.function)', 1],
  ['const now = (exchange.clock ?? clock).now();', 0],
  ['memory.get(`${exchange.scope}kong`, make)', 0],
])('%s', (line, count) => {
  expect(scopeless(new Map([['dialects/seed/a.ts', line]]))).toHaveLength(count);
});
