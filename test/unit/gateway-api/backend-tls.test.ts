import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { alternativeNames, checkIdentities } from '../../../src/transport/upstream-identity.ts';
import { localAuthority } from '../../../src/transport/local-ca/authority.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-backend-tls-'));
const authority = localAuthority(folder);
const spiffe = 'spiffe://shop.test/ns/shop/sa/a';
let asked = 0;
const servers: (Server | Http2SecureServer)[] = [];
/** One for a host, one for a URI, and one that speaks HTTP/1.1 and 2. */
let [server, named, both] = [0, 0, 0];
/** Answers with the server name of the handshake. */
const answers = (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void => {
  asked += 1;
  const { servername, alpnProtocol } = request.socket as TLSSocket & { servername?: string };
  response.setHeader('protocol', String(alpnProtocol));
  response.end(String(servername));
};
function listening(made: Server | Http2SecureServer): Promise<number> {
  servers.push(made);
  made.on('upgrade', (_: IncomingMessage, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  });
  return new Promise((resolve) => made.listen(0, '127.0.0.1', () => resolve((made.address() as AddressInfo).port)));
}
const identity = (name: string): { cert: string; key: string } => {
  const { certificate, key } = authority.leafFor(name);
  return { cert: certificate, key };
};
beforeAll(async () => {
  server = await listening(createServer(identity('backend.test'), answers));
  named = await listening(createServer(identity(spiffe), answers));
  both = await listening(createSecureServer({ ...identity('backend.test'), allowHTTP1: true }, answers));
});
beforeEach(() => {
  asked = 0;
});
afterAll(() => {
  for (const one of servers) one.close();
  rmSync(folder, { recursive: true });
});

const policy = (name: string, validation: string, target = 'name: a'): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: { targetRefs: [{ group: '', kind: Service, ${target} }], validation: { ${validation} } }\n---\n`;
const ca = "caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }]";

async function start(...policies: readonly string[]): Promise<Gateway> {
  return startWith(server, ...policies);
}
async function startWith(port: number, ...policies: readonly string[]): Promise<Gateway> {
  const file = path.join(folder, 'manifests.yaml');
  const indented = authority.certificate.trimEnd().replaceAll('\n', '\n    ');
  writeFileSync(
    file,
    [
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ca, namespace: shop }\ndata:\n  ca.crt: |\n    ${indented}\n---\n`,
      `apiVersion: v1\nkind: Secret\nmetadata: { name: ca, namespace: shop }\nstringData:\n  ca.crt: |\n    ${indented}\n---\n`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: broken, namespace: shop }\ndata: { ca.crt: "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----" }\n---\n',
      `apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }\nspec: { ports: [{ name: tls, port: 443 }] }\n---\n`,
      ...policies,
      `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r, namespace: shop }\nspec: { parentRefs: [{ name: public }], rules: [{ backendRefs: [{ name: a, port: 443 }] }] }\n`,
    ].join(''),
  );
  const upstreams = { 'shop/a:443': `https://127.0.0.1:${port}` };
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
    [
      'authorities that are not there',
      `hostname: backend.test, caCertificateRefs: [{ group: '', kind: ConfigMap, name: none }]`,
      'InvalidCACertificateRef',
    ],
    [
      'authorities of which one cannot be read',
      `hostname: backend.test, caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }, { group: '', kind: ConfigMap, name: broken }]`,
      'shop/broken',
    ],
    ['authorities of another kind', `hostname: backend.test, caCertificateRefs: [{ group: x.test, kind: Bundle, name: ca }]`, 'InvalidKind'],
    ['no authority that is left', `hostname: backend.test, caCertificateRefs: [{ group: '', kind: Secret, name: none }]`, 'NoValidCACertificate'],
    ['authorities in two ways', `hostname: backend.test, ${ca}, wellKnownCACertificates: System`, 'Invalid'],
    ['well-known authorities that nobody knows', 'hostname: backend.test, wellKnownCACertificates: Everybody', 'Invalid'],
    ['no host', ca, 'Invalid'],
    ['an address for a host', `hostname: 127.0.0.1, ${ca}`, 'Invalid'],
    ['a name without a value', `hostname: backend.test, ${ca}, subjectAltNames: [{ type: URI, hostname: backend.test }]`, 'Invalid'],
  ])('with %s lets nothing through', async (_, validation, reason) => {
    await using gateway = await start(policy('p', validation));
    expect(await ask(gateway)).toBe('500');
    expect(asked).toBe(0);
    expect(
      gateway.diagnostics
        .filter(({ code }) => code === 'DG1208')
        .map(({ message }) => message)
        .join(),
    ).toContain(reason);
  });

  it('takes several authorities, of Secrets too', async () => {
    const refs = ['ConfigMap', 'Secret'].map((kind) => `{ group: '', kind: ${kind}, name: ca }`);
    await using gateway = await start(policy('p', `hostname: backend.test, caCertificateRefs: [${refs.join(', ')}]`));
    expect(await ask(gateway)).toBe('backend.test');
  });

  it('is for several Services, and for none of another kind', async () => {
    await using gateway = await start(
      policy('p', `hostname: backend.test, ${ca}`, "name: other }, { group: '', kind: Service, name: a }, { group: x, kind: Pool, name: a"),
    );
    expect(await ask(gateway)).toBe('backend.test');
    expect(gateway.diagnostics.map(({ message }) => message).join()).toContain('InvalidKind');
  });
});

