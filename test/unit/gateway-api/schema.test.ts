import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { backendTlsPolicy } from '../../../src/dialects/gateway-api/schema/backend-tls-policy.ts';
import { check } from '../../../src/dialects/gateway-api/schema/check.ts';
import { gatewayClass } from '../../../src/dialects/gateway-api/schema/gateway-class.ts';
import { gateway, listenerSet } from '../../../src/dialects/gateway-api/schema/gateway.ts';
import { grpcRoute } from '../../../src/dialects/gateway-api/schema/grpc-route.ts';
import { httpRoute } from '../../../src/dialects/gateway-api/schema/http-route.ts';
import { referenceGrant } from '../../../src/dialects/gateway-api/schema/reference-grant.ts';
import { list, shape, table, text, whole } from '../../../src/dialects/gateway-api/schema/schema.ts';
import { tlsRoute } from '../../../src/dialects/gateway-api/schema/tls-route.ts';
import { Ledger } from '../../../src/model/ledger.ts';
import { Setting } from '../../../src/sources/setting.ts';
import { treeOf } from '../../../src/sources/tree.ts';
import { manifests } from './one-route.ts';
import { told } from './told.ts';

const rule = (members: string): string => `{ rules: [{ ${members} }] }`;
const filter = (members: string): string => rule(`filters: [{ ${members} }]`);
const times = (count: number, text_: string): string => Array.from({ length: count }, (_, at) => text_.replaceAll('#', String(at))).join(', ');

