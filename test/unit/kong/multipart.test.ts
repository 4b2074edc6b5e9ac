import { fc } from '../../properties.ts';
import { expect, it } from 'vitest';
import { Multipart } from '../../../src/dialects/kong/multipart.ts';

it.each([
  ['multipart/form-data; boundary=B', '--B\nContent-Disposition: form-data; filename="x"; name="a"\nContent-Type: text/plain\n\nv\n--B--\n', 'v'],
  ["multipart/form-data;boundary='B'", 'preamble\r\n--B\r\ncontent-disposition: form-data; NAME="a"\r\n\r\n\r\n--B--\r\n', ''],
  ['multipart/form-data; boundary=B', '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut off', 'cut off'],
  ['multipart/form-data; boundary=B', '--B\r\n\r\nno name\r\n--B--\r\n', undefined],
  ['multipart/form-data', '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n--B--\r\n', undefined],
  ['multipart/form-data; boundary=B', '', undefined],
])('%s %j: a is %j', (type, body, value) => {
  expect(new Multipart(body, type).get('a')).toBe(value);
});

it('reads what it wrote, and never fails', () => {
  const value = fc.string({ unit: 'binary-ascii' }).filter((text) => !text.includes('--B') && !/[\r\n]$/.test(text));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.stringMatching(/^\w+$/), value), { selector: ([name]) => name }), fc.string(), (parts, other) => {
      const written = new Multipart('', 'multipart/form-data; boundary=B');
      for (const [name, text] of parts) written.setSimple(name, text);
      const read = new Multipart(written.toString(), 'multipart/form-data; boundary=B');
      for (const [name, text] of parts) expect(read.get(name)).toBe(text);
      expect(() => new Multipart(`--B${other}`, 'multipart/form-data; boundary=B').toString()).not.toThrow();
    }),
  );
});
