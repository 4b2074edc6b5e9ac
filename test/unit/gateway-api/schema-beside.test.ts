import { describe, expect, it } from 'vitest';
import { backendTlsPolicy, backendTlsPolicyAlpha2 } from '../../../src/dialects/gateway-api/schema/backend-tls-policy.ts';
import { gatewayClass } from '../../../src/dialects/gateway-api/schema/gateway-class.ts';
import { referenceGrant } from '../../../src/dialects/gateway-api/schema/reference-grant.ts';
import { tlsRoute, tlsRouteAlpha2, tlsRouteAlpha3 } from '../../../src/dialects/gateway-api/schema/tls-route.ts';
import { check, manifest } from './manifests.ts';
import { told } from './told.ts';

const times = (count: number, text: string): string => Array.from({ length: count }, (_, at) => text.replaceAll('#', String(at))).join(', ');
const one = (wanted: RegExp): unknown[] => [expect.stringMatching(wanted)];

describe('what the API server refuses of a TLSRoute', () => {
  const rules = 'rules: [{ backendRefs: [{ name: a, port: 443 }] }]';
  const hosts = 'hostnames: [a.test]';
  it.each([
    [`{ ${hosts} }`, /^error DG1204 spec has no rules/],
    [`{ ${hosts}, rules: [] }`, /^error DG1203 .*at least 1/],
    [`{ ${hosts}, rules: [{}] }`, /^error DG1204 spec.rules\[0\] has no backendRefs/],
    [`{ ${hosts}, rules: [{ backendRefs: [] }] }`, /^error DG1203 .*backendRefs has 0 items .*at least 1/],
    [`{ ${hosts}, rules: [{ backendRefs: [${times(17, '{ name: a#, port: 1 }')}] }] }`, /^error DG1203 .*at most 16/],
    [`{ ${hosts}, rules: [{ backendRefs: [{ name: a, port: 0 }] }] }`, /^error DG1203 .*port is 0/],
    [`{ ${hosts}, rules: [{ name: A, backendRefs: [{ name: a, port: 1 }] }] }`, /^error DG1203 .*name is "A"/],
    [`{ hostnames: [], ${rules} }`, /^error DG1203 spec.hostnames has 0 items/],
    [`{ hostnames: ['a.*.test'], ${rules} }`, /^error DG1203 spec.hostnames\[0\] is "a.\*.test"/],
    [`{ hostnames: [a.test, 10.0.0.1], ${rules} }`, /^error DG1203 spec.hostnames\[1\]: 10.0.0.1 is an address/],
    [`{ hostnames: [${times(1025, 'a#.test')}], ${rules} }`, /^error DG1203 .*at most 1024/],
    [`{ ${hosts}, parentRefs: [{ name: a }, { name: a }], ${rules} }`, /^error DG1203 .*another reference to a/],
    [`{ ${hosts}, rules: [{ backendRefs: [{ name: a, port: 1, filters: [] }] }] }`, /^warning DG1201 .*filters/],
    [`{ ${rules} }`, /^warning DG1203 spec: it has no hostnames .*API server refuses it/],
    [`{ ${hosts}, rules: [${times(2, '{ backendRefs: [{ name: a, port: 1 }] }')}] }`, /^warning DG1203 spec.rules\[1\]: it is a second rule/],
    [`{ hostnames: [${times(17, 'a#.test')}], ${rules} }`, /^warning DG1203 .*at most 16 until lately/],
  ])('%s', (spec, wanted) => expect(told(spec, tlsRoute)).toEqual(one(wanted)));

  it('and what it takes', () => {
    expect(told(`{ ${hosts}, useDefaultGateways: All, parentRefs: [{ name: a, sectionName: x, port: 1 }], ${rules} }`, tlsRoute)).toEqual([]);
    expect(told(`{ hostnames: ['*.a.test'], ${rules} }`, tlsRoute)).toEqual([]);
  });

  it('differs in its earlier versions', () => {
    const two = `{ ${hosts}, rules: [{ name: x }, { name: y }] }`;
    for (const schema of [tlsRouteAlpha2, tlsRouteAlpha3]) {
      expect(told(two, schema)).toEqual([]);
      expect(told(two.replace('name: y', 'name: x'), schema)).toEqual(one(/^error DG1203 .*another rule of the route/));
      expect(told(`{ ${hosts}, rules: [${times(17, '{ name: a# }')}] }`, schema)).toEqual(one(/^error DG1203 .*at most 16/));
    }
    expect(told(`{ ${rules} }`, tlsRouteAlpha2)).toEqual([]);
    expect(told(`{ ${rules} }`, tlsRouteAlpha3)).toEqual(one(/^warning DG1203 spec: it has no hostnames/));
    expect(told(`{ hostnames: [], ${rules} }`, tlsRouteAlpha3)).toEqual(one(/^error DG1203/));
  });
});

