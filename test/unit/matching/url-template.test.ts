import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { fillTemplate, problemOfTemplate } from '../../../src/matching/url-template.ts';

const names = ['shop/orders:8080', 'shop/orders', 'orders.shop:8080'];

describe('the placeholders of a URL', () => {
  it.each([
    ['http://localhost:{port}', names, '', 'http://localhost:8080'],
    ['http://localhost:{port}', ['orders'], 'http://orders:3000', 'http://localhost:3000'],
    ['http://localhost:{port}', ['orders'], 'https://orders', 'http://localhost:443'],
    ['http://{service}.{namespace}.localhost:{port}', names, '', 'http://orders.shop.localhost:8080'],
    ['http://{service}', ['orders.shop:80', 'shop/orders'], '', 'http://orders'],
    ['http://localhost:1', names, 'http://x', 'http://localhost:1'],
  ])('%s are filled', (url, of, production, expected) => {
    expect(fillTemplate(url, of, production)).toBe(expected);
  });

  it.each([
    ['*/*', 'http://localhost:{prt}', '{prt} is no placeholder'],
    ['*/*', 'http://localhost:{}', '{} is no placeholder'],
    ['a', 'http://{service}', '{service} cannot be filled'],
    ['*', 'http://{namespace}', '{namespace} cannot be filled'],
    ['a/b/c', 'http://{namespace}', '{namespace} cannot be filled'],
    ['*/*', 'http://localhost:{port', 'is no URL'],
    ['*/*', 'http://localhost:99999', 'is no URL'],
    ['*/*', 'http://[x', 'is no URL'],
    ['*/*', 'localhost:3000', 'is no URL'],
  ])('%s=%s is refused', (name, url, problem) => {
    expect(problemOfTemplate(name, url)).toContain(problem);
  });

  it.each([
    ['*', 'http://localhost:{port}'],
    ['*/*', 'http://{service}.{namespace}.localhost:{port}'],
    ['shop/*:*', 'tcp://{service}:{port}'],
    ['*', 'redis://localhost:6379'],
    ['*', 'echo:'],
    ['a', 'unix:/run/a.sock'],
    ['a', 'http://[::1]:80/x'],
  ])('%s=%s is taken', (name, url) => {
    expect(problemOfTemplate(name, url)).toBeUndefined();
  });

  it('are all filled where the URL was taken, for whatever the name stands for', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const piece = fc.constantFrom('{port}', '{service}', '{namespace}', '.', 'x', '{', '}', '{a}', ':');
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 65_535 }), fc.array(piece), fc.constantFrom('*/*', '*', 'x'), (a, b, port, pieces, name) => {
        const url = `http://${pieces.join('')}`;
        if (problemOfTemplate(name, url) === undefined) expect(fillTemplate(url, [`${a}/${b}:${port}`], '')).not.toMatch(/^[^/]*\/\/[^/]*[{}]/);
      }),
    );
  });
});
