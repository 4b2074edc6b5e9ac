import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { authorityMap, block, leaf, tlsBackend, type TlsBackend } from './tls-backend.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-backend-tls-'));
let backend: TlsBackend;
beforeAll(async () => {
  backend = await tlsBackend(leaf('common.test', 'backend.test', '*.wild.test', 'spiffe://cluster/ns/shop'));
});
afterAll(async () => {
  await backend[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const policy = (name: string, validation: string, target = 'name: a', more = ''): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: { targetRefs: [{ group: '', kind: Service, ${target} }], validation: { ${validation} }${more} }\n---\n`;
const ca = "caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }]";
const route = (kind: string, host: string): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${kind.toLowerCase()}, namespace: shop }\nspec: { parentRefs: [{ name: public }], hostnames: [${host}], rules: [{ backendRefs: [{ name: a, port: 443 }] }] }\n---\n`;

async function start(policies: readonly string[], url = backend.url): Promise<Gateway> {
  const file = path.join(folder, 'manifests.yaml');
  writeFileSync(
    file,
    [
      authorityMap(),
      authorityMap('other', leaf('x', 'x.test')),
      `apiVersion: v1\nkind: Secret\nmetadata: { name: ca, namespace: shop }\nstringData:\n  ca.crt: ${block('no certificate')}\n---\n`,
      `apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }\nspec: { ports: [{ name: tls, port: 443, appProtocol: HTTPS }] }\n---\n`,
      ...policies,
      route('HTTPRoute', 'client.test'),
      route('GRPCRoute', 'grpc.test'),
    ].join(''),
  );
  return createGateway({ config: file, upstreams: { 'shop/a:443': url }, port: 0, watch: false, logLevel: 'silent' });
}
async function ask(gateway: Gateway, host = 'client.test'): Promise<string> {
  const answer = await gateway.fetch(new Request(`http://${host}/`));
  return answer.status === 200 ? answer.text() : String(answer.status);
}

describe('a BackendTLSPolicy', () => {
  it('says which name the backend must have, whatever host the request has', async () => {
    await using gateway = await start([policy('p', `hostname: backend.test, ${ca}`)]);
    expect(await ask(gateway)).toBe('backend.test 1.1');
  });

  it('holds for gRPC too, which speaks HTTP/2', async () => {
    await using gateway = await start([policy('p', `hostname: backend.test, ${ca}`)]);
    expect(await ask(gateway, 'grpc.test')).toBe('backend.test 2.0');
  });

  it('for a section stands above one for the Service, and the first by name above others', async () => {
    await using gateway = await start([
      policy('a', `hostname: other.test, ${ca}`),
      policy('c', `hostname: other.test, ${ca}`, 'name: a, sectionName: tls'),
      policy('b', `hostname: backend.test, ${ca}`, 'name: a, sectionName: tls'),
    ]);
    expect(await ask(gateway)).toBe('backend.test 1.1');
    expect(gateway.diagnostics.map(({ message }) => message).join()).toContain('Conflicted');
  });

  it.each([
    ['a host among the alternative names', '{ type: Hostname, hostname: backend.test }'],
    ['one of several', '{ type: Hostname, hostname: no.test }, { type: URI, uri: "spiffe://cluster/ns/shop" }'],
    ['a host that a wildcard of the certificate covers', '{ type: Hostname, hostname: a.wild.test }'],
  ])('accepts %s; the host is only told to the backend then', async (_, names) => {
    await using gateway = await start([policy('p', `hostname: told.test, ${ca}, subjectAltNames: [${names}]`)]);
    expect(await ask(gateway)).toBe('told.test 1.1');
  });

  it('is read with the names that v1alpha2 had', async () => {
    const spec =
      "targetRef: { group: '', kind: Service, name: a }, tls: { hostname: backend.test, caCertRefs: [{ group: '', kind: ConfigMap, name: ca }] }";
    const version = 'gateway.networking.k8s.io/v1alpha2';
    await using gateway = await start([
      `apiVersion: ${version}\nkind: BackendTLSPolicy\nmetadata: { name: p, namespace: shop }\nspec: { ${spec} }\n---\n`,
    ]);
    expect(await ask(gateway)).toBe('backend.test 1.1');
    expect(gateway.diagnostics.filter(({ message }) => message.includes('BackendTLSPolicy'))).toEqual([]);
  });

  it('accepts the authorities of several ConfigMaps', async () => {
    const refs = ['other', 'ca'].map((name) => `{ group: '', kind: ConfigMap, name: ${name} }`).join();
    await using gateway = await start([policy('p', `hostname: backend.test, caCertificateRefs: [${refs}]`)]);
    expect(await ask(gateway)).toBe('backend.test 1.1');
  });

  it('is nothing to an upstream that is mapped in clear', async () => {
    await using gateway = await start([policy('p', `hostname: backend.test, ${ca}`)], 'echo:');
    expect((await gateway.fetch(new Request('http://client.test/'))).status).toBe(200);
  });
});

describe('a backend is never reached', () => {
  const refs = (...kinds: string[]): string =>
    `caCertificateRefs: [${kinds.map((one) => `{ ${one.includes('group') ? '' : "group: '', "}${one} }`).join()}]`;
  it.each([
    ['another host', `hostname: other.test, ${ca}`, ''],
    ['its common name', `hostname: common.test, ${ca}`, ''],
    ['the host, where other names are wanted', `hostname: backend.test, ${ca}, subjectAltNames: [{ type: Hostname, hostname: a.test }]`, ''],
    ['another URI', `hostname: backend.test, ${ca}, subjectAltNames: [{ type: URI, uri: 'spiffe://cluster/ns/other' }]`, ''],
    ['an authority that has not signed it', `hostname: backend.test, ${refs('kind: ConfigMap, name: other')}`, ''],
    ['the authorities of the system', 'hostname: backend.test, wellKnownCACertificates: System', ''],
    ['others than those of the system', 'hostname: backend.test, wellKnownCACertificates: example.com/mine', 'Invalid'],
    ['no authorities', 'hostname: backend.test', 'Invalid'],
    ['an address for a host', `hostname: 127.0.0.1, ${ca}`, 'Invalid'],
    [
      'authorities that are not there',
      `hostname: backend.test, ${refs('kind: ConfigMap, name: none', 'kind: ConfigMap, name: ca')}`,
      'InvalidCACertificateRef',
    ],
    ['authorities that are none', `hostname: backend.test, ${refs('kind: Secret, name: ca')}`, 'InvalidCACertificateRef'],
    ['authorities of an unknown kind', `hostname: backend.test, ${refs('group: x.test, kind: Bundle, name: ca')}`, 'InvalidKind'],
  ])('by %s', async (_, validation, reason) => {
    await using gateway = await start([policy('p', validation)]);
    const before = backend.asked;
    for (const host of ['client.test', 'grpc.test']) expect(await ask(gateway, host)).toMatch(/^50[03]$/);
    expect(backend.asked).toBe(before);
    expect(gateway.fidelity.leaves.filter(({ verdict, pointer }) => verdict === 'unknown' && pointer.includes('/validation/'))).toEqual([]);
    if (reason !== '') expect(gateway.diagnostics.map(({ message }) => message).join('\n')).toContain(`(${reason})`);
  });
});

describe('a policy has no effect, which its condition says,', () => {
  const target = (members: string): string =>
    `apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: { name: p, namespace: shop }\nspec: { targetRefs: [{ ${members} }], validation: { hostname: backend.test, ${ca} } }\n---\n`;
  it.each([
    [
      'a ServiceImport',
      target('group: multicluster.x-k8s.io, kind: ServiceImport, name: a'),
      /^DG1208 .*ServiceImports are of several clusters.*name a Service/,
    ],
    ['another kind', target("group: '', kind: ConfigMap, name: ca"), /^DG1205 .*for Services alone/],
    ['a Service that is not there', target("group: '', kind: Service, name: none"), /^DG1205 .*no Service shop\/none/],
    ['a port that is not there', target("group: '', kind: Service, name: a, sectionName: web"), /^DG1205 .*no port of the name web/],
    [
      'a Service of another namespace',
      target("group: '', kind: Service, name: a, namespace: other")
        .replace('/v1\n', '/v1alpha2\n')
        .replace(/targetRefs: \[(.*?)\], validation: (.*)caCertificateRefs/, 'targetRef: $1, tls: $2caCertRefs'),
      /^DG1205 .*its own namespace/,
    ],
  ])('where it is for %s', async (_, manifest, wanted) => {
    await using gateway = await start([manifest]);
    expect(await ask(gateway)).toBe('500');
    const found = gateway.diagnostics.filter(({ message }) => message.startsWith('BackendTLSPolicy'));
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([expect.stringMatching(wanted)]);
    expect(found[0]?.message).toContain('(TargetNotFound)');
    expect(gateway.fidelity.leaves.filter(({ verdict, pointer }) => verdict === 'unknown' && pointer.includes('/spec/'))).toEqual([]);
  });
});

it('a policy of v1 is read by the names of v1: what it says by those of v1alpha2 is dropped', async () => {
  const more = `, targetRef: { group: '', kind: Service, name: other }, tls: { hostname: other.test }`;
  await using gateway = await start([policy('p', `hostname: backend.test, ${ca}`, 'name: a', more)]);
  expect(await ask(gateway)).toBe('backend.test 1.1');
  expect(gateway.diagnostics.filter(({ code }) => code === 'DG1201')).toHaveLength(2);
  expect(gateway.diagnostics.filter(({ message }) => message.startsWith('BackendTLSPolicy'))).toEqual([]);
});

it('one of v1alpha2 knows no alternative names: its host is checked', async () => {
  const one = (hostname: string): string =>
    `apiVersion: gateway.networking.k8s.io/v1alpha2\nkind: BackendTLSPolicy\nmetadata: { name: p, namespace: shop }\nspec: { targetRef: { group: '', kind: Service, name: a }, tls: { hostname: ${hostname}, subjectAltNames: [{ type: Hostname, hostname: backend.test }], ${ca.replace('caCertificateRefs', 'caCertRefs')} } }\n---\n`;
  await using right = await start([one('backend.test')]);
  expect(await ask(right)).toBe('backend.test 1.1');
  await using wrong = await start([one('told.test')]);
  expect(await ask(wrong)).toMatch(/^50[03]$/);
});
