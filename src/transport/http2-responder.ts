import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Exchange, ResponseState } from '../engine/exchange.ts';
import type { Responder } from '../engine/run.ts';
import type { BodySource } from '../http/body.ts';
import { endToEnd } from '../http/hop-by-hop.ts';
import { isBodiless } from '../http/bodiless.ts';

/** Writes a response on an HTTP/2 stream. Names become lower-case; a reason phrase has no place there. */
export class Http2Responder implements Responder {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }

  send(exchange: Exchange, response: ResponseState): Promise<void> {
    const stream = this.#stream;
    const { body, status } = response;
    if (stream.destroyed || stream.headersSent) {
      body.abandon();
      return Promise.resolve();
    }
    const bodiless = isBodiless(exchange.arrived.method, status);
    if (!bodiless && body.length !== undefined && !response.headers.has('content-length'))
      response.headers.append('content-length', String(body.length));
    const headers = { ':status': status, ...fieldsOf(response) };
    const source = bodiless ? null : body.take();
    if (source === null) {
      body.abandon();
      stream.respond(headers, { endStream: true });
      this.#release();
      return Promise.resolve();
    }
    stream.respond(headers, { waitForTrailers: true });
    return this.#streamBody(source);
  }

  #streamBody(source: BodySource): Promise<void> {
    const stream = this.#stream;
    return new Promise((resolve) => {
      let trailers: readonly string[] = [];
      stream.on('wantTrailers', () => stream.sendTrailers(objectOf(trailers)));
      stream.on('drain', () => source.resume());
      stream.on('close', () => {
        source.abandon();
        resolve();
      });
      source.pipe({
        write: (chunk) => stream.write(chunk),
        end: (last) => {
          trailers = last;
          stream.end();
          this.#release();
        },
        fail: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
      });
    });
  }

  /** A request body that nobody has read keeps the stream half open: RFC 9113 section 8.1 lets a server ask the client to stop. */
  #release(): void {
    const stream = this.#stream;
    if (stream.readableEnded || stream.endAfterHeaders) return;
    stream.on('error', () => {});
    stream.resume();
  }
}

function fieldsOf({ headers }: ResponseState): OutgoingHttpHeaders {
  return objectOf(endToEnd(headers).raw);
}

function objectOf(raw: readonly string[]): OutgoingHttpHeaders {
  const found: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    const value = raw[at + 1] as string;
    const there = found[name];
    if (name.startsWith(':')) continue;
    if (there === undefined) found[name] = value;
    else if (Array.isArray(there)) there.push(value);
    else found[name] = single.has(name) ? value : [there, value];
  }
  return found;
}

/** Fields that node lets stand once only. */
const single: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'date',
  'etag',
  'location',
  'last-modified',
  'expires',
  'age',
  'server',
]);