describe('what it refuses of a BackendTLSPolicy', () => {
  const service = "group: '', kind: Service, name: a";
  const refs = "caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }]";
  const targets = `targetRefs: [{ ${service} }]`;
  const validation = `validation: { hostname: a.test, ${refs} }`;
  it.each([
    [`{ ${validation} }`, /^error DG1204 spec has no targetRefs/],
    [`{ ${targets} }`, /^error DG1204 spec has no validation/],
    [`{ targetRefs: [], ${validation} }`, /^error DG1203 .*at least 1/],
    [`{ targetRefs: [${times(17, "{ group: '', kind: Service, name: a# }")}], ${validation} }`, /^error DG1203 .*at most 16/],
    [`{ targetRefs: [{ kind: Service, name: a }], ${validation} }`, /^error DG1204 spec.targetRefs\[0\] has no group/],
    [`{ targetRefs: [{ ${service} }, { ${service} }], ${validation} }`, /^error DG1203 spec.targetRefs\[1\]: there is another reference to a/],
    [`{ targetRefs: [{ ${service}, sectionName: x }, { ${service} }], ${validation} }`, /^error DG1203 .*both name their sectionName/],
    [`{ targetRefs: [{ ${service}, sectionName: x }, { ${service}, sectionName: x }], ${validation} }`, /^error DG1203 .*and another one/],
    [`{ ${targets}, validation: { ${refs} } }`, /^error DG1204 spec.validation has no hostname/],
    [`{ ${targets}, validation: { hostname: '*.test', ${refs} } }`, /^error DG1203 .*hostname is "\*.test"/],
    [`{ ${targets}, validation: { hostname: '', ${refs} } }`, /^error DG1203 .*at least 1 char/],
    [`{ ${targets}, validation: { hostname: a.test, wellKnownCACertificates: System, ${refs} } }`, /^error DG1203 .*caCertificateRefs, too/],
    [`{ ${targets}, validation: { hostname: a.test, wellKnownCACertificates: Mine } }`, /^error DG1203 .*"Mine".*System/],
    [`{ ${targets}, validation: { hostname: a.test, wellKnownCACertificates: in..valid/x } }`, /^error DG1203 .*"in..valid/],
    [`{ ${targets}, validation: { hostname: a.test, caCertificateRefs: [{ kind: ConfigMap, name: ca }] } }`, /^error DG1204 .*no group/],
    [
      `{ ${targets}, validation: { hostname: a.test, caCertificateRefs: [${times(9, "{ group: '', kind: ConfigMap, name: c# }")}] } }`,
      /^error DG1203 .*at most 8/,
    ],
    ...(
      [
        ['{ hostname: a.test }', /^error DG1204 .*no type/],
        ['{ type: DNS, hostname: a.test }', /^error DG1203 .*Hostname or URI/],
        ['{ type: Hostname }', /^error DG1203 .*needs hostname/],
        ['{ type: URI, hostname: a.test }', /^error DG1203 .*needs uri/],
        ["{ type: Hostname, hostname: a.test, uri: 'a://b' }", /^error DG1203 .*uri: the type is Hostname/],
        ['{ type: URI, uri: a.test/b }', /^error DG1203 .*a whole URI/],
        [times(6, '{ type: Hostname, hostname: a#.test }'), /^error DG1203 .*at most 5/],
      ] as const
    ).map(([names, wanted]) => [`{ ${targets}, validation: { hostname: a.test, ${refs}, subjectAltNames: [${names}] } }`, wanted] as const),
    [`{ ${targets}, ${validation}, options: { a: 1 } }`, /^error DG1202 spec.options.a is 1 .*"1", in quotes/],
    [`{ ${targets}, ${validation}, options: { 'a b': x } }`, /^error DG1203 .*a name such as/],
    [`{ ${targets}, ${validation}, options: [] }`, /^error DG1202 spec.options is a list/],
    [`{ ${targets}, ${validation}, options: { ${times(17, 'a#: x')} } }`, /^error DG1203 spec.options has 17 members/],
    [`{ targetRef: { ${service} }, ${targets}, ${validation} }`, /^warning DG1201 spec.targetRef/],
  ] as const)('%s', (spec, wanted) => expect(told(spec, backendTlsPolicy)).toEqual(one(wanted)));

  it.each([
    `{ targetRefs: [{ ${service}, sectionName: x }, { ${service}, sectionName: y }, { group: '', kind: Service, name: b }], ${validation} }`,
    `{ targetRefs: [{ ${service} }, { group: x.test, kind: Service, name: a }], ${validation} }`,
    `{ ${targets}, validation: { hostname: a.test, wellKnownCACertificates: System } }`,
    `{ ${targets}, validation: { hostname: a.test, wellKnownCACertificates: example.com/my-own } }`,
    `{ ${targets}, validation: { hostname: a.test, ${refs}, subjectAltNames: [{ type: Hostname, hostname: '*.a.test' }, { type: URI, uri: 'spiffe://a/b' }] } }`,
    `{ ${targets}, ${validation}, options: { example.com/a: x, b: '' } }`,
  ])('and takes %s', (spec) => expect(told(spec, backendTlsPolicy)).toEqual([]));

  it('has other names in v1alpha2', () => {
    const earlier = (tls: string): string[] =>
      told(`{ targetRef: { ${service}, namespace: b, sectionName: x }, tls: { ${tls} } }`, backendTlsPolicyAlpha2);
    expect(earlier('hostname: a.test, wellKnownCACerts: System')).toEqual([]);
    expect(earlier("hostname: a.test, wellKnownCACerts: System, caCertRefs: [{ group: '', kind: ConfigMap, name: a }]")).toEqual(
      one(/^error DG1203 .*caCertRefs, too/),
    );
    expect(told(`{ ${targets}, ${validation} }`, backendTlsPolicyAlpha2)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^error DG1204 spec has no targetRef/), expect.stringMatching(/^error DG1204 spec has no tls/)]),
    );
  });
});