describe('what the API server refuses of an HTTPRoute', () => {
  it.each([
    // Paths.
    ['matches: [{ path: { value: a } }]', /DG1203 spec.rules\[0\].matches\[0\].path.value: "a" .* begin it with \//],
    ...['/a//b', '/a/./b', '/a/../b', '/a/..', '/a/.', '/a%2fb', '/a%2Fb', '/a#b'].map(
      (path) => [`matches: [{ path: { type: Exact, value: '${path}' } }]`, /DG1203 .*leave out/] as const,
    ),
    ['matches: [{ path: { type: Prefix, value: / } }]', /DG1203 .*type is "Prefix" .*Exact, PathPrefix or RegularExpression/],
    ['matches: [{ path: /a }]', /DG1202 .*path is "\/a".*an object/],
    [`matches: [{ path: { value: "/${'a'.repeat(1024)}" } }]`, /DG1203 .*at most 1024/],
    // Fields, parameters, methods.
    ['matches: [{ method: get }]', /DG1203 .*method is "get".*did you mean "GET"/],
    ['matches: [{ headers: [{ name: "a b", value: x }] }]', /DG1203 .*name is "a b".*name of a header field/],
    ['matches: [{ headers: [{ name: a, value: 2 }] }]', /DG1202 .*value is 2 .*"2", in quotes/],
    ['matches: [{ headers: [{ name: a }] }]', /DG1204 .*headers\[0\] has no value/],
    ['matches: [{ headers: [{ name: a, value: "" }] }]', /DG1203 .*at least 1 char/],
    ['matches: [{ headers: [{ name: a, value: x }, { name: a, value: y }] }]', /DG1206 .*headers\[1\] stands in its list twice/],
    ['filters: [~]', /DG1202 .*filters\[0\] is null/],
    ['matches: [{ headers: { name: a, value: x } }]', /DG1202 .*headers is a map.*a list/],
    ['matches: [{ queryParams: [{ name: a, value: x, type: Regex }] }]', /DG1203 .*type is "Regex"/],
    [`matches: [${times(65, '{ method: GET }')}]`, /DG1203 .*65 items.*at most 64/],
    [`matches: [{ headers: [${times(17, '{ name: a#, value: x }')}] }]`, /at most 16/],
    // Filters.
    ['filters: [{ requestMirror: { backendRef: { name: a, port: 80 } } }]', /DG1204 .*filters\[0\] has no type/],
    ['filters: [{ type: UrlRewrite }]', /DG1203 .*did you mean "URLRewrite"/],
    ['filters: [{ type: URLRewrite }]', /DG1203 .*needs urlRewrite/],
    ['filters: [{ type: URLRewrite, urlRewrite: {}, cors: {} }]', /DG1203 .*cors: the type is URLRewrite .*urlRewrite alone/],
    ['filters: [{ type: URLRewrite, urlRewrite: {} }, { type: RequestRedirect, requestRedirect: {} }]', /DG1203 .*RequestRedirect, too/],
    ...['CORS, cors: {}', 'RequestHeaderModifier, requestHeaderModifier: {}', 'URLRewrite, urlRewrite: {}'].map(
      (one) => [`filters: [{ type: ${one} }, { type: ${one} }]`, /DG1203 .*filters\[1\]: there is another filter/] as const,
    ),
    ['filters: [{ type: RequestRedirect, requestRedirect: {} }], backendRefs: [{ name: a, port: 80 }]', /DG1203 .*backendRefs, too/],
    ['backendRefs: [{ name: a, port: 80, filters: [{ type: URLRewrite }] }]', /backendRefs\[0\].filters\[0\]: the type URLRewrite needs urlRewrite/],
    [`filters: [${times(17, '{ type: RequestMirror, requestMirror: { backendRef: { name: a, port: 80 } } }')}]`, /at most 16/],
    // References.
    ['backendRefs: [{ port: 80 }]', /DG1204 .*has no name/],
    ['backendRefs: [{ name: a, port: "80" }]', /DG1202 .*port is "80".*without quotes/],
    ['backendRefs: [{ name: a, port: 65536 }]', /DG1203 .*from 1 to 65535/],
    ['backendRefs: [{ name: a, port: 80, weight: 1.5 }]', /DG1203 .*weight is 1.5/],
    ['backendRefs: [{ name: a, port: 80, weight: 1000001 }]', /DG1203 .*to 1000000/],
    ['backendRefs: [{ name: a, port: 80, namespace: a.b }]', /DG1203 .*namespace is "a.b"/],
    // Times, retries, sessions.
    ['timeouts: { request: 1d }', /DG1203 .*request is "1d".*duration like/],
    ['timeouts: { request: 200ms, backendRequest: 1s }', /DG1203 .*backendRequest: 1s is longer/],
    ['retry: { codes: [399] }', /DG1203 .*from 400 to 599/],
    ['retry: { codes: [500, 500] }', /DG1206 .*twice/],
    ['sessionPersistence: { cookieConfig: { lifetimeType: Permanent } }', /DG1203 .*absoluteTimeout/],
    ['sessionPersistence: { type: Header, cookieConfig: {} }', /DG1203 .*the type is Header/],
    ['name: Not_A_Name', /DG1203 .*name is "Not_A_Name"/],
  ] as const)('%s', (members, expected) => {
    expect(told(rule(members))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: a, value: "x\\ny" }] }', /a value of one line/],
    ['type: RequestHeaderModifier, requestHeaderModifier: { remove: [a, a] }', /DG1206/],
    ['type: RequestMirror, requestMirror: {}', /DG1204 .*no backendRef/],
    ['type: RequestMirror, requestMirror: { backendRef: { name: a }, percent: 101 }', /from 0 to 100/],
    ['type: RequestMirror, requestMirror: { backendRef: { name: a }, percent: 1, fraction: { numerator: 1 } }', /fraction: there is a percent, too/],
    ['type: RequestMirror, requestMirror: { backendRef: { name: a }, fraction: { numerator: 101 } }', /numerator: 101 of 100/],
    ['type: RequestMirror, requestMirror: { backendRef: { name: a }, fraction: { numerator: 0, denominator: 0 } }', /denominator is 0/],
    ['type: RequestRedirect, requestRedirect: { statusCode: 304 }', /301, 302, 303, 307 or 308/],
    ['type: RequestRedirect, requestRedirect: { statusCode: "301" }', /without quotes/],
    ['type: RequestRedirect, requestRedirect: { scheme: ftp }', /http or https/],
    ['type: RequestRedirect, requestRedirect: { hostname: "a.test:80" }', /without a port/],
    ['type: RequestRedirect, requestRedirect: { path: { replaceFullPath: / } }', /DG1204 .*no type/],
    ['type: RequestRedirect, requestRedirect: { path: { type: ReplaceFullPath, replacePrefixMatch: / } }', /needs replaceFullPath/],
    [
      'type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replaceFullPath: /, replacePrefixMatch: / } }',
      /replaceFullPath: the type is/,
    ],
    ['type: CORS, cors: { allowOrigins: [shop.test] }', /allowOrigins\[0\] is "shop.test".*https:\/\/shop/],
    ['type: CORS, cors: { allowOrigins: ["https://a.test:x"] }', /an origin such as/],
    ['type: CORS, cors: { allowOrigins: ["*", "https://a.test"] }', /\* stands beside others/],
    ['type: CORS, cors: { allowMethods: [GET, "*"] }', /\* stands beside others/],
    ['type: CORS, cors: { allowMethods: [BAZINGA] }', /"BAZINGA"/],
    ['type: CORS, cors: { allowHeaders: ["*", a] }', /\* stands beside others/],
    ['type: CORS, cors: { allowCredentials: "yes" }', /true or false/],
    ['type: CORS, cors: { maxAge: 0 }', /from 1/],
    ['type: ExternalAuth, externalAuth: { protocol: HTTP, backendRef: { name: a } }', /needs http/],
    ['type: ExternalAuth, externalAuth: { protocol: GRPC, backendRef: { name: a }, grpc: {}, http: {} }', /http: the protocol is GRPC/],
    ['type: ExternalAuth, externalAuth: { protocol: HTTP, backendRef: { name: a }, http: { path: "/a b" } }', /characters of a path/],
    ['type: ExtensionRef, extensionRef: { kind: A, name: b }', /DG1204 .*no group/],
  ] as const)('of a filter: %s', (members, expected) => {
    expect(told(filter(members))).toEqual([expect.stringMatching(expected)]);
  });

  const prefix = '{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: / } } }';
  it.each([
    [`filters: [${prefix}], matches: [{ path: { type: Exact, value: /a } }]`, 1],
    [`filters: [${prefix}], matches: [{ path: { value: /a } }, { path: { value: /b } }]`, 1],
    [`backendRefs: [{ name: a, port: 80, filters: [${prefix}] }], matches: [{ path: { type: Exact, value: /a } }]`, 1],
    [`filters: [${prefix}], matches: [{ path: { value: /a } }]`, 0],
    [`filters: [${prefix}], matches: [{ method: GET }]`, 0],
    [`filters: [${prefix}]`, 0],
  ])('a prefix is replaced where one is matched: %s', (members, count) => expect(told(rule(members))).toHaveLength(count));

  it.each([
    ['{ rules: [] }', /at least 1/],
    [`{ rules: [${times(65, '{}')}] }`, /at most 64/],
    [`{ rules: [${times(3, `{ matches: [${times(43, '{}')}] }`)}] }`, /129 matches together/],
    ['{ rules: [{ name: a }, { name: b }, { name: a }] }', /DG1203 spec.rules\[2\].name: another rule/],
    ['{ hostnames: [WWW.test] }', /lower-case/],
    ['{ hostnames: ["a.test:80"] }', /without a port/],
    [`{ hostnames: [${times(17, 'a#.test')}] }`, /at most 16/],
    ['{ parentRefs: [{ name: a }, { name: a }] }', /parentRefs\[1\]: there is another reference to a/],
    ['{ parentRefs: [{ name: a, sectionName: x }, { name: a }] }', /both name their sectionName/],
    ['{ parentRefs: [{}] }', /DG1204/],
  ])('of a spec: %s', (spec, expected) => expect(told(spec)).toEqual([expect.stringMatching(expected)]));
});

