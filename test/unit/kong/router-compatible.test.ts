import { describe, expect, it } from 'vitest';
import { compatibleRouter } from '../../../src/dialects/kong/router/compatible.ts';
import { declarativeId, partId } from '../../../src/dialects/kong/entity-id.ts';
import { rankOf } from '../../../src/dialects/kong/router/rank.ts';
import type { KongWhen } from '../../../src/dialects/kong/router/when.ts';
import { routeOf, seenOf, whenOf, type Asked } from './router-routes.ts';

type Routes = Readonly<Record<string, Partial<KongWhen>>>;
const routerOf = (routes: Routes, flavor: 'traditional_compatible' | 'expressions' = 'traditional_compatible') =>
  compatibleRouter(
    Object.entries(routes).map(([name, when]) => routeOf(name, when)),
    flavor,
    'original',
  );
const chosen = (routes: Routes, asked: Asked): string | undefined => routerOf(routes).find(seenOf(asked))?.route.id;

describe('priorities of traditional_compatible', () => {
  const headers = (count: number): KongWhen['headers'] => Array.from({ length: count }, (_, at) => [`h${at}`, ['1']] as const);
  // What LuaJIT computes from kong.router.transform, get_priority, on x86-64.
  it.each<[Partial<KongWhen>, string]>([
    [{ hosts: ['a.com'] }, '1152921505143717888'],
    [{ methods: ['GET'], paths: ['/abc'] }, '1073741828'],
    [{ methods: ['GET'], paths: ['/abc'], headers: headers(1) }, '1611661316'],
    [{ paths: ['~/a'] }, '2251800350556160'],
    [{ paths: ['~/a'], regexPriority: 5 }, '2251800353177600'],
    [{ methods: ['GET'], paths: ['~/a'], regexPriority: 8192 }, '2251800887427072'],
    [{ hosts: ['a.com'], methods: ['GET'], paths: ['/abcdef'], headers: headers(1) }, '10376293541462671367'],
    [{ hosts: ['*.a.com'], methods: ['GET'], paths: ['/abcdef'], headers: headers(1) }, '9223372036854775808'],
    [{ methods: ['GET'], paths: ['~/a'], regexPriority: -1 }, '9225623837742202880'],
  ])('%o ranks by %s', (when, priority) => expect(rankOf(whenOf(when), when.paths ?? [], 'original').priority.toString()).toBe(priority));

  it('follows the bits as they are meant where route_match_calculation is strict', () => {
    const strict = (when: Partial<KongWhen>): bigint => rankOf(whenOf(when), when.paths ?? [], 'strict').priority;
    expect(strict({ methods: ['GET'], paths: ['/a'] })).toBe((2n << 61n) | 2n);
    expect(strict({ hosts: ['a.com'], headers: headers(300) })).toBe((2n << 61n) | (1n << 60n) | (255n << 52n));
    expect(strict({ paths: ['~/a'], regexPriority: 3 })).toBe((1n << 61n) | (1n << 51n) | (3n << 19n));
  });

  it('so lets plain hosts, then a regex path, win over more kinds of condition', () => {
    const routes = { host: { hosts: ['a.com'] }, regex: { paths: ['~/x'] }, kinds: { methods: ['GET'], paths: ['/x'] } };
    expect(chosen(routes, { path: '/x' })).toBe('host');
    expect(chosen(routes, { host: 'b.com', path: '/x' })).toBe('regex');
  });
});

