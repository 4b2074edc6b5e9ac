import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway/create.ts';
import type { Gateway, GatewayOptions } from '../../src/gateway/types.ts';
import { rawUpstream } from './raw-upstream.ts';
import { speak } from './raw-client.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
const start = (upstream: NonNullable<GatewayOptions['upstreams']>[string], limits: GatewayOptions['limits'] = {}): Promise<Gateway> =>
  createGateway({ config: { routes: [{ match: { path: '/*' }, upstream: 'one:80' }] }, upstreams: { 'one:80': upstream }, limits });
const hello = (): Response => new Response('hello');

describe('connections', () => {
  it('past the limit are closed at once', async () => {
    await using gateway = await start(hello, { maxConnections: 1 });
    const { port } = new URL(gateway.url);
    const first = connect(Number(port), '127.0.0.1');
    cleanups.push(() => first.destroy());
    first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => first.once('data', resolve));
    expect(await speak(gateway.url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').catch(() => '')).toBe('');
  });

  it('that are idle are closed after their time', async () => {
    await using gateway = await start(hello, { keepAliveTimeoutMs: 30 });
    // Resolves only when the gateway closes.
    expect(await speak(gateway.url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/hello/);
  });

  it('serve several requests, in their order', async () => {
    await using gateway = await start((asked: Request) => new Response(`<${new URL(asked.url).pathname}>`));
    const both = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect(await speak(gateway.url, both)).toMatch(/<\/1>[^]*<\/2>/);
  });

  it('of a client that is too slow with its body are answered with 408', async () => {
    await using gateway = await start((asked: Request) => asked.text().then((text) => new Response(text)), { requestTimeoutMs: 80 });
    const answer = await speak(gateway.url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

it('where one port cannot be opened, none stays open', async () => {
  const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  const listeners = [
    { name: 'first', port: 80, protocol: 'http' },
    { name: 'second', port: 443, protocol: 'https', certificates: [{ names: ['a'], certificate: pem, key: pem }] },
  ];
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => taken.close(resolve));
  const config = { listeners, routes: [{ steps: [{ reply: {} }] }] };
  await expect(createGateway({ config, port })).rejects.toMatchObject({ code: 'DG1403' });
  await using again = await createGateway({ config: { routes: [{ steps: [{ reply: {} }] }] }, port });
  expect((await fetch(again.url)).status).toBe(200);
});

it('trailers of an answer go on in HTTP/2', async () => {
  await using upstream = await rawUpstream(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n',
  );
  await using gateway = await start(upstream.url);
  const session = connectHttp2(gateway.url);
  cleanups.push(() => session.close());
  const stream = session.request({ ':path': '/' });
  const trailers = new Promise<Record<string, unknown>>((resolve) => stream.on('trailers', (found: object) => resolve({ ...found })));
  stream.resume();
  expect(await trailers).toMatchObject({ 'x-sum': '5' });
});

describe('gateway.listener', () => {
  it('goes into supertest', async () => {
    await using gateway = await start(hello);
    await request(gateway.listener).get('/orders').expect(200, 'hello');
    await request(gateway.listener).get('/orders').set('Host', 'a b').expect(400);
  });
});

/** A server that speaks just enough WebSocket to answer each short text frame with the same text, in upper case. */
async function webSocketServer(): Promise<string> {
  const server = createServer((_req, res) => void res.end());
  server.on('upgrade', (req: IncomingMessage, socket: Socket) => {
    const accept = createHash('sha1')
      .update(`${req.headers['sec-websocket-key'] as string}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on('error', () => {});
    socket.on('data', (frame: Buffer) => {
      if (((frame[0] as number) & 15) === 8) return void socket.end(Buffer.from([0x88, 0]));
      const length = (frame[1] as number) & 127;
      const text = Buffer.from(frame.subarray(6, 6 + length).map((byte, at) => byte ^ (frame[2 + (at % 4)] as number)));
      socket.write(Buffer.concat([Buffer.from([0x81, length]), Buffer.from(text.toString().toUpperCase())]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('WebSocket', () => {
  const talk = (url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url.replace('http', 'ws'));
      socket.onopen = () => socket.send('hello');
      socket.onmessage = (event) => {
        resolve(String(event.data));
        socket.close();
      };
      socket.onerror = () => reject(new Error('the socket failed'));
    });

  it('passes through a tunnel', async () => {
    await using gateway = await start(await webSocketServer());
    expect(await talk(gateway.url)).toBe('HELLO');
  });

  it('passes through the proxy middleware of a project', async () => {
    await using gateway = await start({ target: await webSocketServer(), ws: true });
    expect(await talk(gateway.url)).toBe('HELLO');
  });

  it('is refused like any other request', async () => {
    const config = { routes: [{ match: { path: '/*' }, steps: [{ apiKey: { keys: ['k'] } }], upstream: 'one:80' }] };
    await using gateway = await createGateway({ config, upstreams: { 'one:80': await webSocketServer() } });
    await expect(talk(gateway.url)).rejects.toThrow();
  });
});