describe('what it takes', () => {
  it.each([
    rule('matches: [{ path: { type: RegularExpression, value: "a//[^#]" } }]'),
    rule('timeouts: { request: 0s, backendRequest: 1h }'),
    rule('timeouts: { request: 10s, backendRequest: 10s }, matches: ~'),
    filter('type: CORS, cors: { allowOrigins: ["https://*.a.test:8080", "http://*"], allowMethods: ["*"], exposeHeaders: [a, "*"] }'),
    filter('type: ExternalAuth, externalAuth: { protocol: HTTP, backendRef: { name: a, port: 80 }, http: { allowedHeaders: ~ } }'),
    '{ parentRefs: [{ name: a, sectionName: x }, { name: a, sectionName: y }, { name: a, namespace: b }] }',
    '{}',
  ])('%s', (spec) => expect(told(spec)).toEqual([]));

  it.each([
    [`{ rules: [${times(17, '{}')}] }`, /warning DG1203 .*at most 16 until lately/],
    [rule('matches: [{ path: { type: Exact, value: "/pets/{id}" } }]'), /warning DG1203 .*the API server refuses it/],
    [rule('filter: []'), /warning DG1201 spec.rules\[0\].filter: .*did you mean "filters"/],
    ['{ rules: [{ matches: [{ paths: {} }] }] }', /warning DG1201 .*did you mean "path"/],
  ])('and is told nevertheless: %s', (spec, expected) => expect(told(spec)).toEqual([expect.stringMatching(expected)]));
});

