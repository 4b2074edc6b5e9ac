import { Fields } from '../../http/fields.ts';
import { ChunkedDecoder } from './chunked-decoder.ts';
import { Malformed } from './malformed.ts';
import { isBodiless } from '../../http/bodiless.ts';

/** What a parser tells of a response, in the order in which it stands on the wire. */
export interface ResponseEvents {
  /** `upgraded`: what follows is no longer HTTP. */
  head(head: ResponseHead, upgraded: boolean): void;
  data(chunk: Buffer): void;
  end(trailers: readonly string[]): void;
}

export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Fields;
  readonly length: number | undefined;
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex -- exactly the characters that RFC 9110 section 5.5 allows in a value
const value = /^[\t\x20-\x7e\x80-\xff]*$/;
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;

/**
 * Reads one HTTP/1.x response strictly (RFC 9112): what a lenient reader would guess at is malformed, because two readers that
 * guess differently are how responses are smuggled. Interim answers (1xx) are skipped. Throws Malformed.
 */
export class ResponseParser {
  readonly #events: ResponseEvents;
  readonly #method: string;
  readonly #upgrade: boolean;
  readonly #maxHeadBytes: number;
  #held: Buffer = Buffer.alloc(0);
  #state: 'head' | 'length' | 'chunked' | 'until-close' | 'upgraded' | 'done' = 'head';
  #left = 0;
  #chunked: ChunkedDecoder | null = null;

  constructor(events: ResponseEvents, request: { readonly method: string; readonly upgrade: boolean }, maxHeadBytes = 65_536) {
    this.#events = events;
    this.#method = request.method;
    this.#upgrade = request.upgrade;
    this.#maxHeadBytes = maxHeadBytes;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  get #upgraded(): boolean {
    return this.#state === 'upgraded';
  }

  /** Answers what is left over after an upgrade; elsewhere nothing. */
  push(chunk: Buffer): Buffer | undefined {
    if (this.#state !== 'head') {
      this.#body(chunk);
      return undefined;
    }
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#state === 'head') {
      const end = this.#held.indexOf('\r\n\r\n');
      if (end < 0 || end > this.#maxHeadBytes) {
        if (this.#held.length > this.#maxHeadBytes) throw new Malformed('the response head is too large');
        return undefined;
      }
      const head = this.#held.toString('latin1', 0, end);
      const rest = this.#held.subarray(end + 4);
      this.#held = rest;
      if (!this.#head(head)) continue;
      this.#held = Buffer.alloc(0);
      if (this.#upgraded) return rest;
      if (rest.length > 0) this.#body(rest);
    }
    return undefined;
  }

  /** The upstream has closed. */
  close(): void {
    if (this.#state === 'until-close') {
      this.#finish([]);
      return;
    }
    if (this.#state !== 'done' && this.#state !== 'upgraded')
      throw new Malformed(this.#state === 'head' ? 'closed before the response head was complete' : 'closed before the response was complete', true);
  }

  /** Whether this was the final head. */
  #head(text: string): boolean {
    const lines = text.split('\r\n');
    const line = statusLine.exec(lines[0] as string);
    if (line === null) throw new Malformed('not a status line of HTTP/1.x');
    const status = Number(line[2]);
    const headers = new Fields(lines.slice(1).flatMap(fieldOf));
    if (status === 101) {
      if (!this.#upgrade) throw new Malformed('switching protocols, which nobody asked for');
      this.#state = 'upgraded';
      this.#events.head({ status, statusText: line[3] ?? '', headers, length: undefined }, true);
      return true;
    }
    if (status < 200) return false;
    const framing = this.#framing(status, line[1] as string, headers);
    this.#events.head({ status, statusText: line[3] ?? '', headers, length: framing }, false);
    if (framing === 0 || (this.#state === 'length' && this.#left === 0)) this.#finish([]);
    return true;
  }

  /** RFC 9112 section 6.3. Answers the length of the body where it is known. */
  #framing(status: number, version: string, headers: Fields): number | undefined {
    const codings = headers.getAll('transfer-encoding');
    const lengths = headers.getAll('content-length');
    if (lengths.some((one) => !/^\d{1,15}$/.test(one)) || new Set(lengths).size > 1) throw new Malformed('Content-Length is not one number');
    if (codings.length > 0 && (lengths.length > 0 || version === '0')) throw new Malformed('Transfer-Encoding with Content-Length or HTTP/1.0');
    if (isBodiless(this.#method, status)) {
      this.#state = 'length';
      return this.#method === 'HEAD' && lengths.length > 0 ? Number(lengths[0]) : 0;
    }
    if (codings.length > 0) {
      if (codings.length > 1 || (codings[0] as string).toLowerCase() !== 'chunked') throw new Malformed('a transfer coding other than chunked');
      this.#state = 'chunked';
      this.#chunked = new ChunkedDecoder();
      return undefined;
    }
    if (lengths.length > 0) {
      this.#state = 'length';
      return (this.#left = Number(lengths[0]));
    }
    this.#state = 'until-close';
    return undefined;
  }

  #body(chunk: Buffer): void {
    if (this.#state === 'until-close') return this.#events.data(chunk);
    if (this.#state === 'length') {
      const own = chunk.length > this.#left ? chunk.subarray(0, this.#left) : chunk;
      this.#left -= own.length;
      this.#events.data(own);
      if (this.#left === 0) this.#finish([]);
      return;
    }
    if (this.#chunked === null || this.#state !== 'chunked') return;
    for (const piece of this.#chunked.push(chunk)) this.#events.data(piece);
    if (this.#chunked.trailers !== null) this.#finish(this.#chunked.trailers.flatMap(fieldOf));
  }

  #finish(trailers: readonly string[]): void {
    if (this.#state === 'done') return;
    this.#state = 'done';
    this.#events.end(trailers);
  }
}

/** One field line as name and value. */
function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  const text = line.slice(colon + 1);
  if (!token.test(name)) throw new Malformed('not a header field');
  if (!value.test(text)) throw new Malformed(`a character that is not allowed in the field ${name}`);
  return [name, text.replace(/^[\t ]+|[\t ]+$/g, '')];
}
