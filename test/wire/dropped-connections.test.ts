import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GatewayClock } from '../../src/gateway/clock.ts';
import { bytesSource } from '../../src/http/body.ts';
import { sendHttp1 } from '../../src/transport/http1-client/send.ts';
import { rawUpstream } from './raw-upstream.ts';
import { answered, ask, closed, get, ok, sending, TestPool, textOf } from './sending.ts';

const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';

describe('no other request is given a connection', () => {
  it.each([
    ['that the answer closes', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['that it closes in a list', 'HTTP/1.1 200 OK\r\nConnection: x , Close\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['that it closes in one of several fields', 'HTTP/1.1 200 OK\r\nCONNECTION: close\r\nConnection: x\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['that is kept too shortly', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['with another answer behind the first', `${ok}${evil}`, 'ok'],
    ['with an interim answer behind the first', `${ok}HTTP/1.1 100 Continue\r\n\r\n`, 'ok'],
    ['with a line end behind the answer', `${ok}\r\n`, 'ok'],
    ['with something behind the last chunk', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${evil}`, 'ok'],
    ['with something behind an empty answer', `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${evil}`, ''],
    ['with a body where there is none', `HTTP/1.1 204 No Content\r\n\r\n${evil}`, ''],
    ['where 204 names a length', `HTTP/1.1 204 No Content\r\nContent-Length: ${evil.length}\r\n\r\n`, ''],
    ['where 304 names a length', `HTTP/1.1 304 Not Modified\r\nContent-Length: ${evil.length}\r\n\r\n`, ''],
    ['where 304 names a coding', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n', ''],
  ])('%s', async (_what, first, body) => {
    await using upstream = await rawUpstream((socket) => void socket.write(upstream.sockets[0] === socket ? first : ok), { each: true });
    using pool = new TestPool();
    expect(await ask(upstream, pool)).toBe(body);
    expect(await ask(upstream, pool)).toBe('ok');
    expect(upstream.sockets.length).toBe(2);
  });
  it('on which HEAD was answered', async () => {
    await using upstream = await rawUpstream((socket) => void socket.write(upstream.sockets[0] === socket ? ok.slice(0, -2) : ok), { each: true });
    using pool = new TestPool();
    expect(await ask(upstream, pool, { method: 'HEAD' })).toBe('');
    expect(await ask(upstream, pool)).toBe('ok');
    expect(upstream.sockets.length).toBe(2);
  });
  it('on which something comes while nobody has asked', async () => {
    await using upstream = await rawUpstream(ok, { each: true });
    using pool = new TestPool();
    await ask(upstream, pool);
    const gone = closed(upstream.sockets[0]);
    upstream.sockets[0]?.write(evil);
    await gone;
    expect(await ask(upstream, pool)).toBe('ok');
    expect(upstream.sockets.length).toBe(2);
  });
  it('on which a body is still being sent', async () => {
    await using upstream = await rawUpstream(ok, { each: true });
    using pool = new TestPool();
    let abandoned = false;
    const endless = {
      pipe: (sink: { write(chunk: Buffer): boolean }) => void sink.write(Buffer.from('a')),
      resume() {},
      abandon: () => (abandoned = true),
    };
    expect(await ask(upstream, pool, { method: 'POST', headers: ['Host', 'a', 'Content-Length', '9'], body: endless })).toBe('ok');
    expect(abandoned).toBe(true);
    expect(await ask(upstream, pool)).toBe('ok');
    expect(upstream.sockets.length).toBe(2);
  });
  it('on which an answer was given up, or came too late', async () => {
    const clock = new GatewayClock();
    clock.freeze();
    await using upstream = await rawUpstream(() => {}, { each: true });
    using pool = new TestPool();
    const first = ask(upstream, pool);
    await upstream.until((text) => text.endsWith('\r\n\r\n'));
    upstream.sockets[0]?.write(ok);
    await first;
    const late = sendHttp1(upstream.url, get, sending(clock), pool);
    await upstream.until((text) => text.split('\r\n\r\n').length === 3);
    const gone = closed(upstream.sockets[0]);
    await clock.advance(60_000);
    expect(await late).toMatchObject({ fault: { kind: 'upstream-timeout' } });
    await gone;
    const left = sendHttp1(upstream.url, get, sending(), pool);
    await upstream.until((text) => text.endsWith('\r\n\r\n'), 1);
    upstream.sockets[1]?.write('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf');
    answered(await left).abandon();
    await closed(upstream.sockets[1]);
    const third = ask(upstream, pool);
    await upstream.until((text) => text.endsWith('\r\n\r\n'), 2);
    upstream.sockets[2]?.write(ok);
    expect(await third).toBe('ok');
  });
});

describe('a cut answer is no whole one', () => {
  it.each([
    ['by its length', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'],
    ['chunked, in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf'],
    ['chunked, without the last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['chunked, in the trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\nX: 1\r\n'],
  ])('%s', async (_how, cut) => {
    await using upstream = await rawUpstream(
      (socket) => {
        const asked = (upstream.received[0] as string).split('\r\n\r\n').length - 1;
        if (upstream.sockets[0] !== socket || asked === 1) socket.write(ok);
        else socket.end(cut);
      },
      { each: true },
    );
    using pool = new TestPool();
    expect(await ask(upstream, pool)).toBe('ok');
    await expect(ask(upstream, pool)).rejects.toThrow('broke off');
    expect(await ask(upstream, pool)).toBe('ok');
    expect(upstream.sockets.length).toBe(2);
  });
  it('nor is one that a reset ends, where it would have gone on to the close', async () => {
    await using upstream = await rawUpstream((socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nhalf'));
    using pool = new TestPool();
    const result = answered(await sendHttp1(upstream.url, get, sending(), pool));
    upstream.sockets[0]?.resetAndDestroy();
    await expect(textOf(result)).rejects.toThrow('broke off');
  });
});

describe('a connection that was closed while it was kept', () => {
  /** Answers once on the first connection, and closes it under the next request, as do the others in `also`. */
  const closing = (sockets: () => readonly Socket[], also: readonly number[] = [], first = '') => {
    const asked = new Map<Socket, number>();
    return (socket: Socket): void => {
      asked.set(socket, (asked.get(socket) ?? 0) + 1);
      const at = sockets().indexOf(socket);
      if ((at === 0 && asked.get(socket) === 2) || also.includes(at)) socket.end(first);
      else socket.write(ok);
    };
  };
  it.each([
    ['GET', {}],
    ['PUT', { headers: ['Host', 'orders', 'Content-Length', '2'], body: Buffer.from('ab') }],
  ])('is replaced by a fresh one: %s', async (method, request) => {
    await using upstream = await rawUpstream(
      closing(() => upstream.sockets),
      { each: true },
    );
    using pool = new TestPool();
    await ask(upstream, pool);
    expect(await ask(upstream, pool, { method, ...request })).toBe('ok');
    expect(upstream.sockets.length).toBe(2);
    expect((upstream.received[0] as string).endsWith(upstream.received[1] as string)).toBe(true);
  });
  it('is replaced once', async () => {
    await using upstream = await rawUpstream(
      closing(() => upstream.sockets, [1]),
      { each: true },
    );
    using pool = new TestPool();
    await ask(upstream, pool);
    expect(await sendHttp1(upstream.url, get, sending(), pool)).toMatchObject({ fault: { kind: 'upstream-reset' } });
    expect(upstream.sockets.length).toBe(2);
  });
  it.each([
    ['that changes something', { method: 'POST' }, ''],
    ['whose body is gone', { method: 'PUT', headers: ['Host', 'a', 'Content-Length', '2'], body: bytesSource(Buffer.from('ab')) }, ''],
    ['that has begun to be answered', { method: 'GET' }, 'H'],
  ])('is the fault of a request %s', async (_which, request, first) => {
    await using upstream = await rawUpstream(
      closing(() => upstream.sockets, [], first),
      { each: true },
    );
    using pool = new TestPool();
    await ask(upstream, pool);
    expect(await sendHttp1(upstream.url, { ...get, ...request }, sending(), pool)).toMatchObject({ fault: { kind: 'upstream-reset' } });
    expect(upstream.sockets.length).toBe(1);
  });
  it('is not replaced when the gateway closes', async () => {
    await using upstream = await rawUpstream(() => {});
    using pool = new TestPool();
    const first = ask(upstream, pool);
    await upstream.until((text) => text.endsWith('\r\n\r\n'));
    upstream.sockets[0]?.write(ok);
    await first;
    const result = sendHttp1(upstream.url, { ...get, target: '/b' }, sending(), pool);
    await upstream.until((text) => text.includes('/b'));
    pool.close();
    expect(await result).toMatchObject({ fault: { kind: 'upstream-reset' } });
    expect(upstream.sockets.length).toBe(1);
  });
});

describe('a connection that nobody uses', () => {
  afterEach(() => void vi.useRealTimers());
  it.each([
    ['that says nothing of it', '', 4_000],
    ['that keeps it for ten seconds', 'Keep-Alive: max=5, timeout=10\r\n', 8_000],
    ['that keeps it for days', 'Keep-Alive: timeout="999999"\r\n', 600_000],
  ])('is closed before an upstream closes it %s', async (_which, field, ms) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    await using upstream = await rawUpstream(`HTTP/1.1 200 OK\r\n${field}Content-Length: 2\r\n\r\nok`, { each: true });
    using pool = new TestPool();
    await ask(upstream, pool);
    vi.advanceTimersByTime(ms - 1);
    expect(await ask(upstream, pool)).toBe('ok');
    expect(upstream.sockets.length).toBe(1);
    const gone = closed(upstream.sockets[0]);
    vi.advanceTimersByTime(ms);
    await gone;
    expect(await ask(upstream, pool)).toBe('ok');
    expect(upstream.sockets.length).toBe(2);
  });
  it('is not used when its time has come and nobody has looked', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await using upstream = await rawUpstream(ok, { each: true });
    using pool = new TestPool();
    await ask(upstream, pool);
    vi.advanceTimersByTime(4_000);
    await ask(upstream, pool);
    expect(upstream.sockets.length).toBe(2);
  });
  it('is closed with the gateway', async () => {
    await using upstream = await rawUpstream(ok, { each: true });
    using pool = new TestPool();
    await ask(upstream, pool);
    const gone = closed(upstream.sockets[0]);
    pool.close();
    await gone;
  });
});
