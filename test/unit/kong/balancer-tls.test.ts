import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localAuthority } from '../../../src/transport/local-ca/authority.ts';
import { startPool } from './balancer-start.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
const authority = localAuthority(folder);
const own = authority.leafFor('a.internal');
const client = authority.leafFor('client.example');
let server: Server;
let url = '';
beforeAll(async () => {
  server = createServer(
    { cert: own.certificate, key: own.key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.socket as TLSSocket;
      response.end(JSON.stringify({ sni: socket.servername, client: socket.getPeerCertificate().subjectaltname ?? null }));
    },
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const quoted = (pem: string): string => JSON.stringify(pem);
const more = (): string => `ca_certificates: [{ id: ca, cert: ${quoted(authority.certificate)} }]
certificates: [{ id: c, cert: ${quoted(client.certificate)}, key: ${quoted(client.key)} }]`;
const target = "targets: [{ target: 'a.internal:443' }]";

it.each([
  ['protocol: https', 200],
  ['protocol: https, tls_verify: true', 502],
  ['protocol: https, tls_verify: true, ca_certificates: [ca]', 200],
])('a target over TLS, %s: %d', async (service, status) => {
  await using pool = await startPool(target, { 'a.internal': url }, { service, more: more() });
  expect((await pool.gateway.fetch('/')).status).toBe(status);
});

it('is told the name in the Host field, and who asks', async () => {
  const upstream = `client_certificate: { id: c }, ${target}`;
  await using pool = await startPool(
    upstream,
    { 'a.internal': url },
    { service: 'protocol: https, tls_verify: true, ca_certificates: [ca]', more: more() },
  );
  expect(await (await pool.gateway.fetch('/')).json()).toEqual({ sni: 'a.internal', client: 'DNS:client.example' });
});
