import { isBodiless } from '../../http/bodiless.ts';
import type { Fields } from '../../http/fields.ts';
import { ChunkedDecoder } from './chunked-decoder.ts';
import { Malformed } from './malformed.ts';
import { readFields, readHead, type ReadHead } from './response-head.ts';

/** What a parser tells of a response, in the order in which it stands on the wire. */
export interface ResponseEvents {
  /** `upgraded`: what follows is no longer HTTP. */
  head(head: ResponseHead, upgraded: boolean): void;
  /** `chunk` is the receiver's own. */
  data(chunk: Buffer): void;
  end(trailers: readonly string[]): void;
}

export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Fields;
  /** Of the body in bytes, where it is known. */
  readonly length: number | undefined;
}

const nothing = Buffer.alloc(0);
const headEnd = Buffer.from('\r\n\r\n');

/**
 * Reads one HTTP/1.x response strictly (RFC 9112): what a lenient reader would guess at is malformed, because two readers that
 * guess differently are how responses are smuggled. Interim answers (1xx) are skipped. Throws Malformed.
 */
export class ResponseParser {
  readonly #events: ResponseEvents;
  readonly #method: string;
  readonly #upgrade: boolean;
  readonly #maxHeadBytes: number;
  #held: Buffer = nothing;
  /** Of interim answers. */
  #headBytes = 0;
  #state: 'head' | 'length' | 'chunked' | 'until-close' | 'upgraded' | 'done' = 'head';
  #left = 0;
  #chunked: ChunkedDecoder | null = null;
  #head: ReadHead | null = null;
  #reusable = false;

  constructor(events: ResponseEvents, request: { readonly method: string; readonly upgrade: boolean }, maxHeadBytes = 65_536) {
    this.#events = events;
    this.#method = request.method;
    this.#upgrade = request.upgrade;
    this.#maxHeadBytes = maxHeadBytes;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** From the end on: whether another request may go out on the connection. */
  get reusable(): boolean {
    return this.#state === 'done' && this.#reusable;
  }

  /** For how many seconds the upstream keeps the connection, where it says so. */
  get keepAlive(): number | undefined {
    return this.#head?.keepAlive;
  }

  /** `chunk` is not kept. Answers what is left over after an upgrade; elsewhere nothing. */
  push(chunk: Buffer): Buffer | undefined {
    if (this.#state !== 'head') {
      this.#body(chunk);
      return undefined;
    }
    const own = this.#held.length > 0;
    let bytes = own ? Buffer.concat([this.#held, chunk]) : chunk;
    for (;;) {
      const end = bytes.indexOf(headEnd);
      if (this.#headBytes + (end < 0 ? bytes.length : end) > this.#maxHeadBytes) throw new Malformed('the response head is too large');
      if (end < 0) {
        this.#held = own ? bytes : Buffer.from(bytes);
        return undefined;
      }
      const head = readHead(bytes.toString('latin1', 0, end));
      bytes = bytes.subarray(end + headEnd.length);
      if (head.status >= 200 || head.status === 101) return this.#begin(head, bytes);
      this.#headBytes += end + headEnd.length;
    }
  }

  /** The upstream has closed. */
  close(): void {
    if (this.#state === 'until-close') return this.#finish([], false);
    if (this.#state !== 'done' && this.#state !== 'upgraded')
      throw new Malformed(this.#state === 'head' ? 'closed before the response head was complete' : 'closed before the response was complete', true);
  }

  /** The final head. `rest`: what came behind it. */
  #begin(head: ReadHead, rest: Buffer): Buffer | undefined {
    this.#held = nothing;
    this.#head = head;
    const { status, statusText, headers } = head;
    if (status === 101) {
      if (!this.#upgrade) throw new Malformed('switching protocols, which nobody asked for');
      this.#state = 'upgraded';
      this.#events.head({ status, statusText, headers, length: undefined }, true);
      return Buffer.from(rest);
    }
    const bodiless = isBodiless(this.#method, status);
    const length = bodiless ? (this.#method === 'HEAD' ? (head.length ?? 0) : 0) : head.length;
    this.#state = head.chunked && !bodiless ? 'chunked' : length === undefined ? 'until-close' : 'length';
    this.#left = bodiless ? 0 : (length ?? 0);
    if (this.#state === 'chunked') this.#chunked = new ChunkedDecoder();
    this.#events.head({ status, statusText, headers, length }, false);
    // A server that sends a body after all would send it into the next answer.
    const trusted = !bodiless || (this.#method !== 'HEAD' && !head.chunked && (head.length ?? 0) === 0);
    if (this.#state === 'length' && this.#left === 0) this.#finish([], trusted && rest.length === 0);
    else if (rest.length > 0) this.#body(rest);
    return undefined;
  }

  #body(chunk: Buffer): void {
    if (this.#state === 'until-close') this.#events.data(Buffer.from(chunk));
    else if (this.#state === 'length') {
      const own = Math.min(chunk.length, this.#left);
      this.#left -= own;
      this.#events.data(Buffer.from(own === chunk.length ? chunk : chunk.subarray(0, own)));
      if (this.#left === 0) this.#finish([], own === chunk.length);
    } else if (this.#chunked !== null && this.#state === 'chunked') {
      const data = this.#chunked.push(chunk);
      if (data.length > 0) this.#events.data(data);
      const { trailers, excess } = this.#chunked;
      if (trailers !== null) this.#finish(readFields(trailers), !excess);
    }
  }

  /** `clean`: nothing came behind the end. */
  #finish(trailers: readonly string[], clean: boolean): void {
    this.#state = 'done';
    this.#reusable = clean && (this.#head as ReadHead).persistent;
    this.#events.end(trailers);
  }
}