describe('what it refuses of a ReferenceGrant', () => {
  const from = 'from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: a }]';
  const to = "to: [{ group: '', kind: Service }]";
  it.each([
    [`{ ${from} }`, /^error DG1204 spec has no to/],
    [`{ from: [], ${to} }`, /^error DG1203 .*at least 1/],
    [`{ ${from}, to: [${times(17, "{ group: '', kind: A# }")}] }`, /^error DG1203 .*at most 16/],
    [`{ from: [{ kind: HTTPRoute, namespace: a }], ${to} }`, /^error DG1204 spec.from\[0\] has no group/],
    [`{ from: [{ group: x, kind: HTTPRoute }], ${to} }`, /^error DG1204 .*no namespace/],
    [`{ from: [{ group: x/v1, kind: HTTPRoute, namespace: a }], ${to} }`, /^error DG1203 .*without its version/],
    [`{ from: [{ group: x, kind: HTTPRoute, namespace: '*' }], ${to} }`, /^error DG1203 .*namespace is "\*"/],
    [`{ ${from}, to: [{ group: '' }] }`, /^error DG1204 .*no kind/],
    [`{ ${from}, to: [{ group: '', kind: Service, name: '' }] }`, /^error DG1203 .*at least 1 char/],
    [`{ ${from}, to: [{ group: '', kind: Service, namespace: a }] }`, /^warning DG1201 .*namespace/],
    [`{ ${from}, to: [{ kind: Service }] }`, /^warning DG1203 spec.to\[0\]: it has no group .*""/],
  ])('%s', (spec, wanted) => expect(told(spec, referenceGrant)).toEqual(one(wanted)));
  it('and what it takes', () => {
    expect(told(`{ ${from}, to: [{ group: '', kind: Secret, name: a }] }`, referenceGrant)).toEqual([]);
    expect(told('~', referenceGrant)).toEqual([]);
  });
});

describe('what it refuses of a GatewayClass', () => {
  it.each([
    ['{}', /^error DG1204 spec has no controllerName/],
    ['{ controllerName: example.com }', /^error DG1203 .*"example.com" .*a host and a path/],
    ['{ controllerName: Example.com/a }', /^error DG1203/],
    ['{ controllerName: example.com/a b }', /^error DG1203/],
    [`{ controllerName: example.com/a, description: ${'x'.repeat(65)} }`, /^error DG1203 .*at most 64/],
    ['{ controllerName: example.com/a, parametersRef: { kind: A, name: b } }', /^error DG1204 .*no group/],
    ['{ controllerName: example.com/a, parametersRef: { group: x, kind: A, name: b, namespace: a.b } }', /^error DG1203 .*namespace is/],
  ])('%s', (spec, wanted) => expect(told(spec, gatewayClass)).toEqual(one(wanted)));
  it('and what it takes', () => {
    const ref = "parametersRef: { group: '', kind: ConfigMap, name: a, namespace: b }";
    expect(told(`{ controllerName: example.com/a/b~1, description: words, ${ref} }`, gatewayClass)).toEqual([]);
  });
});

describe('an object that is refused refuses the load, over its own line, in each version that is served', () => {
  const api = 'gateway.networking.k8s.io';
  it.each<readonly [string, string, string]>([
    ...['v1', 'v1alpha3', 'v1alpha2'].map(
      (version) => ['TLSRoute', version, '{ hostnames: [a b], rules: [{ backendRefs: [{ name: a }] }] }'] as const,
    ),
    ...['v1', 'v1alpha3'].map((version) => ['BackendTLSPolicy', version, '{ targetRefs: [], validation: { hostname: a.test } }'] as const),
    ['BackendTLSPolicy', 'v1alpha2', "{ targetRef: { group: '', kind: Service, name: a }, tls: {} }"],
    ...['v1', 'v1beta1', 'v1alpha2'].map((version) => ['ReferenceGrant', version, '{ from: [], to: [] }'] as const),
    ['ReferencePolicy', 'v1alpha2', '{ from: [], to: [] }'],
    ...['v1', 'v1beta1', 'v1alpha2'].map((version) => ['GatewayClass', version, '{ controllerName: none }'] as const),
  ])('%s %s', async (kind, version, spec) => {
    const { diagnostics } = await check(manifest(kind, 'x', spec, { group: `${api}/${version}` }));
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.length).toBeGreaterThan(0);
    for (const { code, line } of errors) expect([code, line]).toEqual([expect.stringMatching(/^DG120[34]$/), 4]);
  });
});
