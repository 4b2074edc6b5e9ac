import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';
import { UpstreamPatterns } from '../../../src/transport/upstream-patterns.ts';

const names = ['shop/orders:8080', 'shop/orders', 'orders.shop:8080'];

describe('patterns of upstreams', () => {
  it.each(['*/*', 'shop/*', '*/orders', '*/orders:*', '*:8080', 'shop/*:80*', '*.shop:*', '**/*'])('%s is met', (pattern) => {
    expect(new UpstreamPatterns([[pattern, 1]]).find(names)).toBe(1);
  });
  it.each(['*', 'shop/orders', 'cart/*', '*/order', '*/orders:80', '*/*/*', 'shop.*', '(*)', '*orders'])('%s is not', (pattern) => {
    expect(new UpstreamPatterns([[pattern, 1]]).find(names)).toBeUndefined();
  });
  it('give way to more specific ones, in whatever order they stand', () => {
    const all = ['*/*', 'shop/*', '*/orders:8080'].map((one) => [one, one] as const);
    expect(new UpstreamPatterns(all).find(names)).toBe('*/orders:8080');
    expect(new UpstreamPatterns(all.toReversed()).find(names)).toBe('*/orders:8080');
  });
  it('take what a regular expression would take', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '.', '/', ':', '('), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), text, (parts, name) => {
        const quoted = parts.map((part) => part.replaceAll(/[.(]/g, String.raw`\$&`));
        fc.pre(parts.some((part) => part !== ''));
        expect(new UpstreamPatterns([[parts.join('*'), true]]).find([name]) ?? false).toBe(new RegExp(`^${quoted.join('[^/:]*')}$`).test(name));
      }),
      { numRuns: 2_000 },
    );
  });
  it('take no time over what they do not match', () => {
    const startedAt = performance.now();
    expect(new UpstreamPatterns([[`${'*a'.repeat(50)}*b`, 1]]).find([`${'a'.repeat(5_000)}c`])).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

it('an upstream is mapped by its name, else by a pattern, else by *', async () => {
  const routes = ['one/a:81', 'one/b:82', 'two/a:83', 'other'].map((upstream, at) => ({ match: { path: `/${at}` }, upstream }));
  const says = (text: string) => () => new Response(text);
  await using gateway = await createGateway({
    config: { routes },
    dialect: 'native',
    upstreams: { 'one/a:81': says('name'), 'one/*:*': says('one'), '*/*:*': says('any'), '*': says('rest') },
  });
  const said = await Promise.all(routes.map(async (_, at) => (await gateway.fetch(`/${at}`)).text()));
  expect(said).toEqual(['name', 'one', 'any', 'rest']);
});

describe('a target that cannot be', () => {
  it.each(['localhost:3000', 'http://localhost:{prt}', 'http://{service}', 'http://[x'])('is refused at the start: %s', async (url) => {
    const starting = createGateway({
      config: { routes: [{ match: { path: '/' }, upstream: 'a:80' }] },
      dialect: 'native',
      upstreams: { 'a:80': url },
    });
    await expect(starting).rejects.toThrow(TypeError);
    const configured = createGateway({
      config: { routes: [{ match: { path: '/' }, upstream: 'a:80' }], upstreams: { 'a:80': url } },
      dialect: 'native',
    });
    await expect(configured).rejects.toMatchObject({ diagnostics: [{ code: 'DG1203', message: expect.stringContaining(url) as string }] });
  });
});

it('one URL stands for all that a pattern means, by the parts of their names', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.host ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const routes = [`shop/127.0.0.1:${port}`].map((upstream, at) => ({ match: { path: `/${at}` }, upstream }));
  await using gateway = await createGateway({
    config: { routes },
    dialect: 'native',
    upstreams: { 'shop/*:*': 'http://{service}:{port}' },
  });
  expect((await gateway.fetch('/0')).status).toBe(200);
  expect(asked).toHaveLength(1);
  server.close();
});