describe('what it refuses of a GRPCRoute', () => {
  it.each([
    ['matches: [{ method: {} }]', /names neither a service nor a method/],
    ['matches: [{ method: { service: ".*" } }]', /service: ".\*" is no name of a service.*RegularExpression/],
    ['matches: [{ method: { type: Exact, method: "a/b" } }]', /is no name of a method/],
    ['matches: [{ headers: [{ name: ":path", value: a }] }]', /name of a header field/],
    ['filters: [{ type: URLRewrite }]', /type is "URLRewrite"/],
    [
      'filters: [{ type: RequestHeaderModifier, requestHeaderModifier: {} }, { type: RequestHeaderModifier, requestHeaderModifier: {} }]',
      /another filter/,
    ],
  ])('%s', (members, expected) => expect(told(rule(members), grpcRoute)).toEqual([expect.stringMatching(expected)]));

  it.each([
    'matches: [{ method: { type: RegularExpression, service: ".*", method: ".*" } }]',
    'matches: [{ method: { service: .foo.Bar } }]',
    'matches: [{}]',
  ])('and takes %s', (members) => expect(told(rule(members), grpcRoute)).toEqual([]));
  it('timeouts are no field of it', () => {
    expect(told(rule('timeouts: { request: 1s }'), grpcRoute)).toEqual([expect.stringMatching(/warning DG1201/)]);
  });
});

it('a route that is refused refuses the load, over its own line', async () => {
  await expect(manifests('rules: [{ matches: [{ path: { value: orders } }] }]')).rejects.toThrow(/route\.yaml:4:\d+ {2}error DG1203/);
});

it('whatever stands in an object, it is judged', () => {
  const key = fc.constantFrom(
    'rules',
    'filters',
    'type',
    'matches',
    'path',
    'value',
    'backendRefs',
    'requestMirror',
    'timeouts',
    'request',
    'parentRefs',
    'name',
    'hostnames',
    'targetRefs',
    'validation',
    'hostname',
    'subjectAltNames',
    'caCertificateRefs',
    'options',
    'from',
    'to',
    'controllerName',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom(null, 'Exact', 'CORS', 'URLRewrite', '1s', '/a', 3, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(httpRoute, grpcRoute, tlsRoute, backendTlsPolicy, referenceGrant, gatewayClass), (spec, schema) => {
      const ledger = new Ledger();
      const right = check(Setting.root(treeOf({ spec }), 'a.yaml', ledger, 'x'), schema);
      expect(ledger.failed).toBe(!right);
    }),
  );
});

