import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fc } from '../../properties.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { intersection } from '../../../src/dialects/gateway-api/matching/hostnames.ts';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const object = (kind: string, name: string, rest: string, namespace = 'shop', group = 'gateway.networking.k8s.io/v1'): string =>
  `apiVersion: ${group}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\n${rest}\n---\n`;
const gatewayObject = (listeners: string, namespace = 'shop'): string =>
  object('Gateway', 'public', `spec: { gatewayClassName: any, listeners: [${listeners}] }`, namespace);
const route = (name: string, rules: string, rest = '', parent = '{ name: public }'): string =>
  object('HTTPRoute', name, `spec: { parentRefs: [${parent}], ${rest} rules: [${rules}] }`);
const service = (name: string, namespace = 'shop'): string => object('Service', name, 'spec: { ports: [{ port: 80 }] }', namespace, 'v1');
const to = (name: string, match = ''): string => `{ ${match === '' ? '' : `matches: [${match}], `}backendRefs: [{ name: ${name}, port: 80 }] }`;
const http = '{ name: http, port: 80, protocol: HTTP }';

async function start(...manifests: readonly string[]): Promise<Gateway & { file: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-manifests-'));
  folders.push(folder);
  const file = path.join(folder, 'all.yaml');
  writeFileSync(file, manifests.join(''));
  const says = (name: string) => () => new Response(name);
  const upstreams = Object.fromEntries(['a', 'b', 'c'].flatMap((one) => ['shop', 'other'].map((ns) => [`${ns}/${one}:80`, says(`${ns}/${one}`)])));
  const gateway = await createGateway({ config: file, upstreams, port: 0, watch: false, logLevel: 'silent' });
  return Object.assign(gateway, { file });
}
async function ask(gateway: Gateway, target: string, host = 'shop.test', headers: Record<string, string> = {}): Promise<string> {
  const answer = await gateway.fetch(new Request(`http://${host}${target}`, { headers }));
  return answer.status === 200 ? answer.text() : String(answer.status);
}

describe('rules', () => {
  it('are chosen by exact path, prefix, method, fields and query, each of which must hold', async () => {
    await using gateway = await start(
      gatewayObject(http),
      service('a'),
      service('b'),
      service('c'),
      route(
        'orders',
        [
          to('a', '{ path: { type: PathPrefix, value: /orders } }'),
          to('b', '{ path: { type: PathPrefix, value: /orders }, headers: [{ name: X-Version, value: "2" }] }'),
          to('c', '{ path: { type: Exact, value: /orders } }'),
          to(
            'c',
            '{ path: { type: PathPrefix, value: /orders }, queryParams: [{ name: p, value: "1" }], headers: [{ name: x-v, value: a }, { name: X-V, value: b }] }',
          ),
        ].join(', '),
      ),
    );
    expect(await ask(gateway, '/orders')).toBe('shop/c');
    expect(await ask(gateway, '/orders/')).toBe('shop/a');
    expect(await ask(gateway, '/orders/7')).toBe('shop/a');
    expect(await ask(gateway, '/orders/7', 'x', { 'x-version': '2' })).toBe('shop/b');
    expect(await ask(gateway, '/orders/7?p=1', 'x', { 'x-v': 'a' })).toBe('shop/c');
    expect(await ask(gateway, '/orders/7?P=1', 'x', { 'x-v': 'a' })).toBe('shop/a');
    expect(await ask(gateway, '/ordersX')).toBe('404');
  });

  it('belong to the older route where all else is equal', async () => {
    const aged = (name: string, at: string): string =>
      route(name, to(name)).replace('namespace: shop }', `namespace: shop, creationTimestamp: '${at}' }`);
    await using gateway = await start(
      gatewayObject(http),
      service('a'),
      service('b'),
      aged('a', '2026-02-01T00:00:00Z'),
      aged('b', '2026-01-01T00:00:00Z'),
    );
    expect(await ask(gateway, '/')).toBe('shop/b');
  });
});

