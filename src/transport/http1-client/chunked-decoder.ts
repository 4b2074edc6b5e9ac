import { Malformed } from './malformed.ts';

const sizeLine = /^([0-9A-Fa-f]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const maxLine = 16_384;
const nothing = Buffer.alloc(0);
const lineEnd = Buffer.from('\r\n');

/** Undoes the chunked transfer coding of one message (RFC 9112 section 7.1). Throws Malformed. */
export class ChunkedDecoder {
  /** Field lines after the last chunk; null until the end was read. */
  trailers: readonly string[] | null = null;
  /** Whether something came behind the end. */
  excess = false;
  #state: 'size' | 'data' | 'data-end' | 'trailers' = 'size';
  #held: Buffer = nothing;
  #left = 0;
  readonly #lines: string[] = [];
  #trailerBytes = 0;
  #extensionBytes = 0;

  /** The body in `chunk`, as bytes of their own. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let at = 0;
    let data: Buffer | null = null;
    let size = 0;
    while (at < bytes.length && this.trailers === null) {
      if (this.#state === 'data') {
        const to = Math.min(bytes.length, at + this.#left);
        data ??= Buffer.allocUnsafe(bytes.length - at);
        size += bytes.copy(data, size, at, to);
        this.#left -= to - at;
        at = to;
        if (this.#left === 0) this.#state = 'data-end';
        continue;
      }
      const end = bytes.indexOf(lineEnd, at);
      if (end < 0) {
        if (bytes.length - at > maxLine) throw new Malformed('a line of the chunked coding is too long');
        break;
      }
      this.#line(bytes.toString('latin1', at, end));
      at = end + lineEnd.length;
    }
    if (this.trailers !== null) this.excess ||= at < bytes.length;
    else this.#held = at === bytes.length ? nothing : Buffer.from(bytes.subarray(at));
    return data === null ? nothing : data.subarray(0, size);
  }

  #line(text: string): void {
    if (this.#state === 'data-end') {
      if (text !== '') throw new Malformed('a chunk is longer than it says');
      this.#state = 'size';
    } else if (this.#state === 'size') {
      const size = sizeLine.exec(text);
      if (size === null) throw new Malformed('not a chunk size');
      this.#extensionBytes += text.length - (size[1] as string).length;
      if (this.#extensionBytes > maxLine) throw new Malformed('the chunk extensions are too large');
      this.#left = Number.parseInt(size[1] as string, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    } else if (text === '') this.trailers = this.#lines;
    else {
      this.#trailerBytes += text.length;
      if (this.#trailerBytes > maxLine) throw new Malformed('the trailers are too large');
      this.#lines.push(text);
    }
  }
}
