import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderedPaths, type PathPattern } from '../../../src/matching/ordered-paths.ts';

const tableOf = (...patterns: readonly PathPattern[]): OrderedPaths<number> => {
  const table = new OrderedPaths<number>();
  for (const [at, pattern] of patterns.entries()) table.add(pattern, at);
  return table;
};
const any = (): boolean => true;

describe('paths in order', () => {
  it('are found as a whole, by segments and by a test, whichever counts first', () => {
    const table = tableOf({ prefix: '/a' }, { exact: '/a/b' }, { test: (path) => path.endsWith('c') }, { prefix: '' });
    const found = (path: string): number | undefined => table.find(path, any);
    expect(['/a', '/a/', '/a/b', '/ab', '/c', '/', '', '*'].map(found)).toEqual([0, 0, 0, 3, 2, 3, 3, undefined]);
  });
  it('go on to the next where one is not accepted', () => {
    const table = tableOf({ prefix: '/a' }, { exact: '/a' }, { prefix: '' });
    expect(table.find('/a', (at) => at > 0)).toBe(1);
    expect(table.find('/a', (at) => at > 1)).toBe(2);
    expect(table.find('/a', () => false)).toBe(undefined);
  });

  it('are those that asking one by one finds', () => {
    const text = fc.array(fc.constantFrom('/', '/', 'a', 'b', '.', '%2F'), { maxLength: 6 }).map((parts) => parts.join(''));
    const pattern = fc.oneof(
      text.map((exact) => ({ exact })),
      text.map((prefix) => ({ prefix: prefix.replace(/\/+$/, '') })),
      text.map((part) => ({ test: (path: string) => path.includes(part) })),
    );
    const holds = (one: PathPattern, path: string): boolean => {
      if ('exact' in one) return path === one.exact;
      if ('test' in one) return one.test(path);
      return path === one.prefix || path.startsWith(`${one.prefix}/`);
    };
    fc.assert(
      fc.property(
        fc.array(fc.record({ pattern, accepted: fc.boolean() }), { maxLength: 12 }),
        fc.oneof(
          text,
          text.map((one) => `/${one}`),
        ),
        (all, path) => {
          const wanted = all.findIndex((one) => holds(one.pattern, path) && one.accepted);
          const found = tableOf(...all.map((one) => one.pattern)).find(path, (at) => all[at]?.accepted === true);
          expect(found ?? -1).toBe(wanted);
        },
      ),
      { numRuns: 500 },
    );
  });
});
