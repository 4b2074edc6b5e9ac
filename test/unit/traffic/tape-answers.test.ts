import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGateway, type Gateway, type UpstreamTarget } from '../../../src/index.ts';
import { LoginService } from './login-service.ts';
import { down, folder, opener } from './tape-folder.ts';

const open = opener();

/** Over a socket: status, the fields that frame a body, and its bytes. */
function rawAnswer(gateway: Gateway, method: string, target: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(`${gateway.url}${target}`, { method, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      const { 'content-length': length, 'content-encoding': coding, 'transfer-encoding': transfer, etag } = answer.headers;
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => resolve([answer.statusCode, length, coding, transfer, etag, Buffer.concat(pieces).toString('hex')]));
    });
    asked.on('error', reject).end();
  });
}

describe('answers', () => {
  const plain = { routes: [{ match: { path: '/*' }, upstream: 'orders:80' }] };

  it('that follow each other are replayed in their order, then the last one stays', async () => {
    const where = folder();
    let count = 0;
    {
      await using gateway = await open(where, { mode: 'record' }, async () => new Response(String((count += 1))), { config: plain });
      for (let at = 0; at < 3; at += 1) {
        await (await gateway.fetch('/')).text();
        await gateway.clock.advance(1_000);
      }
    }
    await using gateway = await open(where, { mode: 'replay' }, down, { config: plain });
    const said: string[] = [];
    for (let at = 0; at < 4; at += 1) said.push(await (await gateway.fetch('/')).text());
    expect(said).toEqual(['1', '2', '3', '3']);
    // Each scope has the sequence for itself.
    const worker = gateway.scope('w1');
    expect(await (await worker.fetch('/')).text()).toBe('1');
    expect(await (await worker.fetch('/')).text()).toBe('2');
    await worker.reset();
    expect([await (await worker.fetch('/')).text(), await (await gateway.fetch('/')).text()]).toEqual(['1', '3']);
    await gateway.reset();
    expect(await (await gateway.fetch('/')).text()).toBe('1');
  });

  it('stand in the file in the same order, whoever was faster', async () => {
    const order = async (targets: readonly string[]): Promise<string[]> => {
      const where = folder();
      {
        await using gateway = await open(where, { mode: 'record' }, async () => new Response(''), { config: plain });
        await Promise.all(targets.map(async (one) => (await gateway.fetch(one)).text()));
      }
      const { log } = JSON.parse(readFileSync(path.join(where, 'tapes/traffic.har'), 'utf8')) as { log: { entries: { request: { url: string } }[] } };
      return log.entries.map((one) => new URL(one.request.url).pathname);
    };
    expect(await order(['/b', '/a', '/c'])).toEqual(['/a', '/b', '/c']);
    expect(await order(['/c', '/b', '/a'])).toEqual(['/a', '/b', '/c']);
  });

  it('come plain to a client that does not take their coding', async () => {
    const where = folder();
    const service = new LoginService(async () => '');
    {
      await using gateway = await open(where, { mode: 'record' }, service.listener, { config: plain });
      await fetch(`${gateway.url}/orders`);
    }
    await using gateway = await open(where, { mode: 'replay' }, down, { config: plain });
    const answer = await gateway.fetch({ method: 'GET', target: '/orders', rawHeaders: ['Host', 'x', 'Accept-Encoding', 'identity'] });
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.text()).toBe('[{"id":1,"unitPrice":3}]');
    const coded = await gateway.fetch({ method: 'GET', target: '/orders', rawHeaders: ['Host', 'x', 'Accept-Encoding', 'gzip'] });
    expect(coded.headers.get('content-encoding')).toBe('gzip');
  });

  it('pass while they are recorded, piece by piece', async () => {
    const where = folder();
    let write: ((text: string) => void) | null = null;
    let end: (() => void) | null = null;
    const sse: UpstreamTarget = (_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      write = (text) => void res.write(text);
      end = () => void res.end();
      res.write('data: 1\n\n');
    };
    {
      await using gateway = await open(where, { mode: 'record' }, sse, { config: plain });
      const answer = await fetch(gateway.url);
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
      expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('data: 1\n\n');
      (write as unknown as (text: string) => void)('data: 2\n\n');
      expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('data: 2\n\n');
      (end as unknown as () => void)();
      expect((await reader.read()).done).toBe(true);
    }
    await using gateway = await open(where, { mode: 'replay' }, down, { config: plain });
    expect(await (await gateway.fetch('/')).text()).toBe('data: 1\n\ndata: 2\n\n');
  });

  it('without a body, with no length, in unknown or broken codings are replayed as they came', async () => {
    const where = folder();
    const service: UpstreamTarget = (req, res) => {
      if (req.url === '/204') res.writeHead(204).end();
      else if (req.url === '/304') res.writeHead(304, { ETag: '"a"' }).end();
      else if (req.url === '/length') res.writeHead(200, { 'Content-Length': 5 }).end('hello');
      else if (req.url === '/unknown') res.writeHead(200, { 'Content-Encoding': 'weird' }).end(Buffer.from([1, 255]));
      else if (req.url === '/lying') res.writeHead(200, { 'Content-Encoding': 'gzip' }).end('not gzip');
      else res.end('pieces');
    };
    const asked = [
      ['GET', '/204'],
      ['GET', '/304'],
      ['HEAD', '/length'],
      ['GET', '/length'],
      ['GET', '/unknown'],
      ['GET', '/lying'],
      ['GET', '/pieces'],
    ] as const;
    const ask = async (gateway: Gateway): Promise<unknown[]> => {
      const said: unknown[] = [];
      for (const [method, target] of asked) {
        const answer = await rawAnswer(gateway, method, target);
        said.push(answer);
      }
      return said;
    };
    let live: unknown[] = [];
    {
      await using gateway = await open(where, { mode: 'record' }, service, { config: plain });
      live = await ask(gateway);
    }
    await using gateway = await open(where, { mode: 'strict' }, down, { config: plain });
    expect(await ask(gateway)).toEqual(live);
    expect(gateway.tapes.report()).toMatchObject({ ok: true, entries: 7 });
  });

  it('that cannot be written make close fail, and nothing stay open', async () => {
    const where = folder();
    writeFileSync(path.join(where, 'file'), '');
    const gateway = await open(where, { mode: 'record', tapes: 'file/tapes' }, async () => new Response(''), { config: plain });
    await (await gateway.fetch('/')).text();
    await expect(gateway.close()).rejects.toMatchObject({ code: 'DG1603' });
  });

  it('go on where a reload names a tape that is not there', async () => {
    const where = folder();
    writeFileSync(path.join(where, 'a.har'), JSON.stringify({ log: { version: '1.2', entries: [] } }));
    const next = { ...plain, upstreams: { 'orders:80': { replay: './a.har' } } };
    await using gateway = await open(where, undefined, async () => new Response('live'), { config: plain });
    await expect(gateway.reload({ ...next, upstreams: { 'orders:80': { replay: './b.har' } }, routes: [] })).rejects.toMatchObject({
      code: 'DG1602',
    });
    expect(await (await gateway.fetch('/')).text()).toBe('live');
    expect(gateway.routes).toHaveLength(1);
  });

  it('of a HAR that a browser wrote stand for one upstream', async () => {
    const where = folder();
    const entry = {
      startedDateTime: '2026-01-01T00:00:00.000Z',
      time: 1,
      request: { method: 'GET', url: 'https://pay.example.com/rates?b=2&a=1', headers: [{ name: ':authority', value: 'pay.example.com' }] },
      response: {
        status: 200,
        headers: [
          { name: 'Content-Type', value: 'text/plain' },
          { name: 'content-length', value: '999' },
        ],
        content: { text: 'aGk=', encoding: 'base64' },
      },
    };
    writeFileSync(path.join(where, 'pay.har'), `\u{feff}${JSON.stringify({ log: { version: '1.2', entries: [entry] } })}`);
    const both = {
      routes: [
        { match: { path: '/rates' }, upstream: 'pay:80' },
        { match: { path: '/*' }, upstream: 'orders:80' },
      ],
    };
    await using gateway = await createGateway({
      config: { ...both, upstreams: { 'pay:80': { replay: './pay.har' } } },
      folder: where,
      upstreams: { 'orders:80': async () => new Response('live') },
    });
    const answer = await gateway.fetch('/rates?a=1&b=2');
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '2', 'hi']);
    expect(await (await gateway.fetch('/other')).text()).toBe('live');
    await using inCode = await createGateway({ config: both, folder: where, upstreams: { 'pay:80': { replay: 'pay.har' }, '*': down } });
    expect(await (await inCode.fetch('/rates?b=2&a=1')).text()).toBe('hi');
    expect(() => inCode.override('pay:80', { replay: 'pay.har' } as never)).toThrow('a tape cannot be an override');
    gateway.override('pay:80', async () => new Response('override'));
    expect(await (await gateway.fetch('/rates')).text()).toBe('override');
  });
});

