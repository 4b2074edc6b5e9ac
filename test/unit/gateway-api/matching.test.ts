import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { normalPath } from '../../../src/dialects/gateway-api/matching/normal-path.ts';
import { manifests } from './one-route.ts';

const match = (one: string): string => `rules: [{ matches: [{ ${one} }], backendRefs: [{ name: a, port: 80 }] }]`;

describe('a regular expression is one of RE2 that takes the whole of a value', () => {
  it.each([
    ['path: { type: RegularExpression, value: "/(?i)a[[:digit:]]+" }', '/A12', '/a12/b', {}],
    ['queryParams: [{ type: RegularExpression, name: q, value: "v\\\\d" }]', '/?q=v1', '/?q=xv1', {}],
    ['headers: [{ type: RegularExpression, name: X, value: "a|b" }]', '/', '/', { x: 'a' }],
  ])('%s', async (one, yes, no, headers) => {
    await using gateway = await manifests(match(one));
    const status = async (target: string, fields: Record<string, string>): Promise<number> =>
      (await gateway.fetch(new Request(`http://a.test${target}`, { headers: fields }))).status;
    expect([await status(yes, headers), await status(no, {})]).toEqual([200, 404]);
  });

  it('what RE2 does not know is refused where it stands', async () => {
    const problem = manifests(match('path: { type: RegularExpression, value: "/(?!a).*" }'));
    await expect(problem).rejects.toThrow(/DG1203.*look-around/s);
  });
});

it('a field that is repeated is matched as a list, a parameter by its first value, decoded', async () => {
  await using gateway = await manifests(match('headers: [{ name: X-A, value: "1,2" }], queryParams: [{ name: q, value: "a b" }]'));
  const status = async (rawHeaders: string[], query: string): Promise<number> =>
    (await gateway.fetch({ method: 'GET', target: `/?${query}`, rawHeaders: ['Host', 'a.test', ...rawHeaders] })).status;
  expect(await status(['X-A', '1', 'x-a', '2'], 'q=a%20b&q=c')).toBe(200);
  expect(await status(['X-A', '1'], 'q=a+b')).toBe(404);
  expect(await status(['X-A', '1', 'x-a', '2'], 'q=c&q=a+b')).toBe(404);
});

describe('the path that counts', () => {
  it.each([
    ['/a/../b', '/b'],
    ['/a/%2E%2e/b', '/b'],
    ['/a/.%2e', '/'],
    ['/a//b/./c', '/a/b/c'],
    ['/a\\..\\b', '/b'],
    ['/../../b', '/b'],
    ['/a%2fb/%41', '/a%2fb/%41'],
    ['/a/.b/..c', '/a/.b/..c'],
    ['*', '*'],
  ])('of %s is %s', (path, normal) => expect(normalPath(path)).toBe(normal));

  it('has no dot segments and no empty ones, and stays what it is', () => {
    const path = fc.array(fc.constantFrom('/', '.', '..', '%2e', 'a', '\\', '%2F')).map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(path, (one) => {
        const normal = normalPath(one);
        expect(normal).toMatch(/^\/(?!.*\/\/)(?!.*\/(?:\.|%2e){1,2}(?:\/|$))/i);
        expect(normalPath(normal)).toBe(normal);
      }),
    );
  });

  it('is the one that routes are chosen by and that the backend gets', async () => {
    await using gateway = await manifests(match('path: { value: /public }'));
    const ask = async (target: string): Promise<string> => {
      const { status, text } = await gateway.ask({ method: 'GET', target, rawHeaders: ['Host', 'a.test'] });
      return status === 200 ? text : String(status);
    };
    expect(await ask('/public/../admin')).toBe('404');
    expect(await ask('/x/..//public//a?q=/../')).toBe('GET /public/a?q=/../');
  });
});

it('a route without rules takes everything and has no backend for it', async () => {
  await using gateway = await manifests('hostnames: [a.test]');
  expect((await gateway.fetch('http://a.test/x')).status).toBe(500);
});
