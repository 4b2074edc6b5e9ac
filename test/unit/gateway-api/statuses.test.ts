import { describe, expect, it } from 'vitest';
import { check, gatewayWith, listener, manifest, route, run, service } from './manifests.ts';

const fine = { Accepted: 'True Accepted', Programmed: 'True Programmed', ResolvedRefs: 'True ResolvedRefs' };

it('says of everything that all is well, with counts and kinds', async () => {
  const one = await check(
    manifest('GatewayClass', 'any', '{ controllerName: example.test/controller }'),
    gatewayWith([listener('http')]),
    service('a'),
    route('r', 'a'),
    route('s', 'a'),
  );
  expect(one.diagnostics).toEqual([]);
  expect(one.statuses.flatMap(({ conditions }) => conditions.filter(({ wanted }) => !wanted))).toEqual([]);
  expect(one.conditions('GatewayClass any')).toEqual({ Accepted: 'True Accepted' });
  expect(one.conditions('Gateway shop/public')).toEqual(fine);
  expect(one.conditions('Gateway shop/public, listener http')).toEqual({ ...fine, Conflicted: 'False NoConflicts' });
  expect(one.conditions('HTTPRoute shop/r, under Gateway shop/public')).toEqual({ Accepted: 'True Accepted', ResolvedRefs: 'True ResolvedRefs' });
  expect(one.statuses.find(({ part }) => part === 'listener http')).toMatchObject({
    about: 'listener',
    served: true,
    facts: { attachedRoutes: 2, supportedKinds: ['HTTPRoute', 'GRPCRoute'] },
    line: 9,
  });
  expect(one.routes.map(({ parent }) => parent)).toEqual(['Gateway shop/public, listener http', 'Gateway shop/public, listener http']);
});

describe('a listener', () => {
  const all = (spec: string): Promise<Awaited<ReturnType<typeof check>>> =>
    check(gatewayWith([listener('one', spec), listener('ok', 'port: 8080, protocol: HTTP')]));
  it.each([
    ['port: 80, protocol: TCP', { Accepted: 'False UnsupportedProtocol', Programmed: 'False Invalid' }],
    ['port: 443, protocol: HTTPS, tls: { mode: Passthrough }', { Accepted: 'False UnsupportedValue', Programmed: 'False Invalid' }],
    [
      'port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: nowhere }] }',
      { Accepted: 'True Accepted', ResolvedRefs: 'False InvalidCertificateRef', Programmed: 'False Invalid' },
    ],
    [
      'port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: nowhere, namespace: other }] }',
      { Accepted: 'True Accepted', ResolvedRefs: 'False RefNotPermitted', Programmed: 'False Invalid' },
    ],
    [
      'port: 80, protocol: HTTP, allowedRoutes: { kinds: [{ kind: TLSRoute }] }',
      { Accepted: 'True Accepted', ResolvedRefs: 'False InvalidRouteKinds', Programmed: 'False Invalid' },
    ],
    [
      'port: 80, protocol: HTTP, allowedRoutes: { kinds: [{ group: example.test, kind: HTTPRoute }] }',
      { Accepted: 'True Accepted', ResolvedRefs: 'False InvalidRouteKinds', Programmed: 'False Invalid' },
    ],
    [
      'port: 80, protocol: HTTP, allowedRoutes: { kinds: [{ kind: TCPRoute }, { kind: HTTPRoute }] }',
      { Accepted: 'True Accepted', ResolvedRefs: 'False InvalidRouteKinds', Programmed: 'True Programmed' },
    ],
  ])('with %s', async (spec, conditions) => {
    const one = await all(spec);
    expect(one.conditions('Gateway shop/public, listener one')).toMatchObject(conditions);
    const served = conditions.Programmed.startsWith('True');
    expect(one.conditions('Gateway shop/public')).toMatchObject({ Accepted: served ? 'True Accepted' : 'True ListenersNotValid' });
    expect(one.diagnostics.length).toBeGreaterThan(0);
  });

  it('takes the routes of the kinds that it names alone', async () => {
    const one = await check(
      gatewayWith([listener('http', 'port: 80, protocol: HTTP, allowedRoutes: { kinds: [{ kind: GRPCRoute }] }')]),
      service('a'),
      route('r', 'a'),
      route('g', 'a', '', {}, 'GRPCRoute'),
    );
    expect(one.conditions('HTTPRoute shop/r, under Gateway shop/public')).toMatchObject({ Accepted: 'False NotAllowedByListeners' });
    expect(one.statuses.find(({ part }) => part === 'listener http')?.facts).toEqual({ attachedRoutes: 1, supportedKinds: ['GRPCRoute'] });
  });

  it('is said to share hosts with another one that shakes hands', async () => {
    const tls = (name: string, host: string): string => listener(name, `port: 443, protocol: TLS, hostname: '${host}', tls: { mode: Passthrough }`);
    const one = await check(gatewayWith([tls('wild', '*.shop.test'), tls('own', 'a.shop.test'), tls('else', 'else.test')]));
    const found = ['wild', 'own', 'else'].map((name) => one.conditions(`Gateway shop/public, listener ${name}`)['OverlappingTLSConfig']);
    expect(found).toEqual(['True OverlappingHostnames', 'True OverlappingHostnames', undefined]);
  });
});

