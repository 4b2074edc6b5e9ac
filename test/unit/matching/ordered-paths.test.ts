import { fc } from '../../properties.ts';
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
    const table = tableOf({ prefix: '/a' }, { exact: '/a/b' }, { begins: '/', test: (path) => path.endsWith('c') }, { prefix: '' });
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
      fc.tuple(text, text).map(([begins, part]) => ({ begins, test: (path: string) => path.startsWith(begins) && path.includes(part) })),
    );
    const holds = (one: PathPattern, path: string): boolean => {
      if ('exact' in one) return path === one.exact;
      if ('test' in one) return one.test(path);
      return path === one.prefix || path.startsWith(`${one.prefix}/`);
    };
    const name = fc.constantFrom('a', 'b');
    const value = fc.constantFrom('1', '2');
    const entry = fc.record({ pattern, accepted: fc.boolean(), needs: fc.option(fc.record({ name, value }), { nil: undefined }) });
    const path = fc.oneof(
      text,
      text.map((one) => `/${one}`),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), path, fc.dictionary(name, value), (all, asked, fields) => {
        const accept = (one: (typeof all)[number]): boolean =>
          one.accepted && (one.needs === undefined || fields[one.needs.name] === one.needs.value);
        const table = new OrderedPaths<(typeof all)[number]>();
        for (const one of all) table.add(one.pattern, one, one.needs);
        expect(table.find(asked, accept, (of) => fields[of])).toBe(all.find((one) => holds(one.pattern, asked) && accept(one)));
      }),
      { numRuns: 1000 },
    );
  });
});
