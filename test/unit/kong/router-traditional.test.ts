import { describe, expect, it } from 'vitest';
import { splitPort } from '../../../src/dialects/kong/router/split-port.ts';
import { traditionalRouter } from '../../../src/dialects/kong/router/traditional.ts';
import type { KongWhen } from '../../../src/dialects/kong/router/when.ts';
import { routeOf, seenOf, type Asked } from './router-routes.ts';

type Routes = Readonly<Record<string, Partial<KongWhen>>>;
const find = (routes: Routes, asked: Asked) =>
  traditionalRouter(Object.entries(routes).map(([name, when]) => routeOf(name, when))).find(seenOf(asked));
const chosen = (routes: Routes, asked: Asked): string | undefined => find(routes, asked)?.route.id;

describe('the traditional router', () => {
  it.each<[string, Routes, Asked, string | undefined]>([
    ['more kinds of condition', { host: { hosts: ['a.com'] }, two: { methods: ['GET'], paths: ['/x'] } }, { path: '/x' }, 'two'],
    ['hosts before paths', { path: { paths: ['/x'] }, host: { hosts: ['a.com'] } }, { path: '/x' }, 'host'],
    ['paths before methods', { method: { methods: ['GET'] }, path: { paths: ['/'] } }, { path: '/x' }, 'path'],
    ['plain hosts before wildcards', { wild: { hosts: ['*.com'] }, plain: { hosts: ['a.com'] } }, {}, 'plain'],
    ['a wildcard with a port before plain hosts', { plain: { hosts: ['b.a.com'] }, wild: { hosts: ['*.a.com:80'] } }, { host: 'b.a.com:80' }, 'wild'],
    ['what the host names first', { plain: { hosts: ['b.a.com'] }, wild: { hosts: ['*.a.com:80'] } }, { host: 'b.a.com' }, 'plain'],
    ['a regex before a longer prefix', { prefix: { paths: ['/x/abc'] }, regex: { paths: ['~/x'] } }, { path: '/x/abc' }, 'regex'],
    ['regex_priority', { low: { paths: ['~/x'] }, high: { paths: ['~/x.*'], regexPriority: 1 } }, { path: '/xy' }, 'high'],
    ['no regex_priority of prefixes', { low: { paths: ['/x/y'] }, high: { paths: ['/x'], regexPriority: 9 } }, { path: '/x/y' }, 'low'],
    ['longer prefixes', { short: { paths: ['/x'] }, long: { paths: ['/x/y'] } }, { path: '/x/y/z' }, 'long'],
    [
      'more headers',
      {
        one: { headers: [['a', ['1']]] },
        two: {
          headers: [
            ['a', ['1']],
            ['b', ['1']],
          ],
        },
      },
      { headers: ['a', '1', 'b', '1'] },
      'two',
    ],
    ['the older one', { young: { paths: ['/x'], createdAt: 2 }, old: { paths: ['/x'], createdAt: 1 } }, { path: '/x' }, 'old'],
    ['the host of any port', { it: { hosts: ['a.com'] } }, { host: 'a.com:81' }, 'it'],
    ['the usual port only where it is given', { it: { hosts: ['a.com:80'] } }, { host: 'a.com' }, undefined],
    ['a host with its port', { any: { hosts: ['a.com'] }, it: { hosts: ['a.com:81'] } }, { host: 'a.com:81' }, 'it'],
    ['every alternative at the start', { it: { paths: ['~/a|/b'] } }, { path: '/x/b' }, undefined],
    ['a header pattern against lower case', { it: { headers: [['x', ['~*^V']]] } }, { headers: ['x', 'V1'] }, undefined],
    ['no pattern among several values', { it: { headers: [['x', ['~*^v', 'w']]] } }, { headers: ['x', 'v1'] }, undefined],
    ['no sources for HTTP', { it: { sources: [{ ip: '10.1.2.3', port: 0 }] } }, {}, undefined],
    ['methods in lower case', { it: { methods: ['get'] } }, {}, 'it'],
    ['an SNI', { it: { snis: ['x.com.'] } }, { secure: true, sni: 'x.com' }, 'it'],
    ['no route without a condition', { it: {}, other: { paths: ['/'], methods: ['PUT'] } }, {}, undefined],
    ['nothing that any route has', { it: { hosts: ['b.com'], paths: ['/y'] } }, {}, undefined],
  ])('prefers or takes %s', (_, routes, asked, wanted) => expect(chosen(routes, asked)).toBe(wanted));

  it('lets a host that other routes need lift a route with a regex path over another (Kong/kong#6031)', () => {
    const routes: Routes = { a: { hosts: ['open.test.com'], paths: ['/'] }, b: { hosts: ['*.test.com'], paths: ['~/(touch/)?z/'] } };
    const asked = { host: 'open.test.com', path: '/touch/z/1' };
    expect(chosen(routes, asked)).toBe('a');
    expect(chosen({ ...routes, c: { hosts: ['open.test.com'], paths: ['/test'] } }, asked)).toBe('b');
  });

  it('covers the path up to what the regular expression left', () => {
    expect(find({ it: { paths: ['~/(?<id>\\d+)'] } }, { path: '/7/a' })).toMatchObject({ matched: '/7', captures: { '1': '7', id: '7' } });
    // The alternative without the rest at its end covers nothing, as in Kong.
    expect(find({ it: { paths: ['~/a|/b'] } }, { path: '/a/c' })?.matched).toBe('');
  });

  it.each([
    ['a', 80, 'a', 'a:80', false],
    ['a:1', 80, 'a', 'a:1', true],
    ['a:', 80, 'a', 'a:80', false],
    ['a:b', 80, 'a:b', '[a:b]:80', false],
    ['::1', 80, '::1', '[::1]:80', false],
    ['[::1]', 80, '::1', '[::1]:80', false],
    ['[::1]:', 80, '::1', '[::1]:80', false],
    ['[::1]:81', 80, '::1', '[::1]:81', true],
    ['[::1]:x', 80, '[::1]:x', '[::1]:x:80', false],
    ['::1', null, '::1', '::1', false],
  ])('splits %s', (name, usual, bare, full, hasPort) => expect(splitPort(name, usual)).toEqual({ bare, full, hasPort }));
});