describe('names that a BackendTLSPolicy gives beside the host', () => {
  const names = (...list: readonly string[]): string => policy('p', `hostname: sni.test, ${ca}, subjectAltNames: [${list.join(', ')}]`);
  const uri = (value: string): string => `{ type: URI, uri: '${value}' }`;
  const host = (value: string): string => `{ type: Hostname, hostname: '${value}' }`;

  it('are what the certificate must be for; the host is asked for alone', async () => {
    await using gateway = await start(names(uri(spiffe), host('backend.test')));
    expect(await ask(gateway)).toBe('sni.test');
    await using spiffed = await startWith(named, names(host('other.test'), uri(spiffe)));
    expect(await ask(spiffed)).toBe('sni.test');
  });
  it.each([
    ['another host', 'server', host('other.test')],
    ['the host of the policy', 'server', host('sni.test')],
    ['a wildcard that the certificate has not', 'server', host('*.test')],
    ['another URI', 'named', uri(`${spiffe}/x`)],
    ['a URI where it has a host', 'server', uri('https://backend.test')],
    ['a host where it has a URI', 'named', host('shop.test')],
  ] as const)('are not met by %s, and nothing is sent', async (_, which, name) => {
    await using gateway = await startWith(which === 'named' ? named : server, names(name));
    expect(await ask(gateway)).toBe('503');
    expect(asked).toBe(0);
  });
  it('are checked for WebSockets too', async () => {
    const upgrade = async (...list: readonly string[]): Promise<string> => {
      await using gateway = await start(names(...list));
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: client.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return chunk.toString('latin1').slice(9, 12);
    };
    expect([await upgrade(host('backend.test')), await upgrade(host('other.test'))]).toEqual(['101', '503']);
  });
  it('a call of gRPC goes by HTTP/2, which the handshake agrees on', async () => {
    const grpc =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: { name: g, namespace: shop }\nspec: { parentRefs: [{ name: public }], hostnames: [grpc.test], rules: [{ backendRefs: [{ name: a, port: 443 }] }] }\n---\n';
    const call = async (...list: readonly string[]): Promise<unknown[]> => {
      await using gateway = await startWith(both, names(...list), grpc);
      const answer = await gateway.fetch(new Request('http://grpc.test/a.B/C', { method: 'POST', headers: { 'content-type': 'application/grpc' } }));
      return [answer.status, answer.headers.get('protocol')];
    };
    expect(await call(host('backend.test'))).toEqual([200, 'h2']);
    expect(await call(host('other.test'))).toEqual([503, null]);
  });
});

describe('alternative names of a certificate', () => {
  it('are read as Node lists them, whatever they hold', () => {
    expect(alternativeNames('DNS:a.test, URI:spiffe://a/b, DNS:"x, URI:spiffe://c", IP Address:::1')).toEqual([
      ['DNS', 'a.test'],
      ['URI', 'spiffe://a/b'],
      ['DNS', 'x, URI:spiffe://c'],
      ['IP Address', '::1'],
    ]);
  });
  it('a common name is none', () => {
    const peer = { subject: { CN: 'a.test' }, subjectaltname: 'URI:x://y' } as PeerCertificate;
    expect(checkIdentities([{ type: 'host', name: 'a.test' }], peer)).toBeInstanceOf(Error);
    expect(checkIdentities([{ type: 'host', name: 'b.a.test' }], { ...peer, subjectaltname: 'DNS:*.a.test' })).toBeUndefined();
  });
});