it('a Gateway without a listener that can be used is not accepted', async () => {
  const one = await check(gatewayWith([listener('tcp', 'port: 80, protocol: TCP')]));
  expect(one.conditions('Gateway shop/public')).toMatchObject({ Accepted: 'False ListenersNotValid', Programmed: 'False Invalid' });
});

it('a Gateway of a class that no manifest has is told where there are others', async () => {
  const one = await check(manifest('GatewayClass', 'other', '{ controllerName: example.test/controller }'), gatewayWith([listener('http')]));
  expect(one.diagnostics).toMatchObject([{ code: 'DG1205', severity: 'warning', message: expect.stringContaining('GatewayClass any') as string }]);
  expect(one.conditions('Gateway shop/public')).toMatchObject({ Accepted: 'True Accepted' });
});

describe('a route', () => {
  it.each([
    ['parentRefs: [{ name: public, sectionName: gone }]', 'under Gateway shop/public/gone', 'False NoMatchingParent'],
    ['parentRefs: [{ name: public, port: 81 }]', 'under Gateway shop/public:81', 'False NoMatchingParent'],
    ['parentRefs: [{ name: gone }]', 'under Gateway shop/gone', 'False NoMatchingParent'],
    ['parentRefs: [{ name: gone, kind: ListenerSet }]', 'under ListenerSet shop/gone', 'False NoMatchingParent'],
    ['parentRefs: [{ name: x, kind: Mesh }]', 'under Mesh shop/x', 'False InvalidKind'],
    ['hostnames: [else.test]', 'under Gateway shop/public', 'False NoMatchingListenerHostname'],
    ['parentRefs: []', '', 'False NoMatchingParent'],
  ])('with %s is not accepted', async (more, part, accepted) => {
    const one = await check(gatewayWith([listener('http', 'port: 80, protocol: HTTP, hostname: shop.test')]), service('a'), route('r', 'a', more));
    expect(one.conditions(part === '' ? 'HTTPRoute shop/r' : `HTTPRoute shop/r, ${part}`)).toMatchObject({ Accepted: accepted });
    expect(one.diagnostics).toMatchObject([{ code: 'DG1205', severity: 'warning', message: expect.stringContaining(accepted.slice(6)) as string }]);
    expect(one.routes).toEqual([]);
    expect(one.statuses.find(({ about }) => about === 'route')).toMatchObject({ served: false });
  });

  it.each([
    ['gone', 'BackendNotFound'],
    ['a, namespace: other', 'RefNotPermitted'],
    ['a, kind: Bucket', 'InvalidKind'],
  ])('that refers to %s is accepted, and its reference is not resolved', async (to, reason) => {
    const one = await check(gatewayWith([listener('http')]), service('a'), service('a', 'other'), route('r', to));
    expect(one.conditions('HTTPRoute shop/r, under Gateway shop/public')).toEqual({ Accepted: 'True Accepted', ResolvedRefs: `False ${reason}` });
  });

  it('has a status for each parent, and is once on a listener that two of them mean', async () => {
    const one = await check(
      gatewayWith([listener('tls', 'port: 443, protocol: TLS, tls: { mode: Passthrough }')]),
      service('a'),
      route(
        'r',
        'a',
        'parentRefs: [{ name: public }, { name: gone }, { name: public, namespace: shop, sectionName: tls }], hostnames: [a.test]',
        {},
        'TLSRoute',
      ),
    );
    expect(one.routes).toHaveLength(1);
    expect(one.statuses.find(({ part }) => part === 'listener tls')?.facts).toMatchObject({ attachedRoutes: 1 });
    const accepted = ['Gateway shop/public', 'Gateway shop/gone', 'Gateway shop/public/tls'].map(
      (parent) => one.conditions(`TLSRoute shop/r, under ${parent}`)['Accepted'],
    );
    expect(accepted).toEqual(['True Accepted', 'False NoMatchingParent', 'True Accepted']);
  });

  it('of a Service is the affair of a mesh, which is told', async () => {
    const one = await check(gatewayWith([listener('http')]), service('a'), route('r', 'a', "parentRefs: [{ name: a, kind: Service, group: '' }]"));
    expect(one.diagnostics).toMatchObject([{ code: 'DG1208', message: expect.stringContaining('mesh') as string }]);
    expect(one.statuses.filter(({ about }) => about === 'route')).toEqual([]);
  });

  it('on a listener that nothing listens for is accepted, counted and not served', async () => {
    const one = await check(
      gatewayWith([listener('https', 'port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: nowhere }] }')]),
      service('a'),
      route('r', 'a'),
    );
    expect(one.conditions('HTTPRoute shop/r, under Gateway shop/public')).toMatchObject({ Accepted: 'True Accepted' });
    expect(one.statuses.find(({ part }) => part === 'listener https')?.facts).toMatchObject({ attachedRoutes: 1 });
    expect(one.statuses.find(({ about }) => about === 'route')).toMatchObject({ served: false });
  });

  it('of a namespace is selected by the label that each namespace has', async () => {
    const selector = 'allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { kubernetes.io/metadata.name: other } } } }';
    const one = await check(
      gatewayWith([listener('http', `port: 80, protocol: HTTP, ${selector}`)]),
      route('r', 'a', 'parentRefs: [{ name: public, namespace: shop }]', { namespace: 'other' }),
      route('s', 'a'),
    );
    expect(one.conditions('HTTPRoute other/r, under Gateway shop/public')).toMatchObject({ Accepted: 'True Accepted' });
    expect(one.conditions('HTTPRoute shop/s, under Gateway shop/public')).toMatchObject({ Accepted: 'False NotAllowedByListeners' });
  });
});