describe('a report', () => {
  const plain = { routes: [{ match: { path: '/*' }, upstream: 'orders:80' }] };
  const echo: UpstreamTarget = async (request: Request) => new Response(await request.text());

  it('is not changed by a reset: what was unknown stays unknown, what was used used', async () => {
    const where = folder();
    {
      await using gateway = await open(where, { mode: 'record' }, echo, { config: plain });
      for (const target of ['/a', '/b']) await (await gateway.fetch(target)).text();
    }
    await using gateway = await open(where, { mode: 'strict' }, down, { config: plain });
    await gateway.fetch('/a');
    await gateway.scope('s').fetch('/b');
    await gateway.scope('s').reset();
    await gateway.reset();
    expect(gateway.tapes.report()).toMatchObject({ ok: true, served: 2, unused: [] });
    await gateway.fetch('/nope');
    await gateway.reset();
    expect(gateway.tapes.report()).toMatchObject({ ok: false, unknown: [{ request: 'GET /nope (orders:80)' }] });
  });
});

describe('bodies', () => {
  const plain = { routes: [{ match: { path: '/*' }, upstream: 'orders:80' }] };
  const same = async (body: string, type: string, again = body, typeAgain = type): Promise<[number, string]> => {
    const where = folder();
    const ask = async (gateway: Gateway, sent: string, as: string): Promise<[number, string]> => {
      const answer = await gateway.fetch(new Request('http://localhost/', { method: 'POST', body: sent, headers: { 'Content-Type': as } }));
      return [answer.status, await answer.text()];
    };
    {
      await using gateway = await open(
        where,
        { mode: 'record' },
        async (request: Request) => new Response(await request.text(), { headers: { 'Content-Type': 'application/json' } }),
        {
          config: plain,
        },
      );
      expect((await ask(gateway, body, type))[0]).toBe(200);
    }
    await using gateway = await open(where, { mode: 'strict' }, down, { config: plain });
    return ask(gateway, again, typeAgain);
  };
  const json = 'application/json';

  it('with one very long text are recorded and found', async () => {
    const body = JSON.stringify({ data: 'A'.repeat(12_000_000) });
    expect((await same(body, json))[0]).toBe(200);
  }, 30_000);

  it.each([
    ['a password that is a word', '{"user":"testuser","password":"testuser"}'],
    ['a password that is a name of HAR', '{"password":"response"}'],
    ['a password that is also the user', '{"user":"user1234","password":"user1234"}'],
  ])('with %s are found', async (_, body) => expect((await same(body, json))[0]).toBe(200));

  it('of counts keep their numbers', async () => {
    const body = '{"usage":{"prompt_tokens":57,"total_tokens":99},"max_tokens":4096,"tokens":3}';
    expect(await same(body, json)).toEqual([200, body]);
  });

  it('of several parts are found, whatever their boundary', async () => {
    const parts = (boundary: string): string => `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--${boundary}--\r\n`;
    const type = (boundary: string): string => `multipart/form-data; boundary=${boundary}`;
    expect((await same(parts('one'), type('one'), parts('two'), type('two')))[0]).toBe(200);
  });
});
