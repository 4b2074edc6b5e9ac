import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/engine/exchange.ts';
import { jumpToPath, jumpToRoute, refuse, reply } from '../../../src/engine/outcome.ts';
import { run, runSteps } from '../../../src/engine/run.ts';
import { Trace } from '../../../src/engine/trace.ts';
import { fault, ownFault } from '../../../src/model/fault.ts';
import { nowhere } from '../../../src/model/origin.ts';
import { exchange, Sent, site } from './site.ts';

const ok = () => ({ status: 200, body: 'ok' });
async function answer(program: ReturnType<typeof site>, one: Exchange): Promise<Sent> {
  const sent = new Sent();
  await run(program, one, sent);
  return sent;
}

describe('the order of things', () => {
  it('is arrival, match, request, destination, head, body, log', async () => {
    const seen: string[] = [];
    const mark = (name: string) => () => void seen.push(name);
    const program = site(
      {
        a: {
          path: '/',
          request: [mark('request 1'), async () => mark('request 2')(), mark('request 3')],
          answer: () => (seen.push('destination'), ok()),
          head: [mark('head')],
          body: [{ need: () => (seen.push('body'), 'none') }],
          log: [mark('log')],
        },
      },
      [mark('arrival')],
    );
    expect((await answer(program, exchange())).text).toBe('ok');
    expect(seen).toEqual(['arrival', 'request 1', 'request 2', 'request 3', 'destination', 'head', 'body', 'log']);
  });

  it('makes no promise for steps that need not wait', () => {
    const program = site({ a: { path: '/', request: [() => undefined, () => undefined], answer: ok } });
    expect(runSteps([...program.plans.values()][0]!.request, exchange())).toBeUndefined();
  });

  it('stops the request list at the first outcome', async () => {
    let reached = false;
    const program = site({ a: { path: '/', request: [() => reply(201, [], 'mine'), () => void (reached = true)], answer: ok } });
    expect(await answer(program, exchange())).toMatchObject({ status: 201, text: 'mine' });
    expect(reached).toBe(false);
  });
});

describe('faults', () => {
  it('of the matcher are worded, and pass the head list for no route', async () => {
    const program = site({}, [], { head: [(one) => one.response?.headers.set('X-Seen', one.fault?.kind ?? '') as undefined] });
    const sent = await answer(program, exchange('GET', '/nowhere'));
    expect(sent.status).toBe(404);
    expect(sent.headers.get('x-seen')).toBe('no-route');
  });

  it('may be replaced by a head step, a reply may not be told from an answer', async () => {
    const head = [(one: Exchange) => (one.fault ? jumpToRoute('page') : undefined)];
    const program = site({
      a: { path: '/fault', request: [() => refuse(fault('forbidden', { reason: '' }))], head },
      b: { path: '/reply', request: [() => reply(403, [], 'words')], head },
      page: { answer: () => ({ status: 200, body: 'page' }) },
    });
    expect((await answer(program, exchange('GET', '/fault'))).text).toBe('page');
    expect((await answer(program, exchange('GET', '/reply'))).text).toBe('words');
  });

  it('of a dialect are worded by its own book', async () => {
    expect((await answer(site({ a: { path: '/', request: [() => refuse(ownFault('test/own'))] } }), exchange())).text).toBe('own');
  });

  it('without words become internal ones', async () => {
    expect((await answer(site({ a: { path: '/', request: [() => refuse(ownFault('test/unknown'))] } }), exchange())).text).toBe('internal');
  });

  it.each([
    [
      'thrown',
      () => {
        throw new Error('boom');
      },
    ],
    ['rejected', () => Promise.reject(new Error('boom'))],
  ])('are made of what a step has %s', async (_, step) => {
    expect((await answer(site({ a: { path: '/', request: [step], answer: ok } }), exchange())).text).toBe('internal');
  });

  it('are made of a destination that throws', async () => {
    const program = site({
      a: {
        path: '/',
        answer: () => {
          throw new Error('boom');
        },
      },
    });
    expect((await answer(program, exchange())).text).toBe('internal');
  });

  it('say that a body is too large', async () => {
    const program = site({
      a: {
        path: '/',
        request: [
          async (one) => {
            const { MessageBody } = await import('../../../src/engine/message-body.ts');
            const { bytesSource } = await import('../../../src/http/body.ts');
            await new MessageBody(bytesSource(Buffer.alloc(11))).whole(10);
            void one;
          },
        ],
        answer: ok,
      },
    });
    expect((await answer(program, exchange('POST', '/'))).text).toBe('body-too-large');
  });
});

