import { describe, expect, it } from 'vitest';
import { guardIn } from '../../../src/dialects/gateway-api/policies/guard-table.ts';
import { ask, check, gatewayWith, listener, manifest, route, serve, service } from './manifests.ts';

const envoy = { group: 'gateway.envoyproxy.io/v1alpha1' };
const jwt = 'jwt: { providers: [{ name: example }] }';
const security = (target: string, more = jwt): string => manifest('SecurityPolicy', 'p', `{ targetRefs: [{ ${target} }], ${more} }`, envoy);
const gateway = gatewayWith([
  listener('one', 'port: 80, protocol: HTTP, hostname: one.test'),
  listener('two', 'port: 80, protocol: HTTP, hostname: two.test'),
]);
const services = [service('a'), service('b')];
const rules =
  '[{ name: open, matches: [{ path: { value: /open } }], backendRefs: [{ name: a, port: 80 }] }, { name: shut, backendRefs: [{ name: b, port: 80 }] }]';
const two = manifest('HTTPRoute', 'r', `{ parentRefs: [{ name: public }], rules: ${rules} }`);

/** What the two rules answer on the two listeners. */
async function answers(...policies: readonly string[]): Promise<string[]> {
  await using served = await serve([gateway, ...services, two, ...policies]);
  return Promise.all(['one.test/open', 'one.test/', 'two.test/open', 'two.test/'].map((target) => ask(served, `http://${target}`)));
}
const open = ['shop/a', 'shop/b', 'shop/a', 'shop/b'];
const shut = ['501', '501', '501', '501'];

describe('what guards', () => {
  it.each([
    ['a route', 'kind: HTTPRoute, name: r', shut],
    ['a Gateway', 'group: gateway.networking.k8s.io, kind: Gateway, name: public', shut],
    ['a listener', 'kind: Gateway, name: public, sectionName: two', ['shop/a', 'shop/b', '501', '501']],
    ['a rule', 'kind: HTTPRoute, name: r, sectionName: shut', ['shop/a', '501', 'shop/a', '501']],
    ['a Service', "group: '', kind: Service, name: a", ['501', 'shop/b', '501', 'shop/b']],
    ['a port of a Service', "group: '', kind: Service, name: a, sectionName: web", ['501', 'shop/b', '501', 'shop/b']],
    ['another route', 'kind: HTTPRoute, name: other', open],
    ['a route of another kind', 'kind: GRPCRoute, name: r', open],
  ])('%s closes it, and nothing else', async (_, target, wanted) => {
    expect(await answers(security(target))).toEqual(wanted);
  });

  it('one target, as it was written before there were several, or what labels select', async () => {
    expect(await answers(manifest('SecurityPolicy', 'p', `{ targetRef: { kind: Gateway, name: public }, ${jwt} }`, envoy))).toEqual(shut);
    expect(
      await answers(manifest('SecurityPolicy', 'p', `{ targetSelectors: [{ kind: HTTPRoute, matchLabels: { team: x } }], ${jwt} }`, envoy)),
    ).toEqual(open);
    const labelled = two.replace('namespace: shop', 'namespace: shop, labels: { team: x }');
    await using served = await serve([
      gateway,
      ...services,
      labelled,
      manifest('SecurityPolicy', 'p', `{ targetSelectors: [{ kind: HTTPRoute, matchLabels: { team: x } }], ${jwt} }`, envoy),
    ]);
    expect(await ask(served, 'http://one.test/')).toBe('501');
  });

  it('a Gateway that no manifest has closes what is implied, whichever listener it names', async () => {
    await using served = await serve([service('a'), route('r', 'a'), security('kind: Gateway, name: public, sectionName: https')]);
    expect(await ask(served, 'http://one.test/')).toBe('501');
  });

  it('is told with its place, and refuses the load where that is wanted', async () => {
    const found = await check(gateway, ...services, two, security('kind: HTTPRoute, name: r'));
    expect(found.diagnostics).toMatchObject([
      { code: 'DG1208', severity: 'warning', message: expect.stringContaining('SecurityPolicy shop/p: it decides who may pass (jwt)') as string },
    ]);
    expect(found.conditions('SecurityPolicy shop/p')).toEqual({ Accepted: 'False NotSupported' });
    expect(found.fidelity.counts.unknown).toBe(0);
    await expect(serve([gateway, ...services, two, security('kind: HTTPRoute, name: r')], { unsupported: 'fail' })).rejects.toMatchObject({
      code: 'DG1208',
    });
  });

  it('says why in its answer', async () => {
    await using served = await serve([gateway, ...services, two, security('kind: HTTPRoute, name: r')]);
    const answer = await served.fetch(new Request('http://one.test/'));
    expect([answer.status, await answer.text()]).toEqual([501, 'devgateway does not serve this: SecurityPolicy shop/p\n']);
  });
});

