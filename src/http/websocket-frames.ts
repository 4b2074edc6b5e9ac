const kinds = { 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' } as const;
export type FrameKind = (typeof kinds)[keyof typeof kinds];

/** A message, whole however it was fragmented, or a control frame. */
export interface Frame {
  readonly kind: FrameKind;
  /** Unmasked; less than `size` where there was no room for more. */
  readonly data: Buffer;
  /** Bytes of the payload as they passed. */
  readonly size: number;
  /** The payload is compressed as the two sides have agreed, and stands here as it passed. */
  readonly compressed: boolean;
}

interface Growing {
  readonly kind: FrameKind;
  readonly compressed: boolean;
  readonly pieces: Buffer[];
  size: number;
}

const inHead = -1;

/**
 * Reads the frames of one direction of a WebSocket (RFC 6455, section 5.2) from bytes as they pass. What is no frame ends it: the two sides
 * will say so to each other.
 */
export class FrameReader {
  readonly #found: (frame: Frame) => void;
  readonly #room: (bytes: number) => number;
  readonly #head = Buffer.alloc(14);
  #have = 0;
  #need = 2;
  /** Bytes of the payload that are to come. */
  #left = inHead;
  #at = 0;
  #final = false;
  #masked = false;
  #message: Growing | null = null;
  #control: Growing | null = null;
  #broken = false;

  /** `room`: how many of so many bytes may be kept. */
  constructor(found: (frame: Frame) => void, room: (bytes: number) => number) {
    this.#found = found;
    this.#room = room;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && !this.#broken;) {
      if (this.#left === inHead) this.#readHead(chunk[at++] as number);
      else at += this.#readPayload(chunk.subarray(at, at + this.#left));
    }
  }

  #readHead(byte: number): void {
    this.#head[this.#have++] = byte;
    if (this.#have === 2) {
      const length = byte & 0x7f;
      this.#masked = byte >= 0x80;
      this.#need = 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (this.#masked ? 4 : 0);
    }
    if (this.#have === this.#need) this.#begin();
  }

  #begin(): void {
    const [first, second] = this.#head as unknown as [number, number];
    const short = second & 0x7f;
    const length = short === 126 ? this.#head.readUInt16BE(2) : short === 127 ? Number(this.#head.readBigUInt64BE(2)) : short;
    const opcode = first & 0x0f;
    this.#final = first >= 0x80;
    const isControl = opcode >= 8;
    const kind = kinds[opcode as keyof typeof kinds];
    // Fragments of a message follow one another; control frames may stand between them, and are whole and short.
    const fits = isControl ? this.#final && short < 126 : (opcode === 0) === (this.#message !== null);
    if ((first & 0x30) !== 0 || (kind === undefined && opcode !== 0) || !fits || !Number.isSafeInteger(length)) return void (this.#broken = true);
    if (kind !== undefined) {
      const growing: Growing = { kind, compressed: (first & 0x40) !== 0, pieces: [], size: 0 };
      if (isControl) this.#control = growing;
      else this.#message = growing;
    }
    this.#left = length;
    this.#at = 0;
    if (length === 0) this.#end();
  }

  #readPayload(piece: Buffer): number {
    const growing = (this.#control ?? this.#message) as Growing;
    const kept = Buffer.from(piece.subarray(0, this.#room(piece.length)));
    if (this.#masked) for (let at = 0; at < kept.length; at += 1) kept[at]! ^= this.#head[this.#need - 4 + ((this.#at + at) & 3)] as number;
    if (kept.length > 0) growing.pieces.push(kept);
    growing.size += piece.length;
    this.#at += piece.length;
    this.#left -= piece.length;
    if (this.#left === 0) this.#end();
    return piece.length;
  }

  #end(): void {
    const over = this.#control ?? (this.#final ? this.#message : null);
    if (this.#control !== null) this.#control = null;
    else if (this.#final) this.#message = null;
    this.#have = 0;
    this.#need = 2;
    this.#left = inHead;
    if (over !== null) this.#found({ kind: over.kind, data: Buffer.concat(over.pieces), size: over.size, compressed: over.compressed });
  }
}
