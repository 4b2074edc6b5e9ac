import type { WireReader, WireWriter } from '../../../http/protobuf-wire.ts';

/** How a scalar type looks in JSON and on the wire. */
export interface Scalar {
  readonly wire: 0 | 1 | 2 | 5;
  readonly usual: unknown;
  /** @throws TypeError where the value is none of this type */
  write(to: WireWriter, value: unknown): void;
  read(from: WireReader): unknown;
}

/** Numbers may be written as texts, as Lua takes them. */
function numeric(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) throw new TypeError('expected a number');
  return number;
}
function whole(value: unknown): bigint {
  if (typeof value === 'string' && /^[+-]?\d{1,40}$/.test(value)) return BigInt(value);
  const number = numeric(value);
  if (!Number.isInteger(number)) throw new TypeError('expected a whole number');
  return BigInt(number);
}

const varint = (usual: unknown, encode: (value: unknown) => bigint, decode: (value: bigint) => unknown): Scalar => ({
  wire: 0,
  usual,
  write: (to, value) => to.varint(encode(value)),
  read: (from) => decode(from.varint()),
});
const fixed = (bytes: 4 | 8, put: (buffer: Buffer, value: unknown) => void, get: (buffer: Buffer) => number): Scalar => ({
  wire: bytes === 4 ? 5 : 1,
  usual: 0,
  write(to, value) {
    const buffer = Buffer.alloc(bytes);
    put(buffer, value);
    to.raw(buffer);
  },
  read: (from) => get(from.take(bytes)),
});
const zigzag = (bits: number): Scalar =>
  varint(
    0,
    (value) => {
      const number = BigInt.asIntN(bits, whole(value));
      return (number << 1n) ^ (number < 0n ? -1n : 0n);
    },
    (value) => Number((value >> 1n) ^ -(value & 1n)),
  );
const text = (from: (bytes: Buffer) => string): Scalar => ({
  wire: 2,
  usual: '',
  write(to, value) {
    if (typeof value !== 'string') throw new TypeError('expected a text');
    to.bytes(Buffer.from(value));
  },
  read: (reader) => from(reader.bytes()),
});

export const scalars: Readonly<Record<string, Scalar>> = {
  double: fixed(
    8,
    (buffer, value) => buffer.writeDoubleLE(numeric(value)),
    (buffer) => buffer.readDoubleLE(),
  ),
  float: fixed(
    4,
    (buffer, value) => buffer.writeFloatLE(numeric(value)),
    (buffer) => buffer.readFloatLE(),
  ),
  int32: varint(
    0,
    (value) => BigInt.asIntN(32, whole(value)),
    (value) => Number(BigInt.asIntN(32, value)),
  ),
  int64: varint(0, whole, (value) => Number(BigInt.asIntN(64, value))),
  uint32: varint(
    0,
    (value) => BigInt.asUintN(32, whole(value)),
    (value) => Number(BigInt.asUintN(32, value)),
  ),
  uint64: varint(0, whole, Number),
  sint32: zigzag(32),
  sint64: zigzag(64),
  fixed32: fixed(
    4,
    (buffer, value) => buffer.writeUInt32LE(Number(BigInt.asUintN(32, whole(value)))),
    (buffer) => buffer.readUInt32LE(),
  ),
  fixed64: fixed(
    8,
    (buffer, value) => buffer.writeBigUInt64LE(BigInt.asUintN(64, whole(value))),
    (buffer) => Number(buffer.readBigUInt64LE()),
  ),
  sfixed32: fixed(
    4,
    (buffer, value) => buffer.writeInt32LE(Number(BigInt.asIntN(32, whole(value)))),
    (buffer) => buffer.readInt32LE(),
  ),
  sfixed64: fixed(
    8,
    (buffer, value) => buffer.writeBigInt64LE(BigInt.asIntN(64, whole(value))),
    (buffer) => Number(buffer.readBigInt64LE()),
  ),
  bool: varint(
    false,
    (value) => {
      if (typeof value !== 'boolean') throw new TypeError('expected true or false');
      return value ? 1n : 0n;
    },
    (value) => value !== 0n,
  ),
  string: text((bytes) => bytes.toString('utf8')),
  bytes: text((bytes) => bytes.toString('latin1')),
};
