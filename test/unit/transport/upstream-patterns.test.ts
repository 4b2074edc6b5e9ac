import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';
import { fillPort, UpstreamPatterns } from '../../../src/transport/upstream-patterns.ts';

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

describe('{port} of a URL', () => {
  it('is the port of production', () => {
    expect(fillPort('http://localhost:{port}', names, '')).toBe('http://localhost:8080');
    expect(fillPort('http://localhost:{port}', ['orders'], 'http://orders:3000')).toBe('http://localhost:3000');
    expect(fillPort('http://localhost:{port}', ['orders'], 'https://orders')).toBe('http://localhost:443');
    expect(fillPort('http://localhost:1', names, 'http://x')).toBe('http://localhost:1');
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
