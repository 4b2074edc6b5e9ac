import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { fc } from '../properties.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../src/index.ts';
import { FrameWatch } from '../../src/transport/http2-fields/frame-watch.ts';
import { decodeHuffman } from '../../src/transport/http2-fields/huffman.ts';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
const literal = (name: string, value: string, first = 0): Buffer => Buffer.concat([Buffer.from([first]), text(name), text(value)]);
const indexed = (index: number): Buffer => Buffer.from([0x80 | index]);
const pseudo = Buffer.concat([indexed(2), indexed(6), indexed(4), literal(':authority', 'a.test')]);
const endHeaders = 4;
const endStream = 1;
const get = (stream: number, ...fields: Buffer[]): Buffer => frame(1, endHeaders | endStream, stream, Buffer.concat([pseudo, ...fields]));

/** Streams that are named when this comes in, cut into pieces of so many bytes. */
function malformed(bytes: Buffer, size: number): number[] {
  const named: number[] = [];
  const watch = new FrameWatch((stream) => named.push(stream));
  for (let at = 0; at < bytes.length; at += size) watch.see(bytes.subarray(at, at + size));
  return named;
}

/** What Node's own client sends for these requests. */
async function sentFor(requests: readonly (readonly [string, string][])[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const wire = new Duplex({ read() {}, write: (chunk: Buffer, _, done) => (chunks.push(chunk), done()) });
  const client = connectHttp2('http://a.test', { createConnection: () => wire });
  client.on('error', () => {});
  for (const fields of requests) {
    const stream = client.request({ ':path': '/', ...Object.fromEntries(fields) }, { endStream: true });
    stream.on('error', () => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.destroy();
  return Buffer.concat(chunks);
}

describe('fields of HTTP/2, as they are on the wire', () => {
  const own = new Set(['te', 'connection', 'upgrade', 'http2-settings', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'host']);
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((one) => !own.has(one));
  const value = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,60}[\x21-\x7e])?$/);
  const requests = fc.array(
    fc.array(fc.tuple(name, value), { maxLength: 12 }).map((all) => [...new Map(all)]),
    { minLength: 1, maxLength: 8 },
  );

  it('are followed through whatever a real client sends, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.integer({ min: 1, max: 4000 }), async (asked, size) => {
        const bytes = await sentFor(asked);
        expect(bytes.length).toBeGreaterThan(preface.length);
        // That it stays in step to the end is seen by a bad field behind it all.
        const last = get(99, literal('bad name', 'x'));
        expect(malformed(Buffer.concat([bytes, last]), size)).toEqual([99]);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a space in a name', literal('a b', 'x')],
    ['a colon in a name', literal('a:b', 'x')],
    ['an upper-case name', literal('Foo', 'x')],
    ['no name', literal('', 'x')],
    ['a line break in a value', literal('foo', 'a\r\nb: c')],
    ['a NUL in a value', literal('foo', 'a\0b')],
    ['a block that breaks off', Buffer.from([0, 5, 1])],
    ['an index that nobody filled', indexed(70)],
    ['a table larger than is allowed', Buffer.from([0x3f, 0xe2, 0x1f])],
    ['a number without an end', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])],
  ])('%s is found', (_, field) => {
    expect(malformed(Buffer.concat([preface, get(1), get(3, field)]), 5)).toEqual([3]);
  });

  it('a bad field in the dynamic table is bad each time it is named, and gone when it is evicted', () => {
    const kept = literal('bad name', 'x', 0x40);
    const evicted = Buffer.concat([Buffer.from([0x20]), literal('foo', 'x')]);
    const bytes = Buffer.concat([preface, get(1, kept), get(3), get(5, indexed(62)), frame(1, 5, 7, Buffer.concat([evicted, pseudo])), get(9)]);
    expect(malformed(bytes, 1000)).toEqual([1, 5]);
  });

  it('padding, priority and continuations are no fields', () => {
    const padded = Buffer.concat([Buffer.from([3]), Buffer.alloc(5), pseudo.subarray(0, 2), Buffer.alloc(3)]);
    const bytes = Buffer.concat([preface, frame(1, 0x29, 1, padded), frame(9, endHeaders, 1, pseudo.subarray(2)), get(3, literal('A', ''))]);
    expect(malformed(bytes, 7)).toEqual([3]);
  });
});

