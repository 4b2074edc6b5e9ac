import { describe, expect, it } from 'vitest';
import { bytesSource, readWhole } from '../../src/http/body.ts';
import { sendHttp1 } from '../../src/transport/http1-client/send.ts';
import { rawUpstream } from './raw-upstream.ts';
import { answered, ask, closed, get, ok, sending, TestPool } from './sending.ts';

describe('a connection is kept', () => {
  it('and used again, with nothing added to what is sent', async () => {
    await using upstream = await rawUpstream(ok, { each: true });
    using pool = new TestPool();
    for (const method of ['GET', 'POST', 'DELETE']) expect(await ask(upstream, pool, { method })).toBe('ok');
    expect(upstream.received).toEqual([['GET', 'POST', 'DELETE'].map((method) => `${method} / HTTP/1.1\r\nHost: orders\r\n\r\n`).join('')]);
  });
  it.each([
    ['a chunked one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x\r\nk\r\n0\r\nX-T: 1\r\n\r\n', 'ok'],
    ['interim ones', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok}`, 'ok'],
    ['an empty one', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive, x-close\r\n\r\n', ''],
    ['one without a body', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
    ['not modified', 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n', ''],
    ['one that says how long', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=3, max=100\r\nContent-Length: 2\r\n\r\nok', 'ok'],
  ])('after an answer: %s', async (_what, bytes, body) => {
    await using upstream = await rawUpstream(bytes, { each: true });
    using pool = new TestPool();
    for (let at = 0; at < 3; at += 1) expect(await ask(upstream, pool)).toBe(body);
    expect(upstream.sockets.length).toBe(1);
  });
  it.each([
    ['in memory', { headers: ['Host', 'orders', 'Content-Length', '5'], body: Buffer.from('hello') }, 'Content-Length: 5\r\n\r\nhello'],
    [
      'of a length',
      { headers: ['Host', 'orders', 'Content-Length', '5'], body: bytesSource(Buffer.from('hello')) },
      'Content-Length: 5\r\n\r\nhello',
    ],
    [
      'chunked',
      { headers: ['Host', 'orders', 'Transfer-Encoding', 'chunked'], body: bytesSource(Buffer.from('hello'), ['X-T', '1']) },
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n',
    ],
  ])('after a body: %s', async (_what, request, sent) => {
    await using upstream = await rawUpstream(() => {});
    using pool = new TestPool();
    const first = ask(upstream, pool, { method: 'POST', ...request });
    expect(await upstream.until((text) => text.endsWith(sent))).toBe(`POST / HTTP/1.1\r\nHost: orders\r\n${sent}`);
    upstream.sockets[0]?.write(ok);
    expect(await first).toBe('ok');
    const second = ask(upstream, pool);
    await upstream.until((text) => text.endsWith('GET / HTTP/1.1\r\nHost: orders\r\n\r\n'));
    upstream.sockets[0]?.write(ok);
    expect(await second).toBe('ok');
  });
  it('and a large body goes out whole', async () => {
    await using upstream = await rawUpstream(() => {});
    using pool = new TestPool();
    const body = Buffer.alloc(3_000_000, 'x');
    const answer = ask(upstream, pool, { method: 'PUT', headers: ['Host', 'orders', 'Content-Length', String(body.length)], body });
    await upstream.until((text) => text.endsWith(`\r\n\r\n${body.toString()}`));
    upstream.sockets[0]?.write(ok);
    expect(await answer).toBe('ok');
  });
  it('for one request at a time, the one last used first', async () => {
    await using upstream = await rawUpstream(() => {});
    using pool = new TestPool();
    const both = [ask(upstream, pool), ask(upstream, pool)];
    for (const at of [0, 1]) await upstream.until((text) => text.endsWith('\r\n\r\n'), at);
    upstream.sockets[1]?.write(ok);
    await both[1];
    upstream.sockets[0]?.write(ok);
    await both[0];
    const third = ask(upstream, pool, { target: '/third' });
    await upstream.until((text) => text.includes('/third'), 0);
    upstream.sockets[0]?.write(ok);
    expect(await third).toBe('ok');
    expect(upstream.sockets.length).toBe(2);
  });
  it('for each upstream apart, whatever family its name stands for', async () => {
    await using one = await rawUpstream(ok, { each: true });
    await using other = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother', { each: true });
    using pool = new TestPool();
    const named = { ...one, url: one.url.replace('127.0.0.1', 'localhost') };
    for (let at = 0; at < 2; at += 1) expect([await ask(one, pool), await ask(other, pool), await ask(named, pool)]).toEqual(['ok', 'other', 'ok']);
    expect([one.sockets.length, other.sockets.length]).toEqual([2, 1]);
  });
  it('and is read again after an answer that was slow to be taken', async () => {
    const size = 2 * 1024 * 1024;
    const large = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`), Buffer.alloc(size, 'y')]);
    await using upstream = await rawUpstream(large, { each: true });
    using pool = new TestPool();
    for (let round = 0; round < 2; round += 1) {
      const result = answered(await sendHttp1(upstream.url, get, sending(), pool));
      const taken = await new Promise<Buffer>((resolve, reject) => {
        const pieces: Buffer[] = [];
        result.pipe({
          write(chunk) {
            pieces.push(chunk);
            setImmediate(() => result.resume());
            return false;
          },
          end: () => resolve(Buffer.concat(pieces)),
          fail: reject,
        });
      });
      expect(taken.equals(Buffer.alloc(size, 'y'))).toBe(true);
    }
    expect(upstream.sockets.length).toBe(1);
    const left = closed(upstream.sockets[0]);
    upstream.sockets[0]?.end();
    await left;
    expect((await readWhole(answered(await sendHttp1(upstream.url, get, sending(), pool)))).bytes.length).toBe(size);
    expect(upstream.sockets.length).toBe(2);
  });
});