describe('what shapes traffic', () => {
  it.each([
    ['cors of a SecurityPolicy', security('kind: HTTPRoute, name: r', 'cors: { allowOrigins: [] }')],
    [
      'a BackendTrafficPolicy',
      manifest('BackendTrafficPolicy', 'p', '{ targetRefs: [{ kind: Gateway, name: public }], loadBalancer: { type: Random } }', envoy),
    ],
    [
      'a guard that is off',
      manifest('TrafficPolicy', 'p', '{ targetRefs: [{ kind: HTTPRoute, name: r }], extAuth: { disable: {} } }', {
        group: 'gateway.kgateway.dev/v1alpha1',
      }),
    ],
  ])('is told and passes: %s', async (_, policy) => {
    expect(await answers(policy)).toEqual(open);
    const found = await check(gateway, ...services, two, policy);
    expect(found.diagnostics).toMatchObject([{ code: 'DG1208', severity: 'warning', message: expect.stringContaining('is not mirrored') as string }]);
  });
  it.each([
    [
      'kinds that are not served',
      '{ targetRefs: [{ kind: TCPRoute, name: r }, { kind: UDPRoute, name: r }] }',
      /DG1208 .*for TCPRoutes and UDPRoutes, which are not served/,
    ],
    [
      'a ServiceImport',
      '{ targetRef: { group: multicluster.x-k8s.io, kind: ServiceImport, name: a } }',
      /DG1208 .*ServiceImports, which are not served/,
    ],
    ['what labels do not select', '{ targetSelectors: [{ kind: HTTPRoute, matchLabels: { team: x } }] }', /DG1205 .*selects nothing/],
  ])('of %s alone is told, whatever it does, and does nothing', async (_, spec, wanted) => {
    for (const more of [jwt, 'loadBalancer: { type: Random }']) {
      const policy = manifest('SecurityPolicy', 'p', spec.replace(/ \}$/, `, ${more} }`), envoy);
      expect(await answers(policy)).toEqual(open);
      const found = await check(gateway, ...services, two, policy);
      expect(found.diagnostics.map(({ code, message, hint }) => `${code} ${message} ${hint}`)).toEqual([expect.stringMatching(wanted)]);
      expect(found.conditions('SecurityPolicy shop/p')).toEqual({ Accepted: 'False TargetNotFound' });
      expect(found.fidelity.counts.unknown).toBe(0);
    }
  });
  it('one of the API itself is told once', async () => {
    const policy = manifest('XTelemetryPolicy', 'p', '{ targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: public }] }', {
      group: 'gateway.networking.x-k8s.io/v1alpha1',
    });
    const found = await check(gateway, ...services, two, policy);
    expect(found.diagnostics).toMatchObject([{ code: 'DG1208', message: 'XTelemetryPolicy shop/p is not supported yet' }]);
  });
  it('objects with other targets are no part of the gateway', async () => {
    const scaler = manifest('VerticalPodAutoscaler', 'v', '{ targetRef: { apiVersion: apps/v1, kind: Deployment, name: a } }', {
      group: 'autoscaling.k8s.io/v1',
    });
    expect((await check(gateway, ...services, two, scaler)).diagnostics).toEqual([]);
  });
});

describe('Istio', () => {
  const istio = (spec: string, namespace = 'shop'): string =>
    manifest('AuthorizationPolicy', 'p', spec, { group: 'security.istio.io/v1', namespace });
  it.each([
    ['a target', istio('{ targetRefs: [{ kind: Gateway, group: gateway.networking.k8s.io, name: public }], rules: [] }'), shut],
    ['the label of a Gateway', istio("{ selector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': public } } }"), shut],
    ['the label that Gateways had before', istio("{ selector: { matchLabels: { 'istio.io/gateway-name': public } } }"), shut],
    ['the label of a workload', istio('{ selector: { matchLabels: { app: a } } }'), open],
    ['nothing: its namespace', istio('{ rules: [] }'), shut],
    ['nothing: another namespace', istio('{ rules: [] }', 'other'), open],
    ['nothing: every namespace', istio('{ rules: [] }', 'istio-system'), shut],
  ])('guards by %s', async (_, policy, wanted) => {
    expect(await answers(policy)).toEqual(wanted);
  });
});