describe('a text in Huffman code', () => {
  it.each([
    ['padding that is not of ones', [0b00011000]],
    ['padding of a whole octet', [0b00011111, 0xff]],
    ['the end of the text inside', [0xff, 0xff, 0xff, 0xff]],
  ])('%s is refused', (_, octets) => expect(decodeHuffman(Uint8Array.from(octets))).toBeUndefined());

  it('of RFC 7541 appendix C is read', () => {
    expect(Buffer.from(decodeHuffman(Buffer.from('f1e3c2e5f23a6ba0ab90f4ff', 'hex')) ?? []).toString()).toBe('www.example.com');
    expect(Buffer.from(decodeHuffman(Buffer.from('9d29ad171863c78f0b97c8e9ae82ae43d3', 'hex')) ?? []).toString()).toBe('https://www.example.com');
  });
});

describe('a gateway', () => {
  let gateway: Gateway;
  afterEach(() => gateway.close());

  /** The frames that come back, until `last` frames of HEADERS or RST_STREAM are there: type, stream and payload. */
  function ask(
    bytes: Buffer,
    last: number,
    later?: { readonly after: Promise<unknown>; readonly bytes: Buffer },
  ): Promise<{ type: number; stream: number; payload: Buffer }[]> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () =>
        socket.write(Buffer.concat([preface, frame(4, 0, 0, Buffer.alloc(0)), bytes])),
      );
      void later?.after.then(() => socket.write(later.bytes));
      let held = Buffer.alloc(0);
      const frames: { type: number; stream: number; payload: Buffer }[] = [];
      socket.on('error', reject);
      socket.on('data', (chunk: Buffer) => {
        held = Buffer.concat([held, chunk]);
        while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
          const end = 9 + held.readUIntBE(0, 3);
          frames.push({ type: held.readUInt8(3), stream: held.readUInt32BE(5), payload: Buffer.from(held.subarray(9, end)) });
          held = held.subarray(end);
        }
        const answers = frames.filter(({ type }) => type === 1 || type === 3);
        if (answers.length < last) return;
        socket.destroy();
        resolve(answers);
      });
    });
  }
  const status = (payload: Buffer): string => (payload[0] === 0x88 ? '200' : payload[0] === 0x8c ? '400' : payload.toString('latin1'));

  it('refuses the stream with a field that cannot be, and serves the others of the connection', async () => {
    const seen: string[] = [];
    gateway = await createGateway({
      config: { routes: [{ match: { path: '/' }, upstream: 'a:80' }] },
      upstreams: { 'a:80': (request: Request) => (seen.push(request.headers.get('x-n') ?? ''), new Response('')) },
    });
    const answers = await ask(Buffer.concat([get(1, literal('x-n', '1'), literal('a b', 'x')), get(3, literal('x-n', '3'))]), 2);
    expect(Object.fromEntries(answers.map(({ stream, payload }) => [stream, status(payload)]))).toEqual({ 1: '400', 3: '200' });
    expect(seen).toEqual(['3']);
  });

  it.each([
    ['refuses a request whose trailers cannot be', false],
    ['resets its stream where it is on its way already', true],
  ])('%s', async (_, onItsWay) => {
    let tell: () => void = () => {};
    const asked = new Promise<void>((resolve) => (tell = resolve));
    gateway = await createGateway({
      config: { routes: [{ match: { path: '/' }, upstream: 'a:80' }] },
      upstreams: {
        'a:80': async (request: Request) => {
          tell();
          return new Response(await request.text());
        },
      },
    });
    const post = Buffer.concat([indexed(3), indexed(6), indexed(4), literal(':authority', 'a.test')]);
    const [head, trailers] = [frame(1, endHeaders, 1, post), frame(1, 5, 1, literal('foo', 'a\nb'))];
    const data = frame(0, 0, 1, Buffer.from('hi'));
    const [answer] = onItsWay
      ? await ask(Buffer.concat([head, data]), 1, { after: asked, bytes: trailers })
      : await ask(Buffer.concat([head, data, trailers]), 1);
    if (onItsWay) expect([answer?.type, answer?.stream, answer?.payload.readUInt32BE(0)]).toEqual([3, 1, 1]);
    else expect(status(answer?.payload ?? Buffer.alloc(0))).toBe('400');
  });
});
