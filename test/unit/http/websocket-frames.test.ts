import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { FrameReader, type Frame } from '../../../src/http/websocket-frames.ts';

interface Shape {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly mask?: Buffer;
}
/** A frame as a peer writes it. */
function frame({ opcode, payload = '', fin = true, rsv = 0, mask }: Shape): Buffer {
  const data = Buffer.from(payload);
  const length = data.length < 126 ? [data.length] : data.length < 65_536 ? [126, 0, 0] : [127, 0, 0, 0, 0, 0, 0, 0, 0];
  const head = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode, ...length]);
  if (head.length === 4) head.writeUInt16BE(data.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(data.length), 2);
  if (mask === undefined) return Buffer.concat([head, data]);
  head[1]! |= 0x80;
  return Buffer.concat([head, mask, data.map((byte, at) => byte ^ (mask[at % 4] as number))]);
}
function read(chunks: readonly Buffer[], room: (bytes: number) => number = (bytes) => bytes): Frame[] {
  const found: Frame[] = [];
  const reader = new FrameReader((one) => void found.push(one), room);
  for (const chunk of chunks) reader.push(chunk);
  return found;
}
const told = (frames: readonly Frame[]): string[] => frames.map(({ kind, data }) => `${kind} ${data.toString()}`);
const mask = Buffer.from([1, 2, 3, 255]);

describe('frames of a WebSocket', () => {
  it('are read whatever pieces they come in', () => {
    const payload = fc.oneof(fc.uint8Array({ maxLength: 130 }), fc.constantFrom(new Uint8Array(126), new Uint8Array(65_535), new Uint8Array(65_536)));
    const some = fc.array(fc.record({ binary: fc.boolean(), payload, masked: fc.boolean() }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(some, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (shapes, cuts) => {
        const wire = Buffer.concat(
          shapes.map((one) => frame({ opcode: one.binary ? 2 : 1, payload: Buffer.from(one.payload), ...(one.masked ? { mask } : {}) })),
        );
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < wire.length; turn += 1) {
          const end = wire.length > 2_000 && turn > 50 ? wire.length : at + (cuts[turn % cuts.length] as number);
          chunks.push(wire.subarray(at, end));
          at = end;
        }
        const found = read(chunks);
        expect(found.map(({ kind }) => kind)).toEqual(shapes.map(({ binary }) => (binary ? 'binary' : 'text')));
        found.forEach(({ data, size }, at) => {
          const sent = Buffer.from(shapes[at]!.payload);
          expect([data.equals(sent), size]).toEqual([true, sent.length]);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('that are fragments are one message, and control frames stand between them', () => {
    const wire = [
      frame({ opcode: 1, payload: 'he', fin: false }),
      frame({ opcode: 9, payload: 'ping', mask }),
      frame({ opcode: 0, payload: 'll', fin: false, mask }),
      frame({ opcode: 0, payload: 'o' }),
      frame({ opcode: 8, payload: Buffer.from([3, 232]) }),
    ];
    expect(told(read(wire)).slice(0, 2)).toEqual(['ping ping', 'text hello']);
    expect(read(wire)[2]).toMatchObject({ kind: 'close', data: Buffer.from([3, 232]) });
  });

  it('that are compressed are said to be, and kept as they passed', () => {
    expect(read([frame({ opcode: 1, payload: 'xyz', rsv: 4 })])).toEqual([{ kind: 'text', data: Buffer.from('xyz'), size: 3, compressed: true }]);
  });

  it('are kept as far as there is room', () => {
    const [one] = read([frame({ opcode: 2, payload: 'abcdef', mask })], () => 2);
    expect(one).toMatchObject({ data: Buffer.from('ab'), size: 6 });
  });

  it.each([
    ['of no known kind', frame({ opcode: 3 })],
    ['with a bit that nobody has agreed', frame({ opcode: 1, rsv: 1 })],
    ['that go on with nothing', frame({ opcode: 0, payload: 'x' })],
    ['that begin within a message', Buffer.concat([frame({ opcode: 1, fin: false }), frame({ opcode: 2 })])],
    ['of control that are fragments', frame({ opcode: 9, fin: false })],
    ['of control that are long', frame({ opcode: 9, payload: 'x'.repeat(126) })],
    ['longer than can be counted', Buffer.from([0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255, 1])],
  ])('%s end the reading, and no more', (_, wire) => {
    expect(told(read([frame({ opcode: 1, payload: 'before' }), wire, frame({ opcode: 1, payload: 'after' })]))).toEqual(['text before']);
  });

  it('are never more than any bytes allow', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => void read(chunks.map((one) => Buffer.from(one)))));
  });
});
