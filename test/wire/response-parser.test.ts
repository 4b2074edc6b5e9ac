import { fc } from '../properties.ts';
import { describe, expect, it } from 'vitest';
import { ResponseParser } from '../../src/transport/http1-client/response-parser.ts';

/** What a parser says of bytes that come in these pieces. Each piece is overwritten behind it, as the buffer of a connection is. */
function parse(pieces: readonly Buffer[], { method = 'GET', upgrade = false, closes = true } = {}): unknown {
  const said: { head?: unknown; body: string; trailers?: readonly string[]; rest: string; error?: string; reusable?: boolean } = {
    body: '',
    rest: '',
  };
  const body: Buffer[] = [];
  const parser = new ResponseParser(
    {
      head: ({ status, statusText, headers, length }, upgraded) => void (said.head = { status, statusText, raw: headers.raw, length, upgraded }),
      data: (chunk) => void body.push(chunk),
      end(trailers) {
        said.trailers = trailers;
        // What comes later can still spoil it, in pieces: then it comes while nobody has asked.
        said.reusable = parser.reusable;
      },
    },
    { method, upgrade },
  );
  try {
    for (const piece of pieces) {
      const copy = Buffer.from(piece);
      const rest = parser.push(copy);
      copy.fill('?');
      if (rest !== undefined) said.rest += rest.toString('latin1');
    }
    if (closes) parser.close();
  } catch (error) {
    said.error = (error as Error).name;
  }
  said.body = Buffer.concat(body).toString('latin1');
  return said;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const messages: [string, string][] = [
  ['by its length', 'HTTP/1.1 200 OK\r\nX-A:  a b \r\nContent-Length: 12\r\n\r\nhello\r\n\r\nyou'],
  ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a="b\r\nhello\r\n00A\r\n\r\n0\r\n\r\n!!!\r\n0;x\r\nX-T: 1\r\nx-t:2\r\n\r\n'],
  ['interim', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nLink: <a>\r\n\r\nHTTP/1.1 404\r\nContent-Length: 2\r\n\r\nno'],
  ['until the close', 'HTTP/1.0 200 Fine \xe4\r\nSet-Cookie: a\r\nset-cookie: \xff\r\n\r\nall\r\n\r\nof it'],
  ['empty', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['cut', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'],
  ['cut in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel'],
  ['malformed in the head', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'],
  ['malformed in the body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
];

describe('an answer reads the same in whatever pieces it comes', () => {
  it.each(messages)('%s', (_what, text) => {
    const whole = bytes(text);
    const expected = parse([whole]);
    for (let at = 1; at < whole.length; at += 1) expect(parse([whole.subarray(0, at), whole.subarray(at)]), `split at ${at}`).toEqual(expected);
    expect(parse(Array.from(whole, (byte) => Buffer.from([byte])))).toEqual(expected);
  });
  it('as an upgrade, with what follows', () => {
    const whole = bytes('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n');
    const expected = parse([whole], { upgrade: true });
    expect(expected).toMatchObject({ head: { status: 101, upgraded: true }, rest: '' });
    for (let at = 1; at < whole.length; at += 1) expect(parse([whole.subarray(0, at), whole.subarray(at)], { upgrade: true })).toEqual(expected);
    expect(parse([Buffer.concat([whole, bytes('first')])], { upgrade: true })).toMatchObject({ rest: 'first' });
  });
  it('whatever it is', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$_-]{0,8}$/).map((text) => `x${text}`);
    const value = fc.stringMatching(/^[!-~\xa1-\xff]([\t -~\xa1-\xff]{0,12}[!-~])?$/);
    const fields = fc.array(fc.tuple(name, value), { maxLength: 4 });
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 5 });
    const cuts = fc.array(fc.nat(400), { maxLength: 12 });
    fc.assert(
      fc.property(fields, pieces, fc.boolean(), fields, cuts, (headers, body, chunked, trailers, at) => {
        const lines = headers.map(([key, text]) => `${key}: ${text}\r\n`).join('');
        const content = Buffer.concat(body);
        const whole = chunked
          ? Buffer.concat([
              bytes(`HTTP/1.1 200 OK\r\n${lines}Transfer-Encoding: chunked\r\n\r\n`),
              ...body.flatMap((piece) => [bytes(`${piece.length.toString(16)}\r\n`), Buffer.from(piece), bytes('\r\n')]),
              bytes(`0\r\n${trailers.map(([key, text]) => `${key}:${text}\r\n`).join('')}\r\n`),
            ])
          : Buffer.concat([bytes(`HTTP/1.1 200 OK\r\n${lines}Content-Length: ${content.length}\r\n\r\n`), content]);
        const bounds = [0, ...at.map((one) => one % whole.length).toSorted((a, b) => a - b), whole.length];
        const split = bounds.slice(1).map((to, index) => whole.subarray(bounds[index], to));
        const expected = {
          head: {
            status: 200,
            statusText: 'OK',
            raw: [...headers.flat(), ...(chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(content.length)])],
            length: chunked ? undefined : content.length,
            upgraded: false,
          },
          body: content.toString('latin1'),
          trailers: chunked ? trailers.flat() : [],
          rest: '',
          reusable: true,
        };
        expect(parse(split, { closes: false })).toEqual(expected);
        expect(parse([Buffer.concat([whole, bytes('\n')])], { closes: false })).toEqual({ ...expected, reusable: false });
      }),
      { numRuns: 300 },
    );
  });
  it('bytes that are no answer make it fail and nothing else', () => {
    const noise = fc.oneof(fc.string(), fc.constantFrom(...messages.map(([, text]) => text)));
    fc.assert(
      fc.property(noise, noise, fc.nat(200), (one, other, at) => {
        const whole = bytes(one.slice(0, at) + other);
        const said = parse([whole]) as { error?: string };
        expect([undefined, 'Error']).toContain(said.error);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an answer is bounded', () => {
  const failed = (text: string): unknown => parse([bytes(text)]);
  it('in its head, interim ones included', () => {
    expect(failed(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(65_600)}\r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ error: 'Error', body: '' });
    expect(failed(`${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(3_000)}HTTP/1.1 204 No Content\r\n\r\n`)).toMatchObject({ error: 'Error' });
  });
  it('in the number of its fields', () => {
    expect(failed(`HTTP/1.1 204 No Content\r\n${'a:\r\n'.repeat(1_001)}\r\n`)).toMatchObject({ error: 'Error' });
    expect(failed(`HTTP/1.1 204 No Content\r\n${'a:\r\n'.repeat(900)}\r\n`)).not.toHaveProperty('error');
  });
  it('in what surrounds its chunks', () => {
    const start = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(failed(`${start}1;${'x'.repeat(17_000)}`)).toMatchObject({ error: 'Error' });
    expect(failed(`${start}${`1;${'x'.repeat(1_000)}\r\na\r\n`.repeat(20)}0\r\n\r\n`)).toMatchObject({ error: 'Error' });
    expect(failed(`${start}0\r\n${`X: ${'x'.repeat(1_000)}\r\n`.repeat(20)}\r\n`)).toMatchObject({ error: 'Error' });
  });
});
