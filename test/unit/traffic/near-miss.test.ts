import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { Asker } from '../../../src/traffic/tape/asked.ts';
import { nearest } from '../../../src/traffic/tape/near-miss.ts';
import type { TapedRequest } from '../../../src/traffic/tape/taped.ts';

const asker = new Asker({}, () => false);
const request = (method: string, target: string, body: unknown): TapedRequest => ({
  method,
  target,
  rawHeaders: ['Content-Type', 'application/json'],
  body: Buffer.from(JSON.stringify(body)),
  coded: false,
});
/** Requests of one service, no two of them the same. */
const taped = Array.from({ length: 40 }, (_, at) =>
  request(['GET', 'POST', 'PUT', 'DELETE'][at % 4] as string, `/${['orders', 'users', 'rates'][at % 3]}/${at}?page=${at}&sort=up`, {
    id: at,
    name: `name ${at}`,
    lines: [{ sku: `sku-${at}` }, { sku: 'b' }],
  }),
);
const asked = taped.map((one) => asker.read(one));

describe('what comes nearest', () => {
  it('is the request that one change was made to, and the change is named', () => {
    const change = fc.constantFrom('method', 'path', 'query', 'body' as const);
    fc.assert(
      fc.property(fc.nat(taped.length - 1), change, fc.string({ minLength: 1 }), (at, what, noise) => {
        const { method, target } = taped[at] as TapedRequest;
        const added = encodeURIComponent(noise.replaceAll(/[\ud800-\udfff]/gu, ''));
        const body = JSON.parse((taped[at] as TapedRequest).body.toString()) as Record<string, unknown>;
        const changed =
          what === 'method'
            ? request('PATCH', target, body)
            : what === 'path'
              ? request(method, target.replace(/\?/, `x${added}?`), body)
              : what === 'query'
                ? request(method, `${target}x${added}`, body)
                : request(method, target, { ...body, name: `not ${noise}` });
        const [first] = nearest(asker.read(changed), asked);
        const names = { method: '', path: '', query: 'sort', body: '/name' };
        expect(first?.differences.map((one) => [one.what, one.name])).toEqual([[what, names[what]]]);
        expect(first?.request.split('?')[0]).toBe(`${method} ${target.split('?')[0]}`);
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not take a secret for a difference', () => {
    const one = asker.read(request('POST', '/login?api_key=a', { user: 'ann', password: 'old' }));
    expect(asker.read(request('POST', '/login?api_key=b', { password: 'new', user: 'ann' })).key).toBe(one.key);
    expect(asker.read(request('POST', '/login?api_key=b', { password: 'new', user: 'bob' })).key).not.toBe(one.key);
  });

  it('compares deep, odd and broken bodies without harm', () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    for (const text of [deep, '{', '[1', '\u{0}\u{ff}', '{"__proto__":{"a":1}}']) {
      const read = asker.read({ ...request('POST', '/', null), body: Buffer.from(text) });
      expect(asker.read({ ...request('POST', '/', null), body: Buffer.from(text) }).key).toBe(read.key);
    }
  });
});