describe('plugins of Kong', () => {
  const kong = (name: string, plugin: string, kind = 'KongPlugin', labels = ''): string =>
    `apiVersion: configuration.konghq.com/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop${labels} }\nplugin: ${plugin}\n---\n`;
  const annotated = (plugins: string): string => route('r', 'a', '', { annotations: `{ konghq.com/plugins: '${plugins}' }` });
  it.each([
    ['keys', [kong('keys', 'key-auth')], '501'],
    ['limit', [kong('limit', 'rate-limiting')], 'shop/a'],
    ['limit, keys', [kong('limit', 'rate-limiting'), kong('keys', 'key-auth')], '501'],
    ['gone', [], '501'],
    ['elsewhere:keys', [kong('keys', 'rate-limiting')], '501'],
    ['all', [kong('all', 'acl', 'KongClusterPlugin')], '501'],
  ])('%s', async (names, plugins, wanted) => {
    await using served = await serve([gateway, service('a'), annotated(names), ...plugins]);
    expect(await ask(served, 'http://one.test/')).toBe(wanted);
    expect(new Set(served.diagnostics.map(({ code }) => code))).toEqual(new Set(['DG1208']));
  });
  it('of everything', async () => {
    await using served = await serve([
      gateway,
      service('a'),
      route('r', 'a'),
      kong('all', 'jwt', 'KongClusterPlugin', ", labels: { global: 'true' }"),
    ]);
    expect(await ask(served, 'http://one.test/')).toBe('501');
  });
});

describe('what decides who may pass', () => {
  it.each([
    ['gateway.kgateway.dev', 'TrafficPolicy', { extAuth: { extensionRef: { name: 'x' } } }, 'extAuth'],
    ['gateway.kgateway.dev', 'TrafficPolicy', { extAuth: { disable: {} } }, undefined],
    ['gateway.kgateway.dev', 'TrafficPolicy', { rateLimit: { local: {} }, transformation: { request: {} } }, undefined],
    ['agentgateway.dev', 'AgentgatewayPolicy', { traffic: { jwtAuthentication: { providers: [] } } }, 'jwtAuthentication'],
    ['agentgateway.dev', 'AgentgatewayPolicy', { backend: { auth: { key: 'x' } } }, undefined],
    ['gateway.envoyproxy.io', 'ClientTrafficPolicy', { tls: { clientValidation: { caCertificateRefs: [{ name: 'x' }] } } }, 'clientValidation'],
    ['networking.gke.io', 'GCPBackendPolicy', { default: { iap: { enabled: true } } }, 'iap'],
    ['networking.gke.io', 'GCPBackendPolicy', { default: { iap: { enabled: false }, timeoutSec: 40 } }, undefined],
    ['kuadrant.io', 'AuthPolicy', {}, 'AuthPolicy'],
    ['gateway.envoyproxy.io', 'SecurityPolicy', { targetRefs: [], authorization: {} }, 'authorization'],
    ['gateway.envoyproxy.io', 'SecurityPolicy', { targetRefs: [], ofTomorrow: {} }, 'ofTomorrow'],
    ['gateway.envoyproxy.io', 'SecurityPolicy', { targetRefs: [], mergeType: 'StrategicMerge', cors: {} }, undefined],
    ['extensions.istio.io', 'WasmPlugin', { phase: 'AUTHN', url: 'x' }, 'phase'],
    ['extensions.istio.io', 'WasmPlugin', { phase: 'STATS', url: 'x' }, undefined],
    ['example.test', 'AnyPolicy', { keyAuth: {} }, 'keyAuth'],
    ['example.test', 'AnyPolicy', { default: { externalAuthorization: { url: 'x' } } }, 'externalAuthorization'],
    ['kuadrant.io', 'RateLimitPolicy', { limits: {} }, undefined],
    ['gateway.solo.io', 'RouteOption', { options: { jwtStaged: { afterExtAuth: { providers: {} } } } }, 'jwtStaged'],
    ['example.test', 'AnyPolicy', { ipAllowList: ['10.0.0.0/8'] }, 'ipAllowList'],
  ])('%s %s %j', (group, kind, spec, found) => {
    expect(guardIn(group, kind, spec)).toBe(found);
  });
});
