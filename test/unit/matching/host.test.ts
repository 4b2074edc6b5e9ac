import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { hostOf, HostTable, isAuthority } from '../../../src/matching/host.ts';

describe('hosts', () => {
  it('offers the exact host, then the longest suffix, then every host', () => {
    const table = new HostTable<string>();
    for (const pattern of ['', '*.example.com', '*.eu.example.com', 'shop.eu.example.com']) table.at(pattern, () => pattern);
    const offered = (host: string): string[] => {
      const seen: string[] = [];
      table.find(host, (value) => void seen.push(value));
      return seen;
    };
    expect(offered('shop.eu.example.com')).toEqual(['shop.eu.example.com', '*.eu.example.com', '*.example.com', '']);
    expect(offered('example.com')).toEqual(['']);
    expect(offered('badexample.com')).toEqual(['']);
  });

  it('offers what asking one pattern after the other would find, the longest first', () => {
    const host = fc.array(fc.constantFrom('a', 'b', '.', '.'), { maxLength: 7 }).map((parts) => parts.join(''));
    const pattern = fc.oneof(
      host,
      host.map((one) => `*.${one}`),
    );
    const covers = (one: string, name: string): boolean =>
      one === '' || one === name || (one.startsWith('*.') && name.endsWith(one.slice(1)) && name.length >= one.length);
    const rank = (one: string): number => (one === '' ? 2 : one.startsWith('*.') ? 1 : 0);
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { maxLength: 8 }), host, (patterns, name) => {
        const table = new HostTable<string>();
        for (const one of patterns) table.at(one, () => one);
        const seen: string[] = [];
        table.find(name, (value) => void seen.push(value));
        const wanted = patterns.filter((one) => covers(one, name)).toSorted((a, b) => rank(a) - rank(b) || b.length - a.length);
        expect(seen).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a host without port, case and the dot at its end', () => {
    expect(hostOf('Shop.Example.COM.:8080')).toBe('shop.example.com');
    expect(hostOf('[::1]:80')).toBe('[::1]');
    expect(hostOf(undefined)).toBe('');
  });

  it.each(['a/../b', 'user@host', 'evil.test:80:81', 'a b', 'a?b', 'a#b', 'a\\b'])('refuses %s as an authority', (field) => {
    expect(isAuthority(field)).toBe(false);
  });
});
