import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { compatibleRouter } from '../../../src/dialects/kong/router/compatible.ts';
import type { Router } from '../../../src/dialects/kong/router/found.ts';
import type { MakeIndex } from '../../../src/dialects/kong/router/ordered-index.ts';
import { traditionalRouter } from '../../../src/dialects/kong/router/traditional.ts';
import type { KongWhen } from '../../../src/dialects/kong/router/when.ts';
import { routeOf, seenOf, type Asked } from './router-routes.ts';

/** One after the other: what the index must agree with. */
const linear: MakeIndex = (all) => ({ first: (_, __, holds) => all.findIndex((_, at) => holds(at)) });

const few = <T>(values: readonly T[], maxLength = 3): fc.Arbitrary<T[]> => fc.uniqueArray(fc.constantFrom(...values), { maxLength });
const hosts = ['a.com', 'b.a.com', 'a.com:8000', 'a.com:81', '*.com', '*.a.com', '*.a.com:8000', 'a.*', 'b.*', '[::1]', '[::1]:8000'];
const paths = ['/', '/a', '/ab', '/a/b', '/abc', '~/a', '~/a/?b', '~/a|/ab', '~/(?<id>[a-c]+)$', '~/a\\.b', '~/ab*', '~.*', '~/a(?:b|/)c?'];
const route: fc.Arbitrary<Partial<KongWhen>> = fc.record({
  hosts: few(hosts),
  paths: few(paths, 4),
  methods: few(['GET', 'POST', 'PUT'], 2),
  headers: few(['x', 'y'], 2).chain((names) =>
    fc.tuple(...names.map((name) => few(['1', '2', '~*[12]'], 2).map((values) => [name, values.length === 0 ? ['1'] : values] as const))),
  ),
  snis: few(['a.com', 'b.a.com.'], 1),
  regexPriority: fc.constantFrom(0, 0, 1, 5),
  createdAt: fc.constantFrom(0, 1, 2),
});
const asked: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  host: fc.constantFrom('a.com', 'b.a.com', 'c.b.a.com', 'a.com:8000', 'a.com:81', 'a.org', 'b.a.com:8000', '[::1]', '[::1]:8000', 'localhost'),
  path: fc.constantFrom('/', '/a', '/ab', '/abc', '/a/b', '/a/b/c', '/a.b', '/c', '/abbb', '/a/c'),
  headers: few(['x', 'y'], 2).chain((names) =>
    fc.tuple(...names.map((name) => fc.constantFrom('1', '2', '3').map((value) => [name, value]))).map((all) => all.flat()),
  ),
  secure: fc.boolean(),
  sni: fc.constantFrom('a.com', 'b.a.com', 'c.com'),
});

function agree(indexed: Router, plain: Router, one: Asked): void {
  const [found, wanted] = [indexed.find(seenOf(one)), plain.find(seenOf(one))];
  expect([found?.route.id, found?.matched, found?.captures]).toEqual([wanted?.route.id, wanted?.matched, wanted?.captures]);
}

describe('the index of routes', () => {
  it.each(['traditional_compatible', 'expressions'] as const)('finds in %s what asking one after the other finds', (flavor) => {
    fc.assert(
      fc.property(
        fc.array(route, { minLength: 1, maxLength: 12 }),
        fc.array(asked, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (whens, requests, strict) => {
          const routes = whens.map((when, at) => routeOf(`r${at}`, when));
          const calculation = strict ? 'strict' : 'original';
          const [indexed, plain] = [compatibleRouter(routes, flavor, calculation), compatibleRouter(routes, flavor, calculation, linear)];
          for (const one of requests) agree(indexed, plain, one);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('finds in traditional what asking one after the other finds', () => {
    fc.assert(
      fc.property(fc.array(route, { minLength: 1, maxLength: 12 }), fc.array(asked, { minLength: 1, maxLength: 8 }), (whens, requests) => {
        const routes = whens.map((when, at) => routeOf(`r${at}`, when));
        const [indexed, plain] = [traditionalRouter(routes), traditionalRouter(routes, linear)];
        for (const one of requests) agree(indexed, plain, one);
      }),
      { numRuns: 600 },
    );
  });

  it('finds expressions by whatever they are made of', () => {
    const predicate = fc.constantFrom(
      'http.host == "a.com"',
      'http.host =^ ".a.com"',
      'http.host =^ "com"',
      'http.host ^= "a."',
      'http.host ^= "b"',
      'http.host != "a.com"',
      'lower(http.path) ^= "/A"',
      'http.path == "/ab"',
      'http.path ^= "/a"',
      'http.path =^ "b"',
      'http.path ~ r#"^/a|c"#',
      'http.path ~ r#"^/a(b|/)"#',
      'http.path ~ r#"(?i)^/A"#',
      'http.path contains "b"',
      'http.method == "GET"',
      'any(http.headers.x) == "1"',
      'net.dst.port == 81',
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small' },
        predicate,
        fc.tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
        tie('expression').map((one) => `!(${one})`),
      ),
    }));
    const rule = fc.record({ expression, priority: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 8 }), fc.array(asked, { minLength: 1, maxLength: 6 }), (rules, requests) => {
        const routes = rules.map((one, at) => routeOf(`r${at}`, one));
        const [indexed, plain] = [compatibleRouter(routes, 'expressions', 'original'), compatibleRouter(routes, 'expressions', 'original', linear)];
        for (const one of requests) agree(indexed, plain, one);
      }),
      { numRuns: 400 },
    );
  });
});
