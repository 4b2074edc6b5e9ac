import { Malformed } from './malformed.ts';

const sizeLine = /^([0-9A-Fa-f]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const maxLine = 16_384;

/** Undoes the chunked transfer coding of one message (RFC 9112 section 7.1). Throws Malformed. */
export class ChunkedDecoder {
  /** Field lines after the last chunk; null until the end was read. */
  trailers: readonly string[] | null = null;
  #state: 'size' | 'data' | 'data-end' | 'trailers' = 'size';
  #held: Buffer = Buffer.alloc(0);
  #left = 0;
  readonly #lines: string[] = [];
  #trailerBytes = 0;

  /** The pieces of body in `chunk`. */
  push(chunk: Buffer): Buffer[] {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    const pieces: Buffer[] = [];
    while (bytes.length > 0 && this.trailers === null) {
      if (this.#state === 'data') {
        const piece = bytes.subarray(0, this.#left);
        pieces.push(piece);
        this.#left -= piece.length;
        bytes = bytes.subarray(piece.length);
        if (this.#left === 0) this.#state = 'data-end';
        continue;
      }
      const end = bytes.indexOf('\r\n');
      if (end < 0) {
        if (bytes.length > maxLine) throw new Malformed('a line of the chunked coding is too long');
        this.#held = bytes;
        break;
      }
      this.#line(bytes.toString('latin1', 0, end));
      bytes = bytes.subarray(end + 2);
    }
    return pieces;
  }

  #line(text: string): void {
    if (this.#state === 'data-end') {
      if (text !== '') throw new Malformed('a chunk is longer than it says');
      this.#state = 'size';
    } else if (this.#state === 'size') {
      const size = sizeLine.exec(text);
      if (size === null) throw new Malformed('not a chunk size');
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
