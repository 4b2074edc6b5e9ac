import { fc } from '../../properties.ts';
import { expect, it } from 'vitest';
import { frame, unframe } from '../../../src/http/grpc-frames.ts';

it('frames come back, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), fc.nat(), (parts, cut) => {
      const all = Buffer.concat(parts.map((part) => frame(0, Buffer.from(part))));
      const first = unframe(all.subarray(0, cut % (all.length + 1)));
      const second = unframe(Buffer.concat([first.rest, all.subarray(cut % (all.length + 1))]));
      expect([...first.messages, ...second.messages].map((one) => one.toString('hex'))).toEqual(
        parts.map((part) => Buffer.from(part).toString('hex')),
      );
      expect(second.rest.length).toBe(0);
    }),
  );
});