describe('rules with filters that nobody knows', () => {
  const filters = 'filters: [{ type: ExtensionRef, extensionRef: { group: example.test, kind: Any, name: x } }]';
  const rules = (...all: readonly string[]): string => `{ parentRefs: [{ name: public }], rules: [${all.join(', ')}] }`;
  const to = 'backendRefs: [{ name: a, port: 80 }]';
  it.each([
    ['some of them', [`{ ${to} }`, `{ ${filters}, ${to} }`], { Accepted: 'True Accepted', PartiallyInvalid: 'True UnsupportedValue' }],
    ['all of them', [`{ ${filters}, ${to} }`], { Accepted: 'False UnsupportedValue' }],
  ])('%s', async (_, all, conditions) => {
    const one = await check(gatewayWith([listener('http')]), service('a'), manifest('HTTPRoute', 'r', rules(...all)));
    expect(one.conditions('HTTPRoute shop/r, under Gateway shop/public')).toEqual({ ...conditions, ResolvedRefs: 'True ResolvedRefs' });
  });
});

describe('a BackendTLSPolicy', () => {
  const policy = (name: string, more: string, target = 'name: a'): string =>
    manifest('BackendTLSPolicy', name, `{ targetRefs: [{ group: '', kind: Service, ${target} }], validation: { hostname: a.test, ${more} } }`);
  const all = (...parts: readonly string[]): ReturnType<typeof check> =>
    check(gatewayWith([listener('http')]), service('a'), route('r', 'a'), ...parts);
  it.each([
    ['wellKnownCACertificates: System', { Accepted: 'True Accepted', ResolvedRefs: 'True ResolvedRefs' }],
    ['caCertificateRefs: []', { Accepted: 'False Invalid', ResolvedRefs: 'True ResolvedRefs' }],
    [
      "caCertificateRefs: [{ group: '', kind: ConfigMap, name: gone }]",
      { Accepted: 'False NoValidCACertificate', ResolvedRefs: 'False InvalidCACertificateRef' },
    ],
    ['caCertificateRefs: [{ group: x.test, kind: Y, name: gone }]', { Accepted: 'False NoValidCACertificate', ResolvedRefs: 'False InvalidKind' }],
  ])('with %s', async (more, conditions) => {
    expect((await all(policy('p', more))).conditions('BackendTLSPolicy shop/p')).toEqual(conditions);
  });
  it('that another one goes before is in conflict', async () => {
    const found = await all(policy('p', 'wellKnownCACertificates: System'), policy('o', 'wellKnownCACertificates: System'));
    expect(found.conditions('BackendTLSPolicy shop/o')).toMatchObject({ Accepted: 'True Accepted' });
    expect(found.conditions('BackendTLSPolicy shop/p')).toMatchObject({ Accepted: 'False Conflicted' });
  });
});

describe('on the command line', () => {
  const manifests = [
    gatewayWith([listener('http', 'port: 80, protocol: HTTP, hostname: shop.test')]),
    service('a'),
    route('r', 'a'),
    route('s', 'a', 'hostnames: [else.test]'),
  ];
  it('check says how many things are as they should be, and what is not; as JSON everything', async () => {
    const { out, document } = await run('check', manifests);
    expect(out).toMatch(/^statuses: 3 as they should be, 1 not$/m);
    expect(out).toMatch(/^ {2}all\.yaml:\d+ {2}HTTPRoute shop\/s, under Gateway shop\/public {2}Accepted False {2}NoMatchingListenerHostname: /m);
    expect(document['statuses']).toHaveLength(4);
  });
  it('routes has the parent of each, and what is not served with its reason', async () => {
    const { out, document } = await run('routes', manifests);
    expect(out).toMatch(/^ANY \/ \(prefix\) shop\.test +shop\/a:80 +Gateway shop\/public, listener http +all\.yaml:\d+$/m);
    expect(out).toMatch(/^not served:\n {2}all\.yaml:\d+ {2}HTTPRoute shop\/s, under .*NoMatchingListenerHostname/m);
    expect(document['statuses']).toMatchObject([{ served: true }, { served: false }]);
  });
});
