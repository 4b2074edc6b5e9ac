import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fc } from '../../properties.ts';
import { afterAll, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-precedence-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Value {
  readonly name: string;
  readonly value: string;
}
interface Match {
  readonly path: { readonly type: 'Exact' | 'PathPrefix'; readonly value: string };
  readonly method?: string;
  readonly headers: readonly Value[];
  readonly queryParams: readonly Value[];
}
interface HttpRoute {
  readonly name: string;
  readonly createdAt?: string;
  readonly hostnames: readonly string[];
  readonly rules: readonly (readonly Match[])[];
}
interface Asked {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/* What the API reference says of HTTPRoute and of listeners, word for word and as slowly as it is told. */

const covers = (pattern: string, host: string): boolean =>
  pattern === '' || pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
/** Exact names before wildcards, those with more characters first, none at last. */
const specificity = (pattern: string): readonly number[] => [pattern === '' || pattern.startsWith('*') ? 0 : 1, pattern.length];
const moreSpecific = (a: string, b: string): number => {
  const [x, y] = [specificity(a), specificity(b)];
  return (y[0] as number) - (x[0] as number) || (y[1] as number) - (x[1] as number);
};
const segments = (of: string): string[] => of.split('/').filter((one, at, all) => at < all.length - 1 || one !== '');

function holds(match: Match, asked: Asked): boolean {
  const { type, value } = match.path;
  const wanted = segments(value);
  const onPath = type === 'Exact' ? asked.path === value : wanted.every((one, at) => asked.path.split('/')[at] === one);
  return (
    onPath &&
    (match.method === undefined || match.method === asked.method) &&
    match.headers.every(({ name, value: text }) => asked.headers[name] === text) &&
    match.queryParams.every(({ name, value: text }) => asked.query[name] === text)
  );
}

/** The rule that a request belongs to, or 404. */
function expected(listeners: readonly string[], routes: readonly HttpRoute[], asked: Asked): string {
  const [listener] = listeners.filter((one) => covers(one, asked.host)).toSorted(moreSpecific);
  if (listener === undefined) return '404';
  const found = routes.flatMap((route) =>
    (route.hostnames.length === 0 ? [''] : route.hostnames)
      .filter((one) => covers(one, asked.host))
      .flatMap((one) =>
        route.rules.flatMap((matches, rule) =>
          matches
            .filter((match) => holds(match, asked))
            // Of the names of a route those count that are in the listener's, too.
            .map((match) => ({ match, rule, route, given: one, host: moreSpecific(one, listener) < 0 ? one : listener })),
        ),
      ),
  );
  const most = (of: (one: (typeof found)[number]) => number) => (a: (typeof found)[number], b: (typeof found)[number]) => of(b) - of(a);
  const order = [
    (a: (typeof found)[number], b: (typeof found)[number]) => moreSpecific(a.host, b.host),
    // GatewayRouteHostnameIntersectionPrecedence.
    (a: (typeof found)[number], b: (typeof found)[number]) => moreSpecific(a.given, b.given),
    most(({ match }) => Number(match.path.type === 'Exact')),
    most(({ match }) => match.path.value.length),
    most(({ match }) => Number(match.method !== undefined)),
    most(({ match }) => match.headers.length),
    most(({ match }) => match.queryParams.length),
    most(({ route }) => (route.createdAt === undefined ? -Infinity : -Date.parse(route.createdAt))),
    most(({ route }) => -(route.name.codePointAt(0) as number)),
    most(({ rule }) => -rule),
  ];
  const [first] = found.toSorted((a, b) => order.map((one) => one(a, b)).find((one) => one !== 0 && !Number.isNaN(one)) ?? 0);
  return first === undefined ? '404' : `${first.route.name}${first.rule}`;
}

/* What is drawn collides more often than not: it is the order that is looked at. */

const hostname = fc.constantFrom('a.test', 'b.a.test', 'c.b.a.test', '*.a.test', '*.b.a.test', '*.test');
const host = fc.constantFrom('b.a.test', 'b.a.test', 'a.test', 'c.b.a.test', 'd.b.a.test', 'other.test', 'elsewhere');
const pathValue = fc.constantFrom('/a', '/a', '/a', '/', '/a/', '/a/b', '/ab');
const values = (name: string): fc.Arbitrary<Value[]> =>
  fc.array(fc.record({ name: fc.constantFrom(`${name}1`, `${name}2`), value: fc.constantFrom('x', 'x', 'x', 'y') }), { maxLength: 2 }).map((all) =>
    // Names once: of equivalent ones the first counts, which other tests look at.
    all.filter((one, at) => all.findIndex(({ name: other }) => other === one.name) === at),
  );
const match: fc.Arbitrary<Match> = fc.record(
  {
    path: fc.record({ type: fc.constantFrom('PathPrefix' as const, 'PathPrefix' as const, 'Exact' as const), value: pathValue }),
    method: fc.constantFrom('GET', 'POST'),
    headers: values('h'),
    queryParams: values('q'),
  },
  { requiredKeys: ['path', 'headers', 'queryParams'] },
);
const routes = fc
  .array(
    fc.record(
      {
        createdAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
        hostnames: fc.oneof(fc.constant([]), fc.uniqueArray(hostname, { maxLength: 2 })),
        rules: fc.array(fc.array(match, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['hostnames', 'rules'] },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.map((one, at): HttpRoute => ({ ...one, name: 'dbca'[at] as string })));
const asked: fc.Arbitrary<Asked> = fc.record({
  host,
  path: fc.constantFrom('/a', '/a', '/a', '/', '/a/', '/a/b', '/a/b/', '/a/b/c/d', '/ab', '/A', '/x'),
  method: fc.constantFrom('GET', 'POST'),
  headers: fc.oneof(fc.constant({ h1: 'x', h2: 'x' }), fc.dictionary(fc.constantFrom('h1', 'h2'), fc.constantFrom('x', 'y'))),
  query: fc.oneof(fc.constant({ q1: 'x', q2: 'x' }), fc.dictionary(fc.constantFrom('q1', 'q2'), fc.constantFrom('x', 'y'))),
});

it('a request takes the rule that the specification says', async () => {
  const object = (kind: string, name: string, spec: object, creationTimestamp?: string): string =>
    JSON.stringify({ apiVersion: 'gateway.networking.k8s.io/v1', kind, metadata: { name, namespace: 'shop', creationTimestamp }, spec });
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constant(['']), fc.uniqueArray(fc.oneof(fc.constant(''), hostname), { minLength: 1, maxLength: 3 })),
      routes,
      fc.array(asked, { minLength: 10, maxLength: 20 }),
      async (listeners, all, requests) => {
        const manifests = [
          object('Gateway', 'public', {
            listeners: listeners.map((one, at) => ({ name: `l${at}`, port: 80, protocol: 'HTTP', ...(one === '' ? {} : { hostname: one }) })),
          }),
          ...all.map(({ name, createdAt, hostnames, rules }) =>
            object(
              'HTTPRoute',
              name,
              {
                parentRefs: [{ name: 'public' }],
                hostnames,
                rules: rules.map((matches, rule) => ({ matches, backendRefs: [{ name: `${name}${rule}`, port: 80 }] })),
              },
              createdAt,
            ),
          ),
        ];
        writeFileSync(path.join(folder, 'all.yaml'), manifests.join('\n---\n').replaceAll(/"(?:apiVersion|kind)"/g, '\n$&'));
        const says = (name: string) => (): Response => new Response(name);
        const upstreams = Object.fromEntries(all.flatMap(({ name, rules }) => rules.map((_, at) => [`shop/${name}${at}:80`, says(`${name}${at}`)])));
        await using gateway = await createGateway({ config: 'all.yaml', folder, upstreams, port: 0, watch: false, logLevel: 'silent' });
        for (const one of requests) {
          const query = new URLSearchParams(one.query).toString();
          const answer = await gateway.fetch(
            new Request(`http://${one.host}${one.path}${query === '' ? '' : `?${query}`}`, { method: one.method, headers: one.headers }),
          );
          expect(answer.status === 200 ? await answer.text() : String(answer.status), JSON.stringify(one)).toBe(expected(listeners, all, one));
          if (answer.status === 200) kept += 1;
        }
      },
    ),
    { numRuns: 100 },
  );
  // Enough of them are served for the rules to have been told apart.
  expect(kept).toBeGreaterThan(50);
}, 60_000);
