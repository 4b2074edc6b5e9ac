import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { Fields } from '../../../src/http/fields.ts';
import { bodyArgs } from '../../../src/dialects/kong/body-args.ts';
import { readToken } from '../../../src/dialects/kong/plugins/jwt-token.ts';
import { seal, sealingKey, unseal } from '../../../src/dialects/kong/plugins/session-cookie.ts';
import { decodeArgs, encodeArgs } from '../../../src/dialects/kong/request-args.ts';
import { decodeBase64 } from '../../../src/dialects/kong/secrets.ts';
import { MessageBody } from '../../../src/engine/message-body.ts';
import type { Exchange } from '../../../src/engine/exchange.ts';

/** As much of an exchange as reading and writing a body needs. */
const exchangeWith = (type: string, body: Buffer | string): Exchange => {
  const headers = new Fields(['Content-Type', type]);
  return { arrived: { headers }, outgoing: { headers: headers.copy() }, body: MessageBody.of(body) } as unknown as Exchange;
};
const name = fc.stringMatching(/^[a-z_-]{1,8}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });

describe('arguments of a query or form', () => {
  it('are what they were when they are written and read again', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, fc.oneof(text, fc.constant(true as const))), { selector: ([key]) => key, maxLength: 8 }), (pairs) => {
        expect(new Map(decodeArgs(encodeArgs(new Map(pairs))))).toEqual(new Map([...pairs].sort(() => 0)));
      }),
    );
  });

  it('of any text are read without harm, a hundred at most', () => {
    fc.assert(fc.property(fc.string(), (any) => decodeArgs(any).size <= 100));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => encodeArgs(new Map([[any, any]])) !== ''));
    expect(encodeArgs(new Map([['a', '\ud800']]))).toBe('a=%EF%BF%BD');
    expect(decodeArgs(Array.from({ length: 200 }, (_, at) => `a${at}`).join('&')).size).toBe(100);
  });

  it('that come more than once are a list', () => {
    expect([...decodeArgs('a=1&b&a=%31+&a&=x&&c=')]).toEqual([
      ['a', ['1', '1 ', true]],
      ['b', true],
      ['c', ''],
    ]);
    expect(
      encodeArgs(
        new Map<string, unknown>([
          ['b', ['x', true]],
          ['a', 1],
          ['c', null],
          ['d', false],
        ]),
      ),
    ).toBe('a=1&b=x&b');
  });
});

describe('arguments of a body', () => {
  const types = ['application/x-www-form-urlencoded', 'application/json', 'multipart/form-data; boundary="xy"', 'Multipart/Form-Data; boundary=xy'];

  it.each(types)('of %s are what they were when they are written and read again', async (type) => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.stringMatching(/^[ -~]{0,12}$/), { minKeys: 1, maxKeys: 5 }), async (values) => {
        const entries = Object.entries(values).filter(([key]) => key !== '__proto__');
        const first = exchangeWith(type, type.startsWith('application/json') ? '{}' : type.includes('urlencoded') ? 'a' : '--xy');
        const body = await bodyArgs(first);
        body?.write(new Map(entries));
        const again = await bodyArgs(exchangeWith(first.outgoing.headers.get('content-type') ?? '', first.body.buffered ?? ''));
        expect(Object.fromEntries(again?.args ?? [])).toEqual(Object.fromEntries(entries));
      }),
      { numRuns: 50, examples: [[{ '--xya': '', a: '--xy' }]] },
    );
  });

  it('keep a boundary that stands in a value apart from it', async () => {
    const first = exchangeWith('multipart/form-data; boundary=xy', '--xy');
    (await bodyArgs(first))?.write(new Map([['a', 'one\n--xy\n--xy-1']]));
    expect(first.outgoing.headers.get('content-type')).toBe('multipart/form-data; boundary=xy-2');
    const again = await bodyArgs(exchangeWith('multipart/form-data; boundary=xy-2', first.body.buffered ?? ''));
    expect(again?.args.get('a')).toBe('one\n--xy\n--xy-1');
  });

  it.each([...types, 'text/plain', ''])('of any bytes as %s are read without harm', async (type) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (bytes) => {
        const body = await bodyArgs(exchangeWith(type, Buffer.from(bytes)));
        expect(body === null || body.args instanceof Map).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('tokens and cookies', () => {
  it('of any text are refused and never throw', () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((one) => Buffer.from(one).toString('base64url')),
    );
    fc.assert(fc.property(fc.array(part, { maxLength: 4 }), (parts) => typeof readToken(parts.join('.')) === 'object'));
    fc.assert(fc.property(fc.string(), (any) => unseal(sealingKey('k'), 'c', any) === undefined));
    fc.assert(fc.property(fc.string(), (any) => decodeBase64(any) !== null));
  });

  it('that are changed in any place are worth nothing', () => {
    const state = { id: 'i', createdAt: 1, rollingOffset: 2, idlingOffset: 3, audiences: {} };
    const sealed = seal(sealingKey('k'), 'c', state);
    expect(unseal(sealingKey('k'), 'c', sealed)).toEqual(state);
    fc.assert(
      fc.property(fc.nat(Buffer.from(sealed, 'base64url').length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(sealed, 'base64url');
        bytes[at] = (bytes[at] as number) ^ change;
        expect(unseal(sealingKey('k'), 'c', bytes.toString('base64url'))).toBeUndefined();
      }),
    );
  });
});