describe('jumps', () => {
  it('match a path anew, run arrival once and start the outgoing request afresh', async () => {
    let arrivals = 0;
    const program = site(
      {
        a: {
          path: '/a',
          request: [
            (one) => {
              one.outgoing.headers.set('X-Stale', '1');
              return jumpToPath('/b', 'q=1');
            },
          ],
        },
        b: { path: '/b', answer: (one) => ({ status: 200, body: `${one.query} ${one.outgoing.headers.get('x-stale') ?? 'fresh'}` }) },
      },
      [() => void (arrivals += 1)],
    );
    expect((await answer(program, exchange('GET', '/a?old'))).text).toBe('q=1 fresh');
    expect(arrivals).toBe(1);
  });

  it('are counted', async () => {
    const program = site({ a: { path: '/a', request: [() => jumpToPath('/a')] } });
    const one = exchange('GET', '/a');
    expect((await answer(program, one)).text).toBe('too-many-jumps');
    expect(one.jumps).toBe(11);
  });

  it('to a route that is not there are our own fault', async () => {
    expect((await answer(site({ a: { path: '/', request: [() => jumpToRoute('none')] } }), exchange())).text).toBe('internal');
  });

  it('abandon the answer that they replace', async () => {
    const program = site({
      a: { path: '/a', answer: ok, head: [(one) => (one.jumps === 0 ? jumpToPath('/b') : undefined)] },
      b: { path: '/b', answer: () => ({ status: 418, body: 'b' }) },
    });
    expect(await answer(program, exchange('GET', '/a'))).toMatchObject({ status: 418, text: 'b' });
  });
});

describe('subrequests', () => {
  it('run the whole chain and bring back head and body', async () => {
    const program = site({
      a: {
        path: '/',
        request: [
          async (one) => {
            const { status, body } = await one.subrequest({ method: 'GET', path: '/auth', query: '', body: null });
            return reply(status, [], body);
          },
        ],
      },
      auth: { path: '/auth', answer: (one) => ({ status: 401, body: `${one.parent?.path} ${one.arrived.headers.get('x-one')}` }) },
    });
    expect(await answer(program, exchange())).toMatchObject({ status: 401, text: '/ 1' });
  });

  it('cannot nest without end', async () => {
    const program = site({
      a: { path: '/', request: [async (one) => void (await one.subrequest({ method: 'GET', path: '/', query: '', body: null }))], answer: ok },
    });
    expect((await answer(program, exchange())).status).toBe(200);
  });
});

describe('body steps', () => {
  const upper = { need: () => 'whole' as const, whole: (_: Exchange, body: Buffer) => Buffer.from(body.toString().toUpperCase()) };

  it('see a decoded body, once, and settle the fields that no longer hold', async () => {
    const headers = ['Content-Encoding', 'gzip', 'Content-Length', '99', 'ETag', '"x"'];
    const program = site({ a: { path: '/', answer: () => ({ status: 200, headers: [...headers], body: gzipSync('hello') }), body: [upper] } });
    const sent = await answer(program, exchange());
    expect(sent.text).toBe('HELLO');
    expect(sent.headers.has('content-encoding')).toBe(false);
    expect(sent.headers.has('content-length')).toBe(false);
    expect(sent.headers.get('etag')).toBe('W/"x"');
  });

  it('that want nothing leave body and fields alone', async () => {
    const program = site({
      a: {
        path: '/',
        answer: () => ({ status: 200, headers: ['Content-Encoding', 'gzip', 'ETag', '"x"'], body: gzipSync('hello') }),
        body: [{ need: () => 'none' }],
      },
    });
    const sent = await answer(program, exchange());
    expect(sent.headers.get('content-encoding')).toBe('gzip');
    expect(sent.headers.get('etag')).toBe('"x"');
  });

  it('leave an unknown coding alone and say so', async () => {
    const one = exchange();
    one.trace = new Trace();
    const program = site({ a: { path: '/', answer: () => ({ status: 200, headers: ['Content-Encoding', 'secret'], body: 'xyz' }), body: [upper] } });
    expect((await answer(program, one)).text).toBe('xyz');
    expect(one.trace.entries.some((entry) => entry.message.includes('secret'))).toBe(true);
  });

  it('pass chunks through a transform', async () => {
    const program = site({
      a: {
        path: '/',
        answer: ok,
        body: [{ need: () => 'transform', transform: () => ({ chunk: (chunk) => [chunk, chunk], end: () => Buffer.from('!') }) }],
      },
    });
    expect((await answer(program, exchange())).text).toBe('okok!');
  });

  it('are not asked for HEAD', async () => {
    const program = site({ a: { path: '/', answer: ok, body: [upper] } });
    expect((await answer(program, exchange('HEAD'))).text).toBe('ok');
  });
});

describe('explanations', () => {
  it('run the real chain, send nothing, and name each decision', async () => {
    let sent = false;
    const one = exchange();
    one.trace = new Trace();
    one.dry = true;
    const program = site({ a: { path: '/', request: [() => undefined], answer: () => ((sent = true), ok()) } });
    await run(program, one, new Sent());
    expect(sent).toBe(false);
    expect(one.trace.entries.map((entry) => `${entry.what} ${entry.message}`)).toEqual(['match a', 'step continue', 'send GET /']);
  });

  it('remember which step decided, also when nobody asked', async () => {
    const one = exchange();
    await answer(site({ a: { path: '/', request: [() => refuse(fault('forbidden', { reason: '' }))] } }), one);
    expect(one.decidedBy).toEqual({ kind: 'test', options: 0, origin: nowhere });
  });
});