describe('routes of equal rank', () => {
  it('are told apart by ids, which Kong makes of names as its own files have them', () => {
    expect(declarativeId('services', 'my-service')).toBe('0855b320-0dd2-547d-891d-601e9b38647f');
    expect(partId('e8fb37f1-102d-461e-9c51-6608a6bb8101', 1)).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('fall to the greater id, whatever their order in the file', () => {
    const [low, high] = ['1'.repeat(8), '2'.repeat(8)].map((start) => `${start}-0000-4000-8000-000000000000`) as [string, string];
    expect(chosen({ low: { id: low, paths: ['/a'] }, high: { id: high, paths: ['/a'] } }, { path: '/a' })).toBe('high');
    expect(chosen({ high: { id: high, paths: ['/a'] }, low: { id: low, paths: ['/a'] } }, { path: '/a' })).toBe('high');
    // By names: fb94... of foo is greater than ca25... of bar.
    expect(chosen({ bar: { paths: ['/a'] }, foo: { paths: ['/a'] } }, { path: '/a' })).toBe('foo');
  });

  it('come in the order of the file where there is neither name nor id', () => {
    const routes = ['first', 'second'].map((id) => ({ ...routeOf(id, { paths: ['/a'] }), when: whenOf({ paths: ['/a'] }) }));
    expect(compatibleRouter(routes, 'traditional_compatible', 'original').find(seenOf({ path: '/a' }))?.route.id).toBe('first');
  });
});

describe('conditions of traditional_compatible', () => {
  it('splits a route by the lengths of its paths', () => {
    const routes = { mixed: { paths: ['/a', '/a/b/c'] }, between: { paths: ['/a/b'] } };
    expect(chosen(routes, { path: '/a/x' })).toBe('mixed');
    expect(chosen(routes, { path: '/a/b/x' })).toBe('between');
    expect(chosen(routes, { path: '/a/b/c' })).toBe('mixed');
  });

  it.each<[string, Partial<KongWhen>, Asked, boolean]>([
    ['hosts with case', { hosts: ['a.com'] }, { host: 'A.com' }, false],
    ['a host of any port', { hosts: ['a.com'] }, { host: 'a.com:81' }, true],
    ['a host with the port of the listener', { hosts: ['a.com:8000'] }, { host: 'a.com' }, true],
    ['a host with another port', { hosts: ['a.com:81'] }, { host: 'a.com' }, false],
    ['a suffix', { hosts: ['*.a.com'] }, { host: 'b.a.com' }, true],
    ['a suffix with a port', { hosts: ['*.a.com:81'] }, { host: 'b.a.com:81' }, true],
    ['a prefix', { hosts: ['a.*'] }, { host: 'a.org' }, true],
    ['an IPv6 host as it stands', { hosts: ['[::1]:80'] }, { host: '[::1]:80' }, true],
    ['SNI on plain connections', { snis: ['x.com'] }, {}, true],
    ['another SNI', { snis: ['x.com'] }, { secure: true, sni: 'y.com' }, false],
    ['an SNI with a dot at its end', { snis: ['x.com.'] }, { secure: true, sni: 'x.com' }, true],
    ['the end of an SNI', { snis: ['*.x.com.'] }, { secure: true, sni: 'a.x.com' }, true],
    ['the start of an SNI', { snis: ['x.*'] }, { secure: true, sni: 'x.org' }, true],
    ['one of several values of a header', { headers: [['x', ['one', 'two']]] }, { headers: ['X', 'TWO'] }, true],
    ['a pattern among values', { headers: [['x', ['one', '~*^t.o$']]] }, { headers: ['X', 'two'] }, true],
    ['a class that lower case turns round', { headers: [['x', ['~*^\\D$']]] }, { headers: ['X', '7'] }, true],
    ['a source', { sources: [{ ip: '10.1.0.0/16', port: 0 }] }, {}, true],
    ['another source', { sources: [{ ip: '10.1.2.3', port: 1 }] }, {}, false],
    ['a destination', { destinations: [{ ip: '', port: 8000 }] }, {}, true],
    ['no condition at all', {}, {}, false],
    ['streams', { protocols: ['tcp'], paths: ['/'] }, {}, false],
    ['only the first alternative at the start', { paths: ['~/a|/b'] }, { path: '/x/b' }, true],
    ['a path that is no UTF-8', { paths: ['~/.*'] }, { path: '/\u00ff' }, false],
    ['a path of UTF-8', { paths: ['~/\\w$'] }, { path: '/\u00c3\u00a9' }, true],
  ])('%s', (_, when, asked, wanted) => expect(chosen({ it: when }, asked)).toBe(wanted ? 'it' : undefined));

  it('gives captures of the path, and of a header over them', () => {
    const find = (when: Partial<KongWhen>, asked: Asked) => routerOf({ it: when }).find(seenOf(asked));
    expect(find({ paths: ['~/(?<id>\\d+)(x)?'] }, { path: '/7/a' })).toMatchObject({ matched: '/7', captures: { '0': '/7', '1': '7', id: '7' } });
    expect(find({ paths: ['~/\\d+'] }, { path: '/7/a' })).toMatchObject({ matched: '/7', captures: {} });
    const both = { paths: ['~/(\\d+)'], headers: [['x', ['~*(b)']]] as const };
    expect(find(both, { path: '/7', headers: ['x', 'B'] })?.captures).toEqual({ '0': 'b', '1': 'b' });
    expect(find({ paths: ['~/\u00e9'] }, { path: '/\u00c3\u00a9x' })?.matched).toBe('/\u00c3\u00a9');
  });
});

describe('the flavor expressions', () => {
  const find = (routes: Routes, asked: Asked): string | undefined => routerOf(routes, 'expressions').find(seenOf(asked))?.route.id;

  it('takes the greater priority, and attributes after all expressions', () => {
    const routes = {
      big: { expression: 'http.path ^= "/a"', priority: 70_368_744_177_661 },
      bigger: { expression: 'http.path ^= "/a"', priority: 70_368_744_177_662 },
      plain: { hosts: ['a.com'], paths: ['/a'], methods: ['GET'] },
    };
    expect(find(routes, { path: '/a' })).toBe('bigger');
    expect(find({ plain: routes.plain, none: { expression: 'http.path ^= "/a"' } }, { path: '/a' })).toBe('none');
  });

  it('makes the protocols conditions, but for a lone https', () => {
    expect(find({ it: { expression: 'http.path ^= "/"', protocols: ['grpc', 'grpcs'] } }, {})).toBe('it');
    expect(find({ it: { expression: 'http.path ^= "/"', protocols: ['grpcs'] } }, {})).toBeUndefined();
    expect(find({ it: { expression: 'http.path ^= "/"', protocols: ['https'] } }, {})).toBe('it');
    expect(find({ it: { expression: 'net.port == 8000' } }, {})).toBe('it');
  });
});
