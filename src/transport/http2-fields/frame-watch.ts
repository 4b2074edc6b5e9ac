import { HeaderBlockReader } from './header-block.ts';

const prefaceLength = 24;
const headLength = 9;
const headers = 1;
const continuation = 9;
const endHeaders = 0x4;
const padded = 0x8;
const priority = 0x20;
/** More than nghttp2 takes of one header block. */
const maxBlock = 1 << 20;

/**
 * Looks at the frames that a client sends (RFC 9113 section 4), and names each stream with a field that no field can be: nghttp2 drops
 * such fields without a word, and the request would be served without them (section 8.2.1 asks to refuse it).
 */
export class FrameWatch {
  readonly #malformed: (stream: number) => void;
  readonly #blocks = new HeaderBlockReader();
  readonly #head = Buffer.alloc(headLength);
  #skip = prefaceLength;
  #headFilled = 0;
  #payload: Buffer[] = [];
  #payloadLeft = 0;
  #block: Buffer[] = [];
  #blockLength = 0;
  #broken = false;

  constructor(malformed: (stream: number) => void) {
    this.#malformed = malformed;
  }

  see(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const left = chunk.length - at;
      if (this.#skip > 0) {
        const taken = Math.min(this.#skip, left);
        this.#skip -= taken;
        at += taken;
      } else if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, left);
        this.#payload.push(chunk.subarray(at, at + taken));
        this.#payloadLeft -= taken;
        at += taken;
        if (this.#payloadLeft === 0) this.#frame(Buffer.concat(this.#payload));
      } else {
        const taken = Math.min(headLength - this.#headFilled, left);
        chunk.copy(this.#head, this.#headFilled, at, at + taken);
        this.#headFilled += taken;
        at += taken;
        if (this.#headFilled === headLength) this.#open();
      }
    }
  }

  #open(): void {
    this.#headFilled = 0;
    const length = this.#head.readUIntBE(0, 3);
    const type = this.#head[3] as number;
    if (type !== headers && type !== continuation) this.#skip = length;
    else if (length === 0) this.#frame(Buffer.alloc(0));
    else {
      this.#payload = [];
      this.#payloadLeft = length;
    }
  }

  /** A frame of fields is complete. What cannot be read is refused from there on: nghttp2 ends such a connection by itself. */
  #frame(payload: Buffer): void {
    const flags = this.#head[4] as number;
    let fragment = payload;
    if (this.#head[3] === headers) {
      const pad = (flags & padded) === 0 ? 0 : (payload[0] ?? 0);
      const from = ((flags & padded) === 0 ? 0 : 1) + ((flags & priority) === 0 ? 0 : 5);
      fragment = payload.subarray(from, Math.max(from, payload.length - pad));
      this.#block = [];
      this.#blockLength = 0;
    }
    this.#block.push(fragment);
    this.#blockLength += fragment.length;
    if (this.#blockLength > maxBlock) this.#broken = true;
    if ((flags & endHeaders) === 0 && !this.#broken) return;
    const stream = this.#head.readUInt32BE(5) & 0x7fffffff;
    if (!this.#isGood()) this.#malformed(stream);
    this.#block = [];
  }

  #isGood(): boolean {
    if (this.#broken) return false;
    try {
      return this.#blocks.read(Buffer.concat(this.#block));
    } catch {
      this.#broken = true;
      return false;
    }
  }
}