describe('hosts', () => {
  it('a request belongs to the listener with the most specific one, and to no other', async () => {
    const listener = (name: string, hostname: string): string => `{ name: ${name}, port: 80, protocol: HTTP, hostname: '${hostname}' }`;
    await using gateway = await start(
      gatewayObject([http, listener('wild', '*.shop.test'), listener('one', 'a.shop.test')].join(', ')),
      service('a'),
      service('b'),
      service('c'),
      route('every', to('a'), '', '{ name: public, sectionName: http }'),
      route('wild', to('b', '{ path: { type: PathPrefix, value: /w } }'), '', '{ name: public, sectionName: wild }'),
      route('one', to('c', '{ path: { type: PathPrefix, value: /o } }'), '', '{ name: public, sectionName: one }'),
    );
    expect(await ask(gateway, '/', 'other.test')).toBe('shop/a');
    expect(await ask(gateway, '/w', 'x.y.shop.test:8080')).toBe('shop/b');
    expect(await ask(gateway, '/', 'x.shop.test')).toBe('404');
    expect(await ask(gateway, '/o', 'A.shop.test')).toBe('shop/c');
    expect(await ask(gateway, '/w', 'a.shop.test')).toBe('404');
    expect(await ask(gateway, '/', 'shop.test')).toBe('shop/a');
  });

  it('that routes say themselves count where they have the same in common with a listener', async () => {
    const listener = `{ name: http, port: 80, protocol: HTTP, hostname: a.shop.test }`;
    const hosted = (name: string, hostname: string, match = ''): string => route(name, to(name, match), `hostnames: ['${hostname}'],`);
    await using gateway = await start(
      gatewayObject(listener),
      ...['a', 'b', 'c'].map((one) => service(one)),
      hosted('a', '*.test', '{ path: { type: Exact, value: /x } }'),
      hosted('b', '*.shop.test', '{ path: { value: /x } }'),
      hosted('c', 'a.shop.test', '{ path: { value: /x/y } }'),
    );
    const asked = ['/x', '/x/y', '/x/z'].map((path) => ask(gateway, path, 'a.shop.test'));
    expect(await Promise.all(asked)).toEqual(['shop/b', 'shop/c', 'shop/b']);
  });

  it('of a listener and a route have an intersection that is in both', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const name = fc
      .tuple(fc.boolean(), fc.array(label, { minLength: 2, maxLength: 4 }))
      .map(([wild, parts]) => `${wild ? '*.' : ''}${parts.join('.')}`);
    const covers = (pattern: string, host: string): boolean =>
      pattern === '' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
    const host = fc.array(label, { minLength: 2, maxLength: 6 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.oneof(fc.constant(''), name), fc.array(name, { maxLength: 3 }), host, (listener, hostnames, one) => {
        const wanted = covers(listener, one) && (hostnames.length === 0 || hostnames.some((each) => covers(each, one)));
        const found = intersection(listener, hostnames) ?? [];
        expect(found.some((each) => covers(each, one))).toBe(wanted);
      }),
    );
  });
});

describe('what may be referred to', () => {
  const across = `{ backendRefs: [{ name: a, namespace: other, port: 80 }] }`;
  const grant = object(
    'ReferenceGrant',
    'g',
    `spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: '', kind: Service }] }`,
    'other',
  );
  it('is another namespace only as long as a ReferenceGrant is there', async () => {
    await using gateway = await start(gatewayObject(http), service('a', 'other'), route('r', across), grant);
    expect(await ask(gateway, '/')).toBe('other/a');
    writeFileSync(gateway.file, [gatewayObject(http), service('a', 'other'), route('r', across)].join(''));
    await gateway.reload();
    expect(await ask(gateway, '/')).toBe('500');
  });

  it.each([
    ['a Service that is not there', '{ backendRefs: [{ name: none, port: 80 }] }', /BackendNotFound/],
    ['a port that it does not have', '{ backendRefs: [{ name: a, port: 81 }] }', /BackendNotFound/],
    ['another kind', '{ backendRefs: [{ group: x.io, kind: Bucket, name: a, port: 80 }] }', /InvalidKind/],
    ['another namespace without a grant', across, /RefNotPermitted/],
  ])('%s answers 500 and is told', async (_, rule, reason) => {
    await using gateway = await start(
      gatewayObject(http),
      service('a'),
      service('a', 'other'),
      route('r', `${rule}, ${to('a', '{ path: { value: /ok } }')}`),
    );
    expect([await ask(gateway, '/'), await ask(gateway, '/ok')]).toEqual(['500', 'shop/a']);
    expect(gateway.diagnostics.map(({ message }) => message).join()).toMatch(reason);
  });
});

