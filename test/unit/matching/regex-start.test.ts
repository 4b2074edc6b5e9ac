import { fc } from '../../properties.ts';
import { expect, it } from 'vitest';
import { startOf } from '../../../src/matching/regex-start.ts';

it.each([
  ['/service-1/orders/[0-9]+', '/service-1/orders/'],
  ['/orders/?', '/orders'],
  ['/orders{0,2}', '/order'],
  ['/a/b', '/a/b'],
  ['/a|b', ''],
  ['/a/(b|c)', ''],
  ['/v1.0', '/v1'],
  [String.raw`/v1\.0`, '/v1'],
  ['/caf\u00e9s', '/caf'],
  ['', ''],
])('what %s matches begins with %j', (source, start) => expect(startOf(source)).toBe(start));

it('is the start of all that is matched', () => {
  const part = fc.constantFrom('/', 'a', 'b', '.', '*', '+', '?', '{0,1}', '{2}', '|', '(', ')', '[ab]', '^', '$', '\\.', '\\w');
  const sources = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
  const text = fc.array(fc.constantFrom('/', 'a', 'b', '.'), { maxLength: 6 }).map((parts) => parts.join(''));
  let matched = 0;
  fc.assert(
    fc.property(sources, fc.array(text, { minLength: 5, maxLength: 20 }), (source, texts) => {
      let regex: RegExp;
      try {
        new RegExp(source);
        regex = new RegExp(`^(?:${source})$`);
      } catch {
        return;
      }
      for (const one of texts.filter((each) => regex.test(each))) {
        matched += 1;
        expect(one.startsWith(startOf(source)), `${source} ${one}`).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
  expect(matched).toBeGreaterThan(100);
});
