import { describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway/create.ts';
import { bytesSource, type BodySink, type BodySource } from '../../src/http/body.ts';
import { framingOf } from '../../src/transport/http1-client/request-framing.ts';
import { sendHttp1 } from '../../src/transport/http1-client/send.ts';
import { isOrdinary } from '../../src/transport/ordinary.ts';
import { speak } from './raw-client.ts';
import { rawUpstream } from './raw-upstream.ts';
import { ask, closed, get, ok, sending, TestPool } from './sending.ts';

const bytes = Buffer.from('abc');
const stream = bytesSource(bytes);

describe('how a body ends is said once, and rightly', () => {
  it.each([
    [[], null, 'none'],
    [['Content-Length', '0'], null, 0],
    [['content-length', '3'], bytes, 3],
    [['Content-Length', '9'], stream, 9],
    [['TRANSFER-ENCODING', 'Chunked'], stream, 'chunked'],
  ])('%j', (headers, body, framing) => {
    expect(framingOf(headers, body, '1.1')).toBe(framing);
  });
  it.each([
    [['Content-Length', '3'], null],
    [['Transfer-Encoding', 'chunked'], null],
    [[], bytes],
    [['Content-Length', '2'], bytes],
    [['Transfer-Encoding', 'chunked'], bytes],
    [[], stream],
    [['Content-Length', '3', 'content-length', '3'], stream],
    [['Content-Length', '3', 'Transfer-Encoding', 'chunked'], stream],
    [['Transfer-Encoding', 'chunked', 'Content-Length', '3'], stream],
    [['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'], stream],
    [['Transfer-Encoding', 'gzip, chunked'], stream],
    [['Content-Length', '+3'], stream],
    [['Content-Length', '3, 3'], stream],
    [['Content-Length', ''], stream],
  ])('%j is our own mistake', async (headers, body) => {
    await using upstream = await rawUpstream(ok);
    using pool = new TestPool();
    const request = { ...get, method: 'POST', headers: ['Host', 'a', ...headers], body };
    expect(await sendHttp1(upstream.url, request, sending(), pool)).toMatchObject({ fault: { kind: 'internal' } });
    expect(upstream.sockets.length).toBe(0);
  });
  it('HTTP/1.0 has no codings', () => {
    expect(() => framingOf(['Transfer-Encoding', 'chunked'], stream, '1.0')).toThrow(TypeError);
  });
});

/** A body that the test gives piece by piece. */
function given(): BodySource & { sink: BodySink; abandoned: boolean } {
  return {
    sink: undefined as unknown as BodySink,
    abandoned: false,
    pipe(sink) {
      this.sink = sink;
    },
    resume() {},
    abandon() {
      this.abandoned = true;
    },
  };
}

describe('a body that is not what was said ends the connection, before anything of another request', () => {
  it.each([
    ['shorter', 'ab', true, 'ab'],
    ['longer', 'abcGET /evil HTTP/1.1\r\n\r\n', false, ''],
  ])('%s', async (_how, text, ends, sent) => {
    await using upstream = await rawUpstream(() => {});
    using pool = new TestPool();
    const body = given();
    const result = sendHttp1(upstream.url, { ...get, method: 'PUT', headers: ['Host', 'a', 'Content-Length', '3'], body }, sending(), pool);
    await upstream.until((seen) => seen.endsWith('\r\n\r\n'));
    const gone = closed(upstream.sockets[0]);
    body.sink.write(Buffer.from(text));
    if (ends) body.sink.end([]);
    expect(await result).toMatchObject({ fault: { kind: 'bad-request' } });
    await gone;
    expect(upstream.received).toEqual([`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n${sent}`]);
  });
  it('with trailers that would break the message apart', async () => {
    await using upstream = await rawUpstream(() => {});
    using pool = new TestPool();
    const body = bytesSource(bytes, ['X', 'a\r\n\r\nGET / HTTP/1.1']);
    const request = { ...get, method: 'PUT', headers: ['Host', 'a', 'Transfer-Encoding', 'chunked'], body };
    expect(await sendHttp1(upstream.url, request, sending(), pool)).toMatchObject({ type: 'fault', fault: { kind: 'internal' } });
  });
  it('or that broke off', async () => {
    await using upstream = await rawUpstream(() => {});
    using pool = new TestPool();
    const body = given();
    const result = sendHttp1(upstream.url, { ...get, method: 'PUT', headers: ['Host', 'a', 'Transfer-Encoding', 'chunked'], body }, sending(), pool);
    await upstream.until((seen) => seen.endsWith('\r\n\r\n'));
    const gone = closed(upstream.sockets[0]);
    body.sink.write(Buffer.from('abc'));
    body.sink.fail(new Error('the client is gone'));
    expect(await result).toMatchObject({ type: 'fault' });
    await gone;
    expect(upstream.received[0]).not.toMatch(/\r\n0\r\n/);
  });
});

it('a body goes out no faster than it is taken', async () => {
  await using upstream = await rawUpstream((socket) => void socket.pause());
  using pool = new TestPool();
  const body = given();
  const size = 64 * 1024 * 1024;
  const result = ask(upstream, pool, { method: 'PUT', headers: ['Host', 'a', 'Content-Length', String(size)], body });
  await upstream.until((seen) => seen.endsWith('\r\n\r\n'));
  const piece = Buffer.alloc(256 * 1024);
  let left = size - piece.length;
  while (body.sink.write(piece)) left -= piece.length;
  expect(left).toBeGreaterThan(0);
  // Now it is taken, and asks for more.
  upstream.sockets[0]?.resume();
  await new Promise<void>((resolve) => {
    body.resume = () => {
      let room = true;
      while (room && left > 0) {
        left -= piece.length;
        room = body.sink.write(piece);
      }
      if (left > 0) return;
      body.sink.end([]);
      resolve();
    };
  });
  upstream.sockets[0]?.write(ok);
  expect(await result).toBe('ok');
});

describe('requests that share no connection', () => {
  const plain = ['Host', 'a'];
  it.each([
    ['get', '/', plain],
    ['M-SEARCH!', '/', plain],
    ['CONNECT', '/', plain],
    ['OPTIONS', '*', plain],
    ['GET', 'http://a/', plain],
    ['GET', '', plain],
    ['GET', '/a b', plain],
    ['GET', '/', []],
    ['GET', '/', ['Host', 'a', 'HOST', 'b']],
    ['GET', '/', [...plain, 'Connection', 'Upgrade']],
    ['GET', '/', [...plain, 'Connection', 'keep-alive, x']],
    ['GET', '/', [...plain, 'upgrade', 'websocket']],
  ])('%s %j %j', (method, target, headers) => {
    expect(isOrdinary(method, target, headers)).toBe(false);
  });
  it.each([
    ['GET', '/', plain],
    ['M-SEARCH', '//x?\xe4', [...plain, 'connection', 'Keep-Alive']],
    ['POST', '/', ['X', 'y', ...plain, 'Connection', 'close']],
  ])('unlike %s %j %j', (method, target, headers) => {
    expect(isOrdinary(method, target, headers)).toBe(true);
  });

  it('behind a gateway: what asks for another protocol, and what closes', async () => {
    await using upstream = await rawUpstream(ok, { each: true });
    const closing = { url: upstream.url, keepAlive: false };
    const routes = [
      { match: { path: '/closing' }, upstream: closing },
      { match: { path: '/*' }, upstream: upstream.url },
    ];
    await using gateway = await createGateway({ config: { routes } });
    const say = (target: string, fields = ''): Promise<string> =>
      speak(
        gateway.url,
        `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: ${fields === '' ? 'close' : `Upgrade\r\n${fields}`}\r\n\r\n`,
        '\r\n\r\nok',
      );
    for (const target of ['/a', '/b', '/closing', '/c']) expect(await say(target)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await say('/d', 'Upgrade: x')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await say('/e')).toMatch(/^HTTP\/1\.1 200 /);
    const targets = upstream.received.map((text) => [...text.matchAll(/^GET (\S+)/gm)].map((found) => found[1]));
    expect(targets).toEqual([['/a', '/b', '/c', '/e'], ['/closing'], ['/d']]);
    expect(upstream.received[0]).not.toMatch(/^connection/im);
    expect(upstream.received[1]).toMatch(/^connection: close\r$/im);
    expect(upstream.received[2]).toMatch(/^connection: upgrade\r$/im);
  });
});