it('whatever stands there, it is judged', () => {
  const schema = shape(
    {
      a: text({ max: 2 }),
      b: list(whole({ min: 0 }), { max: 2, differIn: '' }),
      c: shape({ d: text() }, ['d']),
      e: table(text({ min: 1 }), text(), 2),
    },
    ['a'],
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const ledger = new Ledger();
      const right = check(Setting.root(treeOf(value), 'a.yaml', ledger, 'x'), schema);
      expect(ledger.failed).toBe(!right);
    }),
  );
});

describe('what the API server refuses of a Gateway', () => {
  const of = (listener: string): string => `{ gatewayClassName: any, listeners: [${listener}] }`;
  const plain = 'name: a, port: 80, protocol: HTTP';
  it.each([
    ['{ name: a, protocol: HTTP }', /DG1204 .*listeners\[0\] has no port/],
    ['{ name: a, port: 0, protocol: HTTP }', /DG1203 .*port is 0 .*from 1 to 65535/],
    ["{ name: 'a b', port: 80, protocol: HTTP }", /DG1203 .*name is "a b"/],
    [`{ ${plain} }, { ${plain.replace('80', '81')} }`, /DG1206 .*listeners\[1\] stands in its list twice .*differ in name/],
    [`{ ${plain}, hostname: 'a.test:80' }`, /DG1203 .*hostname is "a.test:80"/],
    [`{ ${plain}, tls: { mode: Terminate } }`, /DG1203 .*listeners\[0\].tls: the protocol is HTTP/],
    ['{ name: a, port: 443, protocol: HTTPS, tls: { mode: Passthrough } }', /DG1203 .*tls.mode: the protocol is HTTPS .*protocol TLS/],
    ['{ name: a, port: 443, protocol: HTTPS, tls: { mode: terminate } }', /DG1203 .*mode is "terminate".*did you mean "Terminate"/],
    [`{ ${plain}, allowedRoutes: { namespaces: { from: Everywhere } } }`, /DG1203 .*from is "Everywhere"/],
    ['{ name: a, port: 443, protocol: HTTPS, tls: { options: { a: 1 } } }', /DG1202 .*tls.options.a is 1 .*"1", in quotes/],
    [`{ ${plain}, allowedRoutes: { kinds: [{ group: x }] } }`, /DG1204 .*kinds\[0\] has no kind/],
  ])('%s', (listener, wanted) => {
    const found = told(of(listener), gateway);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(wanted);
    expect(found[0]).toMatch(/^error/);
  });
  it.each([
    ['{ port: 80, protocol: HTTP }', /DG1203 .*it has no name/],
    [`{ ${plain}, hostname: '*' }`, /DG1203 .*hostname: it is "\*"/],
    ['{ name: a, port: 80, protocol: http }', /DG1203 .*protocol: it is "http".*HTTP/],
    ['{ name: a, port: 53, protocol: UDP, hostname: a.test }', /DG1203 .*hostname: the protocol is UDP/],
    [`{ ${plain}, hostnames: [a.test] }`, /DG1201 .*hostnames.*did you mean "hostname"/],
  ])('is told and no more: %s', (listener, wanted) => {
    const found = told(of(listener), gateway);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(wanted);
    expect(found[0]).toMatch(/^warning/);
  });
  it('is nothing of what it takes', () => {
    const whole =
      "{ gatewayClassName: any, listeners: [{ name: a, port: 443, protocol: HTTPS, hostname: '*.a.test', tls: { certificateRefs: [{ name: x, namespace: y }], options: { a: b } }, allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { a: b } } }, kinds: [{ kind: HTTPRoute }] } }, { name: b, port: 444, protocol: TLS, tls: { mode: Passthrough } }, { name: c, port: 9, protocol: example.com/bar }] }";
    expect(told(whole, gateway)).toEqual([]);
    expect(told('{ parentRef: { name: g }, listeners: [{ name: a, protocol: HTTP }] }', listenerSet)).toEqual([]);
    expect(told('{ listeners: [] }', listenerSet)).toEqual([expect.stringContaining('spec has no parentRef')]);
  });
});
