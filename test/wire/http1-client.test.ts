import { describe, expect, it } from 'vitest';
import { GatewayClock } from '../../src/gateway/clock.ts';
import { bytesSource, readWhole } from '../../src/http/body.ts';
import { sendHttp1 } from '../../src/transport/http1-client/send.ts';
import { rawUpstream } from './raw-upstream.ts';
import { answered, get, sending, textOf } from './sending.ts';

describe('what is written', () => {
  it('is byte for byte what was given: any method, target, order, case and repetition', async () => {
    await using upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const headers = ['x-B', '2', 'HOST', 'a', 'host', 'b', 'X-b', '\xe4\xff'];
    answered(await sendHttp1(upstream.url, { ...get, method: 'purge', target: '/a b\xe4?"<>{}', headers }, sending()));
    expect(upstream.received[0]).toBe('purge /a b\xe4?"<>{} HTTP/1.1\r\nx-B: 2\r\nHOST: a\r\nhost: b\r\nX-b: \xe4\xff\r\n\r\n');
  });
  it.each(['*', 'http://a/b', 'no-slash', '//x'])('may have the target %s', async (target) => {
    await using upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    answered(await sendHttp1(upstream.url, { ...get, target, httpVersion: '1.0' }, sending()));
    expect(upstream.received[0]).toBe(`GET ${target} HTTP/1.0\r\nHost: orders\r\n\r\n`);
  });
  it.each([
    { target: '/a\r\nX: y' },
    { target: '' },
    { method: 'G ET' },
    { headers: ['X', 'a\nb'] },
    { headers: ['X:', 'a'] },
    { headers: ['X', 'a\0'] },
    { headers: ['X', '\u{1f600}'] },
  ])('is refused as our own mistake where it would break the message: %j', async (part) => {
    await using upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(await sendHttp1(upstream.url, { ...get, ...part }, sending())).toMatchObject({ type: 'fault', fault: { kind: 'internal' } });
    expect(upstream.received).toEqual([]);
  });
  it('sends a body of known length as it is, and a stream chunked with its trailers', async () => {
    await using upstream = await rawUpstream((socket) => void socket.setTimeout(0));
    const fixed = sendHttp1(upstream.url, { ...get, method: 'POST', headers: ['Content-Length', '3'], body: Buffer.from('abc') }, sending());
    expect(await upstream.until((text) => text.endsWith('abc'))).toBe('POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc');
    const headers = ['Transfer-Encoding', 'chunked'];
    const streamed = sendHttp1(
      upstream.url,
      { ...get, method: 'POST', headers, body: bytesSource(Buffer.from('hello world 123456'), ['X-T', '1']) },
      sending(),
    );
    expect(await upstream.until((text) => text.endsWith('X-T: 1\r\n\r\n'), 1)).toContain('\r\n\r\n12\r\nhello world 123456\r\n0\r\nX-T: 1\r\n\r\n');
    for (const socket of upstream.sockets) socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    expect(answered(await fixed).status).toBe(204);
    expect(answered(await streamed).status).toBe(204);
  });
});

