import type { ServerResponse } from 'node:http';
import { createServer, type RequestListener } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { describe, expect, it } from 'vitest';
import type { GatewayOptions, Gateway } from '../../src/gateway/types.ts';
import { createGateway } from '../../src/gateway/create.ts';
import { rawUpstream } from './raw-upstream.ts';
import { speak } from './raw-client.ts';

const start = (upstream: NonNullable<GatewayOptions['upstreams']>[string], options: GatewayOptions = {}): Promise<Gateway> =>
  createGateway({
    config: { routes: [{ match: { path: '/*' }, upstream: 'one:80' }] },
    dialect: 'native',
    upstreams: { 'one:80': upstream },
    ...options,
  });
const hello: RequestListener = (_req, res) => void res.end('hello');
const bodyBack: RequestListener = (req, res) => void req.pipe(res);
const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
const head = 'Host: a\r\nConnection: close\r\n';

describe('limits', () => {
  it.each([
    ['the target', { maxTargetBytes: 100 }, `GET /${'a'.repeat(100)} HTTP/1.1\r\n${head}\r\n`, 414],
    ['a target past what the parser takes', { maxTargetBytes: 100, maxHeaderBytes: 100 }, `GET /${'a'.repeat(9000)} HTTP/1.1\r\n${head}\r\n`, 414],
    ['the fields', { maxHeaderBytes: 100 }, `GET / HTTP/1.1\r\n${head}X: ${'a'.repeat(100)}\r\n\r\n`, 431],
    [
      'fields past what the parser takes',
      { maxHeaderBytes: 100, maxTargetBytes: 100 },
      `GET / HTTP/1.1\r\n${head}X: ${'a'.repeat(9000)}\r\n\r\n`,
      431,
    ],
    ['a body that says its length', { maxBodyBytes: 4 }, `POST / HTTP/1.1\r\n${head}Content-Length: 5\r\n\r\n`, 413],
    ['a body that does not', { maxBodyBytes: 4 }, `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, 413],
    ['time for the head', { headerTimeoutMs: 60 }, 'GET / HTTP/1.1\r\nHost', 408],
  ] as const)('of %s', async (_what, limits, bytes, status) => {
    await using gateway = await start(bodyBack, { limits });
    expect(statusOf(await speak(gateway.url, bytes))).toBe(status);
  });
  it('are served up to the last byte', async () => {
    const bytes = `POST /${'a'.repeat(99)} HTTP/1.1\r\n${head}Content-Length: 5\r\n\r\nhello`;
    await using gateway = await start(bodyBack, { limits: { maxTargetBytes: 100, maxBodyBytes: 5, maxHeaderBytes: 60 } });
    expect(await speak(gateway.url, bytes)).toMatch(/^HTTP\/1.1 200 [^]*\nhello\r\n/);
  });
});

describe('what is no request', () => {
  it.each([
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
    ['a list of hosts', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n'],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost: \r\n\r\n'],
    ['a user in Host', 'GET / HTTP/1.1\r\nHost: a@b\r\n\r\n'],
    ['a path in Host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['* for GET', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another host in the target', 'GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another expectation', 'POST / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nContent-Length: 1\r\n\r\na'],
    ['noise', 'hello\r\n\r\n'],
  ])('is refused and the connection closed: %s', async (_what, bytes) => {
    await using upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    await using gateway = await start(upstream.url);
    expect(statusOf(await speak(gateway.url, bytes))).toBe(400);
    expect(upstream.received).toEqual([]);
  });
  it('CONNECT', async () => {
    await using gateway = await start(hello);
    expect(statusOf(await speak(gateway.url, 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'))).toBe(405);
  });
});

describe('100 Continue', () => {
  const ask = `POST / HTTP/1.1\r\n${head}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`;
  it('is sent when the body is wanted', async () => {
    await using gateway = await start(bodyBack);
    let invited = false;
    const text = await speak(gateway.url, ask, (seen, write) => {
      if (!invited && seen.includes('100 Continue\r\n\r\n')) {
        invited = true;
        write('hello');
      }
      return false;
    });
    expect(text).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 [^]*\nhello\r\n/);
  });
  it('is not sent when the request is refused', async () => {
    await using gateway = await start(bodyBack, { limits: { maxBodyBytes: 4 } });
    expect(await speak(gateway.url, ask)).toMatch(/^HTTP\/1.1 413 /);
  });
});

describe('other protocols', () => {
  it('ignores an upgrade to h2c', async () => {
    await using gateway = await start(hello);
    expect(await speak(gateway.url, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n')).toMatch(
      /^HTTP\/1.1 200 [^]*hello$/,
    );
  });
  const ask = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n';
  it('joins a tunnel, with bytes that came early on either side', async () => {
    await using upstream = await rawUpstream((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nearly');
      socket.on('data', (chunk: Buffer) => socket.write(`<${chunk.toString()}>`));
    });
    await using gateway = await start(upstream.url);
    let asked = false;
    const text = await speak(gateway.url, ask, (seen, write) => {
      if (!asked && seen.endsWith('early')) {
        asked = true;
        write('ping');
      }
      return seen.endsWith('<ping>');
    });
    expect(text).toMatch(/^HTTP\/1.1 101 [^]*Upgrade: websocket\r\n\r\nearly<ping>$/);
    expect(upstream.received[0]).toContain('Upgrade: websocket\r\n');
  });
  it('passes on a refusal like any other answer', async () => {
    await using upstream = await rawUpstream('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno');
    await using gateway = await start(upstream.url);
    expect(await speak(gateway.url, ask)).toMatch(/^HTTP\/1.1 403 [^]*no$/);
  });
});

function askHttp2(url: string, fields: Record<string, string>, body?: string): Promise<{ headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(url, { rejectUnauthorized: false });
    session.on('error', reject);
    const stream = session.request({ ':path': '/', ...fields });
    let headers: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (one) => (headers = one));
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.on('error', reject);
    stream.on('end', () => session.close(() => resolve({ headers, text })));
    stream.end(body);
  });
}

describe('HTTP/2 with prior knowledge', () => {
  it('is served like HTTP/1.1', async () => {
    await using gateway = await start(bodyBack);
    const { headers, text } = await askHttp2(gateway.url, { ':method': 'POST' }, 'hello');
    expect([headers[':status'], text]).toEqual([200, 'hello']);
  });
  it('goes on with the authority as Host', async () => {
    await using upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    await using gateway = await start(upstream.url);
    await askHttp2(gateway.url, { ':authority': 'shop.example' });
    expect(upstream.received[0]?.toLowerCase()).toContain('x-forwarded-host: shop.example\r\n');
  });
  it('is refused where Host differs from the authority', async () => {
    await using gateway = await start(hello);
    const { headers } = await askHttp2(gateway.url, { ':authority': 'a', host: 'b' });
    expect(headers[':status']).toBe(400);
  });
});

describe('closing', () => {
  it('waits for what is being answered', async () => {
    let asked: () => void = () => {};
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    let answer: () => void = () => {};
    const gateway = await start((_req: unknown, res: ServerResponse) => {
      answer = () => void res.end('late');
      asked();
    });
    const text = speak(gateway.url, `GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
    await arrived;
    const closed = gateway.close();
    answer();
    expect(await text).toMatch(/late$/);
    await closed;
  });
  it('does not wait longer than its grace', async () => {
    let asked: () => void = () => {};
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    const gateway = await start(() => asked(), { closeGraceMs: 20 });
    const text = speak(gateway.url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').catch(() => 'cut');
    await arrived;
    await gateway.close();
    expect(await text).not.toContain('200');
  });
});

describe('mounted in a server', () => {
  it('hands on what no route matches', async () => {
    await using gateway = await createGateway({
      config: { routes: [{ match: { path: '/mine' }, upstream: 'one:80' }] },
      dialect: 'native',
      upstreams: { 'one:80': hello },
    });
    const middleware = gateway.middleware();
    const server = createServer((req, res) => middleware(req, res, () => res.end('next')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    expect(await (await fetch(`${url}/mine`)).text()).toBe('hello');
    expect(await (await fetch(`${url}/other`)).text()).toBe('next');
    server.close();
    server.closeAllConnections();
  });
});
