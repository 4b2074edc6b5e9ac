import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

type Backend = (request: Request) => Response | Promise<Response>;

/** A gateway with one rule. `rule`: its members, in YAML's flow style. */
async function start(rule: string, backends: Readonly<Record<string, Backend>>): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-backends-'));
  folders.push(folder);
  const file = path.join(folder, 'route.yaml');
  const metadata = 'metadata: { name: r, namespace: shop }';
  writeFileSync(
    file,
    `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n${metadata}\nspec: { parentRefs: [{ name: public }], rules: [{ ${rule} }] }\n`,
  );
  const upstreams = Object.fromEntries(Object.entries(backends).map(([name, one]) => [`shop/${name}:80`, one]));
  return createGateway({ config: file, upstreams, port: 0, watch: false, logLevel: 'silent' });
}
const to = (...refs: string[]): string => `backendRefs: [${refs.map((ref) => `{ ${ref}, port: 80 }`).join(', ')}]`;
const says =
  (text: string, status = 200): Backend =>
  () =>
    new Response(text, { status });
const texts = async (gateway: Gateway, times: number): Promise<string[]> => {
  const found: string[] = [];
  for (let at = 0; at < times; at += 1) {
    const answer = await gateway.fetch('/');
    found.push(answer.status === 200 ? await answer.text() : String(answer.status));
  }
  return found;
};

describe('weights', () => {
  it('are exact proportions; weight 0 gets nothing, and what leads nowhere answers 500 in its share', async () => {
    const rule = to('name: a, weight: 3', 'name: b', 'name: none, weight: 0', 'kind: Bucket, name: c');
    await using gateway = await start(rule, { a: says('a'), b: says('b') });
    const got = await texts(gateway, 50);
    expect(['a', 'b', '500'].map((one) => got.filter((each) => each === one).length)).toEqual([30, 10, 10]);
  });
  it('of nobody is nobody: 500', async () => {
    await using gateway = await start(to('name: a, weight: 0'), { a: says('a') });
    expect(await texts(gateway, 1)).toEqual(['500']);
  });
});

describe('tries', () => {
  const failing = (times: number, status: number): Backend => {
    let left = times;
    return () => ((left -= 1) >= 0 ? new Response('', { status }) : new Response('a'));
  };
  it.each([
    [2, 503, 'a'],
    [3, 503, '503'],
    [1, 500, '500'],
  ])('%i answers of %i come to %s where 503 is tried twice again', async (times, status, result) => {
    await using gateway = await start(`${to('name: a')}, retry: { attempts: 2, codes: [503] }`, { a: failing(times, status) });
    expect(await texts(gateway, 1)).toEqual([result]);
  });

  it('and requests end after their time, on the clock of the gateway', async () => {
    let tell = (): void => {};
    const asked = new Promise<void>((resolve) => {
      tell = resolve;
    });
    await using gateway = await start(`${to('name: a')}, timeouts: { request: 2s }`, {
      a: () => (tell(), new Promise<Response>(() => {})),
    });
    gateway.clock.freeze();
    const answer = gateway.fetch('/');
    await asked;
    await gateway.clock.advance(2_000);
    expect((await answer).status).toBe(504);
  });
});

describe('filters', () => {
  const filter = (type: string, rest: string): string => `filters: [{ type: ${type}, ${rest} }]`;

  it('of one backend hold for it alone', async () => {
    const rename = filter('RequestHeaderModifier', 'requestHeaderModifier: { set: [{ name: x-who, value: b }] }');
    const echo: Backend = (request) => new Response(request.headers.get('x-who') ?? '-');
    await using gateway = await start(`backendRefs: [{ name: a, port: 80 }, { name: b, port: 80, ${rename} }]`, { a: echo, b: echo });
    expect((await texts(gateway, 4)).sort()).toEqual(['-', '-', 'b', 'b']);
  });

  it('that nobody knows are not passed over: 500', async () => {
    await using gateway = await start(`${filter('ExtensionRef', 'extensionRef: { group: x.io, kind: X, name: y }')}, ${to('name: a')}`, {
      a: says('a'),
    });
    expect(await texts(gateway, 1)).toEqual(['500']);
    expect(gateway.diagnostics.map(({ code }) => code)).toContain('DG1208');
  });

  it.each([
    ['', 4],
    ['percent: 50, ', 2],
    ['fraction: { numerator: 1, denominator: 4 }, ', 1],
    ['percent: 0, ', 0],
  ])("a mirror with %j gets its share of four requests, and its answers are nobody's", async (share, count) => {
    let copies = 0;
    const mirror = filter('RequestMirror', `requestMirror: { ${share}backendRef: { name: b, port: 80 } }`);
    await using gateway = await start(`${mirror}, ${to('name: a')}`, { a: says('a'), b: () => ((copies += 1), new Response('', { status: 500 })) });
    expect(await texts(gateway, 4)).toEqual(['a', 'a', 'a', 'a']);
    await expect.poll(() => copies).toBe(count);
  });

  describe('CORS', () => {
    const cors = filter('CORS', `cors: { allowOrigins: ['https://shop.test', 'https://*.shop.test'], allowMethods: [GET], allowCredentials: true }`);
    const ask = (gateway: Gateway, origin: string, method = 'OPTIONS'): Promise<Response> =>
      gateway.fetch(new Request('http://api.test/', { method, headers: { origin, 'access-control-request-method': 'GET' } }));

    it('answers preflight requests itself, and allows who is listed', async () => {
      await using gateway = await start(`${cors}, ${to('name: a')}`, { a: says('a') });
      const fields = async (origin: string): Promise<(string | null)[]> => {
        const { headers } = await ask(gateway, origin);
        return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-methods')];
      };
      expect(await fields('https://shop.test')).toEqual(['https://shop.test', 'GET']);
      expect(await fields('https://a.b.shop.test')).toEqual(['https://a.b.shop.test', 'GET']);
      expect(await fields('https://evil.test')).toEqual([null, null]);
      expect(await fields('https://shop.test.evil.test')).toEqual([null, null]);
    });
    it('takes the place of what a backend says', async () => {
      const backend: Backend = () => new Response('a', { headers: { 'access-control-allow-origin': '*' } });
      await using gateway = await start(`${cors}, ${to('name: a')}`, { a: backend });
      const { headers } = await ask(gateway, 'https://shop.test', 'GET');
      expect([headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]).toEqual(['https://shop.test', 'true']);
      expect((await ask(gateway, 'https://evil.test', 'GET')).headers.get('access-control-allow-origin')).toBe(null);
    });
  });
});
