/** The wire format of Protocol Buffers: tags, varints and fixed numbers. */
export class WireWriter {
  readonly #parts: Buffer[] = [];

  varint(value: bigint): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    do {
      const low = Number(rest & 127n);
      rest >>= 7n;
      bytes.push(rest === 0n ? low : low | 128);
    } while (rest !== 0n);
    this.#parts.push(Buffer.from(bytes));
  }
  tag(number: number, wire: number): void {
    this.varint(BigInt(number * 8 + wire));
  }
  bytes(bytes: Buffer): void {
    this.varint(BigInt(bytes.length));
    this.#parts.push(bytes);
  }
  raw(bytes: Buffer): void {
    this.#parts.push(bytes);
  }
  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** @throws RangeError where the bytes end too early */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) break;
      this.#at += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a number is not complete');
  }
  take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length) throw new RangeError('a message is not complete');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  bytes(): Buffer {
    return this.take(Number(this.varint()));
  }
  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.take(8);
    else if (wire === 2) this.bytes();
    else if (wire === 5) this.take(4);
    else throw new RangeError(`there is no wire type ${wire}`);
  }
}

/** A field of a message; a number is a varint, a Buffer may be a message. What has its default value is not written (proto3). */
export function fieldOf(number: number, value: string | Buffer | number): Buffer {
  if (value === 0 || (typeof value !== 'number' && value.length === 0)) return Buffer.alloc(0);
  const to = new WireWriter();
  to.tag(number, typeof value === 'number' ? 0 : 2);
  if (typeof value === 'number') to.varint(BigInt(value));
  else to.bytes(typeof value === 'string' ? Buffer.from(value) : value);
  return to.finish();
}

/** The fields of a message as they come: varints, and texts or messages. Fixed numbers are left out. @throws RangeError where it is broken */
export function* fieldsIn(bytes: Buffer): Generator<{ readonly number: number; readonly value: bigint | Buffer }> {
  const from = new WireReader(bytes);
  while (!from.done) {
    const tag = Number(from.varint());
    const wire = tag % 8;
    if (tag < 8) throw new RangeError('there is no field 0');
    if (wire === 0 || wire === 2) yield { number: Math.floor(tag / 8), value: wire === 0 ? from.varint() : from.bytes() };
    else from.skip(wire);
  }
}
