import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-traffic-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const policy = (name: string, spec: string, service = 'a', more = ''): string =>
  `apiVersion: gateway.networking.x-k8s.io/v1alpha1\nkind: XBackendTrafficPolicy\nmetadata: { name: ${name}, namespace: shop${more} }\nspec: { targetRefs: [{ group: '', kind: Service, name: ${service} }], ${spec} }\n---\n`;
const route = (...rules: readonly string[]): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: public, namespace: shop }\nspec: { gatewayClassName: any, listeners: [{ name: http, port: 80, protocol: HTTP }] }\n---\n` +
  `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r, namespace: shop }\nspec: { parentRefs: [{ name: public }], rules: [${rules.map((one) => `{ ${one} }`).join(', ')}] }\n---\n`;
const both = 'backendRefs: [{ name: a, port: 80 }, { name: b, port: 80 }]';

interface Asked {
  count: number;
}
async function start(manifests: readonly string[], status = 200): Promise<Gateway & { asked: Asked }> {
  const file = path.join(folder, 'manifests.yaml');
  writeFileSync(file, manifests.join(''));
  const asked = { count: 0 };
  const answers = (name: string) => () => {
    asked.count += 1;
    return new Response(name, { status });
  };
  const upstreams = { 'shop/a': answers('a'), 'shop/b': answers('b') };
  return Object.assign(await createGateway({ config: file, upstreams, port: 0, watch: false, logLevel: 'silent' }), { asked });
}
const get = (gateway: Gateway, target = '/', cookie = ''): Promise<Response> =>
  gateway.fetch(new Request(`http://client.test${target}`, { headers: { cookie } }));
const told = ({ diagnostics }: Gateway): string => diagnostics.map(({ message }) => message).join('\n');

describe('sessions of a Service', () => {
  it('hold for every rule that leads to it, for all backends of the rule, and for no path', async () => {
    await using gateway = await start([policy('p', 'sessionPersistence: { sessionName: s }'), route(both)]);
    await get(gateway);
    const cookie = (await get(gateway)).headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^s=[\w.-]+; HttpOnly; SameSite=Strict$/);
    const heard = [];
    for (let turn = 0; turn < 3; turn += 1) heard.push(await (await get(gateway, '/', cookie.split(';')[0])).text());
    expect(heard).toEqual(['b', 'b', 'b']);
    expect(gateway.diagnostics).toEqual([]);
    expect(gateway.fidelity.leaves.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });

  it('are not shared among rules, and stand behind what a rule says', async () => {
    const rule = (prefix: string, more = ''): string => `matches: [{ path: { type: PathPrefix, value: ${prefix} } }], ${both}${more}`;
    await using gateway = await start([
      policy('p', 'sessionPersistence: { sessionName: s }'),
      route(rule('/x'), rule('/y', ', sessionPersistence: { sessionName: own }')),
    ]);
    await get(gateway, '/x');
    const cookie = ((await get(gateway, '/x')).headers.get('set-cookie') ?? '').split(';')[0] as string;
    const other = await get(gateway, '/y', cookie);
    expect([await other.text(), other.headers.get('set-cookie')?.slice(0, 4)]).toEqual(['a', 'own=']);
    const same = await get(gateway, '/y', cookie.replace('s=', 'own='));
    expect(same.headers.has('set-cookie')).toBe(true);
  });

  it('of two policies the older counts, and of two Services of a rule the first', async () => {
    await using gateway = await start([
      policy('a', 'sessionPersistence: { sessionName: young }', 'a', ", creationTimestamp: '2025-01-02T00:00:00Z'"),
      policy('b', 'sessionPersistence: { sessionName: old }', 'a', ", creationTimestamp: '2025-01-01T00:00:00Z'"),
      policy('c', 'sessionPersistence: { sessionName: other }', 'b'),
      policy('d', 'sessionPersistence: {}', 'a }, { group: x.test, kind: Pool, name: z'),
      route(both),
    ]);
    expect((await get(gateway)).headers.get('set-cookie')).toMatch(/^old=/);
    for (const reason of ['Conflicted', 'TargetNotFound', 'policy for sessions of its own']) expect(told(gateway)).toContain(reason);
  });
});

describe('the budget of further tries', () => {
  const failing = `backendRefs: [{ name: a, port: 80 }], retry: { attempts: 1, codes: [500] }`;
  it('lets the least number through in its time; what is beyond answers 503', async () => {
    const constraint = 'retryConstraint: { budget: { percent: 0 }, minRetryRate: { count: 2, interval: 1s } }';
    await using gateway = await start([policy('p', constraint), route(failing)], 500);
    gateway.clock.freeze();
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await get(gateway)).status);
    expect(statuses).toEqual([500, 500, 503, 503]);
    expect(gateway.asked.count).toBe(6);
    await gateway.clock.advance(2000);
    expect((await get(gateway)).status).toBe(500);
  });

  it('is a share of all tries of the Service, those of other rules too', async () => {
    const constraint = 'retryConstraint: { budget: { percent: 20, interval: 10s }, minRetryRate: { count: 0 } }';
    const plain = 'matches: [{ path: { type: Exact, value: /plain } }], backendRefs: [{ name: a, port: 80 }]';
    await using gateway = await start([policy('p', constraint), route(plain, failing)], 500);
    gateway.clock.freeze();
    expect((await get(gateway)).status).toBe(503);
    for (let turn = 0; turn < 8; turn += 1) expect((await get(gateway, '/plain')).status).toBe(500);
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await get(gateway)).status);
    // With the third one 3 of 15 tries are others than first ones; a fourth would be one of 17 too many.
    expect(statuses).toEqual([500, 500, 500, 503]);
  });
});
