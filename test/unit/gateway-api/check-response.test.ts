import { fc } from '../../properties.ts';
import { expect, it } from 'vitest';
import { readCheckResponse } from '../../../src/dialects/gateway-api/filters/external-auth/check-response.ts';
import { denies, option, passes } from './auth-server.ts';

const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/);
const value = fc.stringMatching(/^[ -~]{0,20}$/);
const field = fc.record({ name, value, append: fc.option(fc.boolean(), { nil: undefined }), action: fc.nat({ max: 3 }) });
type Field = typeof field extends fc.Arbitrary<infer T> ? T : never;
const written = (fields: readonly Field[]): Buffer[] =>
  fields.map(({ append, action, ...one }) => option(one.name, one.value, { action, ...(append === undefined ? {} : { append }) }));
const read = (fields: readonly Field[]) =>
  fields.map(({ append, action, ...one }) => ({
    ...one,
    how: append === undefined ? ['unsaid', 'add-if-absent', 'overwrite', 'overwrite-if-there'][action] : append ? 'append' : 'overwrite',
  }));

it('what a server says comes back', () => {
  fc.assert(
    fc.property(
      fc.array(field),
      fc.array(name),
      fc.array(field),
      fc.integer({ min: 200, max: 599 }),
      value,
      (headers, remove, told, status, body) => {
        expect(readCheckResponse(passes({ headers: written(headers), remove, told: written(told), set: { a: '1' }, drop: remove }))).toEqual({
          passes: true,
          headers: read(headers),
          remove,
          responseHeaders: read(told),
          setParameters: [['a', '1']],
          removeParameters: remove,
        });
        expect(readCheckResponse(denies(status, written(headers), body))).toEqual({
          passes: false,
          status,
          headers: read(headers),
          body: Buffer.from(body),
        });
      },
    ),
  );
});

it('whatever comes is read, or is called broken', () => {
  const near = fc.tuple(
    fc.constantFrom(passes({ headers: [option('a', 'b', { append: true })], set: { a: 'b' } }), denies(401, [option('a', 'b')], 'no')),
    fc.nat(),
    fc.nat({ max: 255 }),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((one) => Buffer.from(one)),
    near.map(([good, at, byte]) => Buffer.concat([good.subarray(0, at % good.length), Buffer.from([byte]), good.subarray((at % good.length) + 1)])),
  );
  fc.assert(
    fc.property(bytes, (message) => {
      try {
        expect([true, false]).toContain(readCheckResponse(message).passes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 2_000 },
  );
});
