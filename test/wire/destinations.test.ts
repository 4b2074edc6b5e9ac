import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp2, createSecureServer, type Http2SecureServer, type Http2Server } from 'node:http2';
import { createServer as createHttp, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway/create.ts';
import type { Gateway } from '../../src/gateway/types.ts';
import { localAuthority } from '../../src/transport/local-ca/authority.ts';
import { speak } from './raw-client.ts';
import { rawUpstream } from './raw-upstream.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-destinations-'));
afterAll(() => rmSync(folder, { recursive: true }));
const authority = localAuthority(folder);
const leaf = authority.leafFor('orders.test');

const servers: (Server | Http2Server | Http2SecureServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
const listening = (server: Server | Http2Server | Http2SecureServer): Promise<string> =>
  new Promise((resolve) => {
    servers.push(server);
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
const start = (upstream: object): Promise<Gateway> => createGateway({ config: { routes: [{ match: { path: '/*' }, upstream }] } });

describe('HTTP/2', () => {
  it('goes out in clear by prior knowledge, with body and trailers', async () => {
    const server = createHttp2();
    server.on('stream', (stream, headers) => {
      let body = '';
      stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
      stream.on('end', () => {
        stream.respond({ ':status': 201, 'x-method': headers[':method'], 'x-path': headers[':path'] }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '5' }));
        stream.end(`got ${body}`);
      });
    });
    await using gateway = await start({ url: `http://${await listening(server)}`, httpVersion: '2' });
    const bytes = 'POST /a?b=c HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello';
    const answer = await speak(gateway.url, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    expect(answer).toMatch(/x-method: POST\r\nx-path: \/a\?b=c/i);
    expect(answer).toContain('got hello');
    expect(answer).toMatch(/x-sum: 5\r\n\r\n$/i);
  });

  it('is agreed on over TLS, with the certificate of the client', async () => {
    const server = createSecureServer({
      cert: leaf.certificate,
      key: leaf.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
      allowHTTP1: true,
    });
    server.on('request', (req, res) => {
      const socket = (req.stream?.session?.socket ?? req.socket) as TLSSocket;
      res.end(`HTTP/${req.httpVersion} ${String(socket.servername)} ${JSON.stringify(socket.getPeerCertificate().subject?.CN ?? null)}`);
    });
    const url = `https://${await listening(server)}`;
    const client = authority.leafFor('gateway.test');
    const tls = { serverName: 'orders.test', authorities: authority.certificate, certificate: client.certificate, key: client.key };
    await using both = await start({ url, httpVersion: 'auto', tls });
    expect(await (await fetch(both.url)).text()).toBe('HTTP/2.0 orders.test "gateway.test"');
    await using one = await start({ url, tls });
    expect(await (await fetch(one.url)).text()).toBe('HTTP/1.1 orders.test "gateway.test"');
  });
});

describe('TLS', () => {
  it.each([
    ['an unknown authority', {}, 502],
    ['another name', { authorities: authority.certificate, serverName: 'other.test' }, 502],
    ['no check', { verify: false }, 200],
    ['the authority and the name', { authorities: authority.certificate, serverName: 'orders.test' }, 200],
  ])('with %s', async (_, tls, status) => {
    const server = createSecureServer({ cert: leaf.certificate, key: leaf.key, allowHTTP1: true }, (_req, res) => void res.end('ok'));
    await using gateway = await start({ url: `https://${await listening(server)}`, tls });
    expect((await fetch(gateway.url)).status).toBe(status);
  });
});

describe('times, on the clock of the gateway', () => {
  const slow = { connectTimeout: '5s', responseTimeout: '10s', idleTimeout: '3s' };

  it('the answer must begin', async () => {
    await using upstream = await rawUpstream(() => {});
    await using gateway = await start({ url: upstream.url, ...slow });
    gateway.clock.freeze();
    const answer = fetch(gateway.url);
    await upstream.until((text) => text.endsWith('\r\n\r\n'));
    await gateway.clock.advance(9_999);
    await gateway.clock.advance(1);
    expect((await answer).status).toBe(504);
  });

  it('and go on', async () => {
    await using upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ');
    await using gateway = await start({ url: upstream.url, ...slow });
    gateway.clock.freeze();
    const answer = await fetch(gateway.url);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('half ');
    await gateway.clock.advance(3_000);
    await expect(reader.read()).rejects.toThrow();
  });
});

describe('a connection that was kept', () => {
  /** Answers once on each connection, and closes it when the next request comes. */
  const once = (): Server =>
    createHttp((req, res) => {
      const seen = req.socket as { asked?: boolean };
      if (seen.asked === true) return void req.socket.destroy();
      seen.asked = true;
      res.end(req.method);
    });

  it('and is closed under a request is taken for what it is: the request is sent again where that does no harm', async () => {
    await using gateway = await start({ url: `http://${await listening(once())}` });
    for (let at = 0; at < 4; at += 1) expect((await fetch(gateway.url)).status).toBe(200);
    expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(502);
  });

  it('is not kept where that is not wanted', async () => {
    await using gateway = await start({ url: `http://${await listening(once())}`, keepAlive: false });
    for (let at = 0; at < 2; at += 1) expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(200);
  });
});

it('trailers of a request reach the upstream', async () => {
  await using upstream = await rawUpstream(() => {});
  await using gateway = await start({ url: upstream.url });
  const bytes =
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n';
  const answer = speak(gateway.url, bytes);
  await upstream.until((text) => /\r\n0\r\n[^]*\r\n\r\n$/.test(text));
  upstream.sockets[0]?.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(upstream.received[0]).toMatch(/\r\nTrailer: X-Sum\r\n/);
  expect(upstream.received[0]).toMatch(/0\r\nX-Sum: 5\r\n\r\n$/);
});

it('an answer that comes before the body has been sent is passed on', async () => {
  await using upstream = await rawUpstream('HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge', { close: true });
  await using gateway = await start({ url: upstream.url });
  const answer = await speak(gateway.url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nstart', 'large');
  expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*large$/);
});

it('a client that leaves frees the upstream', async () => {
  let closed: (how: string) => void = () => {};
  const left = new Promise<string>((resolve) => (closed = resolve));
  const server = createHttp((_req, res) => {
    res.write('begun');
    res.on('close', () => closed(res.writableFinished ? 'finished' : 'broken off'));
  });
  await using gateway = await start({ url: `http://${await listening(server)}` });
  await speak(gateway.url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'begun');
  expect(await left).toBe('broken off');
});
