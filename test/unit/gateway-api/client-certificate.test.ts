import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { authorityMap, block, key, leaf, tlsBackend, type TlsBackend } from './tls-backend.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-client-certificate-'));
let backend: TlsBackend;
/** Serves only who shows a certificate, and says whose. */
beforeAll(async () => {
  backend = await tlsBackend(leaf('backend', 'backend.test'), true);
});
afterAll(async () => {
  await backend[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const api = 'apiVersion: gateway.networking.k8s.io/v1\n';
const secret = (name: string, subject: string, namespace = 'shop', pem = key): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: ${namespace} }\nstringData:\n  tls.crt: ${block(leaf(subject, `${subject}.test`))}\n  tls.key: ${block(pem)}\n---\n`;
const gatewayOf = (name: string, more = ''): string =>
  `${api}kind: Gateway\nmetadata: { name: ${name}, namespace: shop }\nspec: { gatewayClassName: any, listeners: [{ name: http, port: 80, protocol: HTTP }]${more} }\n---\n`;
const shows = (ref: string): string => `, tls: { backend: { clientCertificateRef: { ${ref} } } }`;
const route = (...parents: readonly string[]): string =>
  `${api}kind: HTTPRoute\nmetadata: { name: r, namespace: shop }\nspec: { parentRefs: [${parents.map((name) => `{ name: ${name} }`).join(', ')}], rules: [{ backendRefs: [{ name: a, port: 443 }] }] }\n---\n`;
const rest = [
  authorityMap(),
  'apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }\nspec: { ports: [{ port: 443 }] }\n---\n',
  `${api}kind: BackendTLSPolicy\nmetadata: { name: p, namespace: shop }\nspec: { targetRefs: [{ group: '', kind: Service, name: a }], validation: { hostname: backend.test, caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }] } }\n---\n`,
];

function start(manifests: readonly string[]): Promise<Gateway> {
  const file = path.join(folder, 'manifests.yaml');
  writeFileSync(file, [...rest, ...manifests].join(''));
  return createGateway({
    config: file,
    upstreams: { 'shop/a': backend.url, 'shop/b': () => new Response('clear') },
    port: 0,
    watch: false,
    logLevel: 'silent',
  });
}
async function ask(gateway: Gateway, name: string): Promise<string> {
  const answer = await fetch(gateway.urlFor({ gateway: `shop/${name}`, port: 80 }));
  return answer.status === 200 ? answer.text() : String(answer.status);
}

describe('the certificate that a Gateway shows to backends', () => {
  it('is its own, of each of the Gateways that a route attaches to', async () => {
    await using gateway = await start([
      gatewayOf('one', shows('name: one')),
      gatewayOf('two', ', backendTLS: { clientCertificateRef: { kind: Secret, name: two } }'),
      gatewayOf('none'),
      secret('one', 'client one'),
      secret('two', 'client two'),
      route('one', 'two', 'none'),
    ]);
    expect(await ask(gateway, 'one')).toBe('backend.test 1.1 client one');
    expect(await ask(gateway, 'two')).toBe('backend.test 1.1 client two');
    expect(await ask(gateway, 'none')).toMatch(/^50[23]$/);
    expect(gateway.diagnostics).toEqual([]);
    expect(gateway.routes).toHaveLength(3);
  });

  it('is taken from another namespace with a grant alone', async () => {
    const grant = `${api}kind: ReferenceGrant\nmetadata: { name: g, namespace: keys }\nspec: { from: [{ group: gateway.networking.k8s.io, kind: Gateway, namespace: shop }], to: [{ group: '', kind: Secret, name: one }] }\n---\n`;
    const manifests = [gatewayOf('one', shows('name: one, namespace: keys')), secret('one', 'client one', 'keys'), route('one')];
    await using granted = await start([...manifests, grant]);
    expect(await ask(granted, 'one')).toBe('backend.test 1.1 client one');
    await using refused = await start(manifests);
    expect(await ask(refused, 'one')).toBe('500');
    expect(refused.diagnostics.map(({ message }) => message).join()).toContain('RefNotPermitted');
  });

  it.each([
    ['is not there', gatewayOf('one', shows('name: gone'))],
    ['is of another kind', gatewayOf('one', shows('kind: ConfigMap, name: ca'))],
    ['is no pair', gatewayOf('one', shows('name: broken')) + secret('broken', 'client', 'shop', '-----BEGIN PRIVATE KEY-----')],
  ])('where it %s nothing is sent by TLS; what is in clear is', async (_, manifest) => {
    const plain =
      `apiVersion: v1\nkind: Service\nmetadata: { name: b, namespace: shop }\nspec: { ports: [{ port: 80 }] }\n---\n` +
      `${api}kind: HTTPRoute\nmetadata: { name: plain, namespace: shop }\nspec: { parentRefs: [{ name: one }], hostnames: [plain.test], rules: [{ backendRefs: [{ name: b, port: 80 }] }] }\n---\n`;
    await using gateway = await start([manifest, route('one'), plain]);
    const before = backend.asked;
    expect(await ask(gateway, 'one')).toBe('500');
    expect(backend.asked).toBe(before);
    expect(gateway.diagnostics.map(({ message }) => message).join()).toContain('InvalidClientCertificateRef');
    const clear = await gateway.fetch(new Request('http://plain.test/'));
    expect(await clear.text()).toBe('clear');
  });
});
