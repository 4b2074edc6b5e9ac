import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/engine/exchange.ts';
import { openPort } from '../../src/gateway/listen.ts';
import { Fields } from '../../src/http/fields.ts';
import { MessageBody } from '../../src/engine/message-body.ts';
import { defaultLimits, type ListenerTls } from '../../src/model/gateway.ts';
import { localAuthority } from '../../src/transport/local-ca/authority.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-'));
afterAll(() => rmSync(folder, { recursive: true }));
const authority = localAuthority(folder);
const ca = authority.certificate;

/** A port that answers with what it knows of the connection. */
async function open(tls?: ListenerTls): Promise<{ port: number } & AsyncDisposable> {
  const port = await openPort({
    listeners: [{ name: 'secure', port: 443, protocol: 'https', ...(tls === undefined ? {} : { tls }) }],
    limits: defaultLimits,
    host: '127.0.0.1',
    port: 0,
    authority: () => authority,
    reception: {
      now: () => 0,
      wordFault: () => ({ status: 400, headers: [], body: '' }),
      handle: (exchange: Exchange, responder) => {
        const { serverName, clientCertificate } = exchange.connection;
        const body = MessageBody.of(JSON.stringify({ serverName, subject: clientCertificate?.subject, verified: clientCertificate?.verified }));
        void responder.send(exchange, { status: 200, statusText: undefined, headers: new Fields(), body, from: 'reply' });
      },
    },
  });
  return { port: Number(new URL(port.infos[0]?.url as string).port), [Symbol.asyncDispose]: () => port.close(Promise.resolve()) };
}

function ask(port: number, servername: string, options: object = {}): Promise<{ text: string; certificate: X509Certificate }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, servername, ca, agent: false, headers: { host: servername }, ...options }, (res) => {
      const certificate = new X509Certificate((res.socket as unknown as { getPeerCertificate(): { raw: Buffer } }).getPeerCertificate().raw);
      let text = '';
      res.on('data', (chunk: Buffer) => (text += chunk.toString()));
      res.on('end', () => resolve({ text, certificate }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the local authority', () => {
  it('is kept, and its key is for its owner only', () => {
    expect(localAuthority(folder).certificate).toBe(ca);
    expect(statSync(path.join(folder, 'ca-key.pem')).mode & 0o777).toBe(0o600);
    const parsed = new X509Certificate(ca);
    expect(parsed.ca).toBe(true);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
  });
  it.each(['shop.example', '127.0.0.1', '2001:db8::1'])('signs for %s', (name) => {
    const leaf = new X509Certificate(authority.leafFor(name).certificate);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(name.includes('.') && !/^\d/.test(name) ? leaf.checkHost(name) : leaf.checkIP(name)).toBe(name);
  });
});

describe('a TLS listener', () => {
  it('shows any name a certificate that clients accept who trust the authority', async () => {
    await using port = await open();
    const { text } = await ask(port.port, 'anything.example');
    expect(JSON.parse(text)).toEqual({ serverName: 'anything.example' });
  });
  it('chooses by server name: exact, wildcard, first', async () => {
    const certificates = ['first.example', 'exact.example', '*.wild.example'].map((name) => ({ names: [name], ...authority.leafFor(name) }));
    await using port = await open({ certificates });
    for (const [name, shown] of [
      ['exact.example', 'exact.example'],
      ['a.wild.example', '*.wild.example'],
      ['unknown.example', 'first.example'],
    ] as const) {
      const { certificate } = await ask(port.port, name, { rejectUnauthorized: false });
      expect(certificate.subject).toBe(`CN=${shown}`);
    }
  });
  it('tells the client certificate, verified or not, where it is asked for', async () => {
    await using port = await open({ certificates: [], clientAuthentication: { authorities: ca, mode: 'request' } });
    const { key, certificate: cert } = authority.leafFor('client.example');
    expect(JSON.parse((await ask(port.port, 'a.example', { key, cert })).text)).toMatchObject({ subject: 'CN=client.example', verified: true });
    expect(JSON.parse((await ask(port.port, 'a.example')).text)).toEqual({ serverName: 'a.example' });
  });
  it('closes on a client without a certificate, where one is required', async () => {
    await using port = await open({ certificates: [], clientAuthentication: { authorities: ca, mode: 'require' } });
    await expect(ask(port.port, 'a.example')).rejects.toThrow();
  });
  it('speaks HTTP/2 where the client offers it', async () => {
    await using port = await open();
    const session = connectHttp2(`https://127.0.0.1:${port.port}`, { ca, servername: 'two.example' });
    const text = await new Promise<string>((resolve, reject) => {
      let seen = '';
      session.on('error', reject);
      session
        .request({ ':path': '/' })
        .on('data', (chunk: Buffer) => (seen += chunk.toString()))
        .on('end', () => resolve(seen));
    });
    session.close();
    expect(JSON.parse(text)).toEqual({ serverName: 'two.example' });
  });
});