describe('what is read', () => {
  it.each([
    ['by its length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello ignored', 'hello'],
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n', 'hello'],
    [
      'after interim answers',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      'ok',
    ],
    ['without a reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 'ok'],
  ])('%s', async (_how, bytes, body) => {
    await using upstream = await rawUpstream(bytes);
    expect(await textOf(await sendHttp1(upstream.url, get, sending()))).toBe(body);
  });
  it('until the close, in HTTP/1.0', async () => {
    await using upstream = await rawUpstream('HTTP/1.0 200 Fine\r\n\r\nhello', { close: true });
    const result = answered(await sendHttp1(upstream.url, { ...get, httpVersion: '1.0' }, sending()));
    expect([result.status, result.statusText, result.length]).toEqual([200, 'Fine', undefined]);
    expect(await textOf(result)).toBe('hello');
  });
  it('keeps the order, case and bytes of fields, and gives trailers', async () => {
    await using upstream = await rawUpstream(
      'HTTP/1.1 200 OK\r\nx-B: 2\r\nSet-Cookie: a\r\nSET-cookie:b \xe4 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
    const result = answered(await sendHttp1(upstream.url, get, sending()));
    expect(result.headers.raw).toEqual(['x-B', '2', 'Set-Cookie', 'a', 'SET-cookie', 'b \xe4']);
    expect((await readWhole(result)).trailers).toEqual(['X-Sum', '1']);
  });
  it('whatever the pieces are in which it comes', async () => {
    const bytes = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n';
    await using upstream = await rawUpstream((socket) => {
      let at = 0;
      const next = (): void => {
        if (at < bytes.length) socket.write(bytes[at++] as string, next);
      };
      next();
    });
    expect(await textOf(await sendHttp1(upstream.url, get, sending()))).toBe('hello');
  });
  it('has no body for HEAD, 204 and 304', async () => {
    await using upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    const result = answered(await sendHttp1(upstream.url, { ...get, method: 'HEAD' }, sending()));
    expect(result.length).toBe(5);
    expect(await textOf(result)).toBe('');
  });
  it('no faster than it is taken', async () => {
    const size = 8 * 1024 * 1024;
    await using upstream = await rawUpstream((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      socket.end(Buffer.alloc(size));
    });
    const result = answered(await sendHttp1(upstream.url, get, sending()));
    const whole = await new Promise<number>((resolve) => {
      let taken = 0;
      result.pipe({
        write(chunk) {
          taken += chunk.length;
          setImmediate(() => result.resume());
          return false;
        },
        end: () => resolve(taken),
        fail: () => resolve(-1),
      });
    });
    expect(whole).toBe(size);
  });
});

describe('what is not HTTP', () => {
  it.each([
    ['noise', 'hello there\r\n\r\n'],
    ['HTTP/0.9', '<html>\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n'],
    ['space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
    ['NUL in a value', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['the same length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\na'],
    ['no length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n'],
    ['a coding twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a bare carriage return', 'HTTP/1.1 200 OK\r\nX: a\rContent-Length: 5\r\n\r\n'],
    ['an empty line before the answer', '\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na'],
    ['both framings', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a switch nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'],
  ])('is malformed: %s', async (_what, bytes) => {
    await using upstream = await rawUpstream(bytes);
    expect(await sendHttp1(upstream.url, get, sending())).toMatchObject({ fault: { kind: 'upstream-malformed', detail: { upstream: 'orders' } } });
  });
  it.each(['x\r\n', '2\r\nabc\r\n', '-1\r\n', 'FFFFFFFFFFFFFFFFF\r\n'])('breaks the body off at the chunk %j', async (chunk) => {
    await using upstream = await rawUpstream(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
    await expect(sendHttp1(upstream.url, get, sending()).then(textOf)).rejects.toThrow('broke off');
  });
  it.each(['', 'HTTP/1.1 200', 'HTTP/1.1 100 Continue\r\n\r\n'])('that ends early is a reset: %j', async (bytes) => {
    await using upstream = await rawUpstream(bytes, { close: true });
    expect(await sendHttp1(upstream.url, get, sending())).toMatchObject({ fault: { kind: 'upstream-reset' } });
  });
  it('a short body breaks off', async () => {
    await using upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', { close: true });
    await expect(sendHttp1(upstream.url, get, sending()).then(textOf)).rejects.toThrow('broke off');
  });
  it('a head without end is malformed', async () => {
    await using upstream = await rawUpstream(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}`);
    expect(await sendHttp1(upstream.url, get, sending())).toMatchObject({ fault: { kind: 'upstream-malformed' } });
  });
});

describe('time and leaving', () => {
  it('waits for the head on the clock of the gateway', async () => {
    const clock = new GatewayClock();
    clock.freeze();
    await using upstream = await rawUpstream(() => {});
    const result = sendHttp1(upstream.url, get, sending(clock));
    await upstream.until((text) => text.endsWith('\r\n\r\n'));
    await clock.advance(60_000);
    expect(await result).toMatchObject({ fault: { kind: 'upstream-timeout', detail: { afterMs: 60_000 } } });
  });
  it('a client that leaves takes its request with it', async () => {
    await using upstream = await rawUpstream(() => {});
    const one = sending();
    const result = sendHttp1(upstream.url, get, one);
    await upstream.until((text) => text.endsWith('\r\n\r\n'));
    const closed = new Promise((resolve) => upstream.sockets[0]?.on('close', resolve));
    one.exchange.abort();
    expect(await result).toMatchObject({ fault: { kind: 'upstream-reset' } });
    await closed;
  });
  it('names what cannot be reached', async () => {
    expect(await sendHttp1('http://127.0.0.1:1', get, sending())).toMatchObject({ fault: { kind: 'upstream-unreachable' } });
    expect(await sendHttp1('unix:/nowhere/at/all.sock', get, sending())).toMatchObject({ fault: { kind: 'upstream-unreachable' } });
  });
  it('opens a tunnel where 101 was asked for, with the first bytes that came along', async () => {
    await using upstream = await rawUpstream((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nfirst');
      socket.on('data', (chunk: Buffer) => socket.write(chunk));
    });
    const { tunnel } = answered(await sendHttp1(upstream.url, { ...get, upgrade: true }, sending()));
    const seen = await new Promise<string>((resolve) => {
      let text = '';
      tunnel?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text === 'first') tunnel.write('second');
        if (text === 'firstsecond') resolve(text);
      });
      tunnel?.resume();
    });
    expect(seen).toBe('firstsecond');
    tunnel?.destroy();
  });
});
