import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createCertificate } from '../../../src/transport/local-ca/certificate.ts';

const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const request = { issuer: 'test authority', signingKey: signing.privateKey, days: 1 };
/** PEM: of what signs all of these. */
export const authority = createCertificate({ ...request, subject: 'test authority', publicKey: signing.publicKey, names: null });
export const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
export const leaf = (subject: string, ...names: string[]): string => createCertificate({ ...request, subject, publicKey: pair.publicKey, names });

/** A manifest with a text of several lines. */
export const block = (text: string): string => `|\n    ${text.trimEnd().replaceAll('\n', '\n    ')}`;
export const authorityMap = (name = 'ca', text = authority): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata:\n  ca.crt: ${block(text)}\n---\n`;

export interface TlsBackend extends AsyncDisposable {
  readonly url: string;
  /** How many requests have come. */
  readonly asked: number;
}
/** Answers with what it was told in the handshake. `clients`: only those that show a certificate of the authority. */
export async function tlsBackend(certificate: string, clients = false): Promise<TlsBackend> {
  let asked = 0;
  const listener = ({ socket, httpVersion }: IncomingMessage, response: ServerResponse): void => {
    asked += 1;
    const { servername } = socket as TLSSocket & { servername?: string };
    const client = (socket as TLSSocket).getPeerCertificate().subject?.CN ?? '';
    response.end([servername, httpVersion, client].filter(Boolean).join(' '));
  };
  const server = createSecureServer({
    cert: certificate,
    key,
    allowHTTP1: true,
    ...(clients ? { ca: authority, requestCert: true, rejectUnauthorized: true } : {}),
  });
  server.on('request', listener as never);
  server.on('tlsClientError', () => {});
  return listening(server, () => asked, 'https');
}

/** Answers in clear with its name and the version of HTTP; `2`: by prior knowledge. */
export async function clearHttp2(): Promise<TlsBackend> {
  let asked = 0;
  const server = createHttp2((incoming, response) => {
    asked += 1;
    response.end(incoming.httpVersion);
  });
  return listening(server, () => asked, 'http');
}

async function listening(server: Server, count: () => number, scheme: string): Promise<TlsBackend> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return count();
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
      }),
  };
}
