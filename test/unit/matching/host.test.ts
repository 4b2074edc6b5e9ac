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

  it('reads a host without port, case and the dot at its end', () => {
    expect(hostOf('Shop.Example.COM.:8080')).toBe('shop.example.com');
    expect(hostOf('[::1]:80')).toBe('[::1]');
    expect(hostOf(undefined)).toBe('');
  });

  it.each(['a/../b', 'user@host', 'evil.test:80:81', 'a b', 'a?b', 'a#b', 'a\\b'])('refuses %s as an authority', (field) => {
    expect(isAuthority(field)).toBe(false);
  });
});
