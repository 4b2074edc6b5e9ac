import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { localAuthority } from '../../../src/transport/local-ca/authority.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-backend-tls-'));
const authority = localAuthority(folder);
let server: Server;
/** Answers with the server name of the handshake. */
beforeAll(async () => {
  const { certificate, key } = authority.leafFor('backend.test');
  server = createServer({ cert: certificate, key }, (request, response) =>
    response.end(String((request.socket as TLSSocket & { servername?: string }).servername)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const policy = (name: string, validation: string, target = 'name: a'): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: { targetRefs: [{ group: '', kind: Service, ${target} }], validation: { ${validation} } }\n---\n`;
const ca = "caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }]";

async function start(...policies: readonly string[]): Promise<Gateway> {
  const file = path.join(folder, 'manifests.yaml');
  const indented = authority.certificate.trimEnd().replaceAll('\n', '\n    ');
  writeFileSync(
    file,
    [
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ca, namespace: shop }\ndata:\n  ca.crt: |\n    ${indented}\n---\n`,
      `apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }\nspec: { ports: [{ name: tls, port: 443 }] }\n---\n`,
      ...policies,
      `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r, namespace: shop }\nspec: { parentRefs: [{ name: public }], rules: [{ backendRefs: [{ name: a, port: 443 }] }] }\n`,
    ].join(''),
  );
  const upstreams = { 'shop/a:443': `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
  return createGateway({ config: file, upstreams, port: 0, watch: false, logLevel: 'silent' });
}
async function ask(gateway: Gateway): Promise<string> {
  const answer = await gateway.fetch(new Request('http://client.test/'));
  return answer.status === 200 ? answer.text() : String(answer.status);
}

describe('a BackendTLSPolicy', () => {
  it('says which name the backend must have, whatever host the request has', async () => {
    await using gateway = await start(policy('p', `hostname: backend.test, ${ca}`));
    expect(await ask(gateway)).toBe('backend.test');
  });
  it('is not met by another name, or by an authority that is not trusted', async () => {
    await using other = await start(policy('p', `hostname: other.test, ${ca}`));
    expect(await ask(other)).toMatch(/^5/);
    await using system = await start(policy('p', 'hostname: backend.test, wellKnownCACertificates: System'));
    expect(await ask(system)).toMatch(/^5/);
  });
  it('for a section stands above one for the Service, and the first by name above others', async () => {
    await using gateway = await start(
      policy('a', `hostname: other.test, ${ca}`),
      policy('c', `hostname: other.test, ${ca}`, 'name: a, sectionName: tls'),
      policy('b', `hostname: backend.test, ${ca}`, 'name: a, sectionName: tls'),
    );
    expect(await ask(gateway)).toBe('backend.test');
    expect(gateway.diagnostics.map(({ message }) => message).join()).toContain('Conflicted');
  });
  it.each([
    ['authorities that are not there', `hostname: backend.test, caCertificateRefs: [{ group: '', kind: ConfigMap, name: none }]`],
    ['names that cannot be checked yet', `hostname: backend.test, ${ca}, subjectAltNames: [{ type: URI, uri: 'spiffe://x/y' }]`],
  ])('with %s lets nothing through', async (_, validation) => {
    await using gateway = await start(policy('p', validation));
    expect(await ask(gateway)).toBe('500');
    expect(gateway.diagnostics.map(({ code }) => code)).toContain('DG1208');
  });
});