describe('attachment', () => {
  it.each([
    ['to a section that is not there', '{ name: public, sectionName: none }', '', /NoMatchingParent/],
    ['to a port that is not there', '{ name: public, port: 81 }', '', /NoMatchingParent/],
    ['without a host in common', '{ name: public }', 'hostnames: [other.test],', /NoMatchingListenerHostname/],
    ['from another namespace', '{ name: public, namespace: edge }', '', /NotAllowedByListeners/],
  ])('%s is none, and told with its reason', async (_, parent, rest, reason) => {
    const listener = `{ name: http, port: 80, protocol: HTTP, hostname: shop.test }`;
    await using gateway = await start(gatewayObject(listener), gatewayObject(listener, 'edge'), service('a'), route('r', to('a'), rest, parent));
    expect(await ask(gateway, '/')).toBe('404');
    expect(gateway.diagnostics.map(({ message }) => message).join()).toMatch(reason);
  });

  describe('to a ListenerSet', () => {
    const set = (listener: string, namespace = 'shop'): string =>
      object('ListenerSet', 'more', `spec: { parentRef: { name: public, namespace: shop }, listeners: [${listener}] }`, namespace);
    const own = `{ name: own, port: 80, protocol: HTTP, hostname: own.test }`;
    const more = `{ name: more, port: 80, protocol: HTTP, hostname: more.test }`;
    const open = (from: string): string => gatewayObject(own).replace('spec: {', `spec: { allowedListeners: { namespaces: { from: ${from} } },`);
    const routes = [route('a', to('a')), route('b', to('b'), '', '{ kind: ListenerSet, name: more }')];

    it('is served on its listeners alone, and those of the Gateway on theirs', async () => {
      await using gateway = await start(open('Same'), set(more), service('a'), service('b'), ...routes);
      expect(gateway.diagnostics).toEqual([]);
      expect([await ask(gateway, '/', 'own.test'), await ask(gateway, '/', 'more.test')]).toEqual(['shop/a', 'shop/b']);
    });
    it.each([
      ['the Gateway does not take', gatewayObject(own), set(more), /NotAllowed/],
      ['another namespace has', open('Same'), set(more, 'other'), /NotAllowed/],
      ['has a listener that is there', open('All'), set(own), /HostnameConflict/],
    ])('that %s is none', async (_, gatewayManifest, setManifest, reason) => {
      await using gateway = await start(gatewayManifest, setManifest, service('a'), service('b'), ...routes);
      expect([await ask(gateway, '/', 'own.test'), await ask(gateway, '/', 'more.test')]).toEqual(['shop/a', '404']);
      expect(gateway.diagnostics.map(({ message }) => message).join()).toMatch(reason);
    });
  });

  it('is implied where no manifest has a Gateway or a Service', async () => {
    await using gateway = await start(route('r', to('a'), '', '{ name: elsewhere, sectionName: web }'));
    expect(await ask(gateway, '/')).toBe('shop/a');
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1205', severity: 'warning' }]);
  });
});

describe('what is not served yet stays closed and is told', () => {
  it.each([['TCPRoute', object('TCPRoute', 't', 'spec: { parentRefs: [{ name: public }] }')]])('%s', async (kind, manifest) => {
    await using gateway = await start(gatewayObject(http), service('a'), route('r', to('a')), manifest);
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', message: expect.stringContaining(kind) as string }]);
  });
});

it('a call of gRPC that no rule takes is unimplemented', async () => {
  await using gateway = await start(gatewayObject(http), service('a'), route('r', to('a', '{ path: { type: Exact, value: /x } }')));
  const answer = await gateway.fetch(
    new Request('http://shop.test/shop.Orders/Get', { method: 'POST', headers: { 'content-type': 'application/grpc' } }),
  );
  expect([answer.status, answer.headers.get('grpc-status')]).toEqual([200, '12']);
});
