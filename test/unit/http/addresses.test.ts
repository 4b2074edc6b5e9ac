import { BlockList, isIP } from 'node:net';
import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { addressBytes, cidrMatcher, isCidr } from '../../../src/http/cidr.ts';
import { appendForwardedFor, forwardedAddresses, hostOf, lastForwarded, walkTrusted } from '../../../src/http/forwarded.ts';

describe('cidr', () => {
  it.each([
    ['10.0.0.0/8', '10.255.1.2', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['192.168.1.128/25', '192.168.1.127', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '::1', false],
    ['2001:db8::/32', '2001:db8:1::5', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['10.0.0.0/8', '::ffff:10.1.1.1', true],
    ['::ffff:10.0.0.0/104', '10.1.1.1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', 'unix:', false],
  ])('%s holds %s: %s', (block, address, inside) => expect(cidrMatcher([block])(address)).toBe(inside));
  it.each(['', '10.0.0/8', '10.0.0.0/33', '010.0.0.1', '1.2.3.4/', '::1::', '1:2:3:4:5:6:7', ':::', '::/129', '1.2.3.4%x'])(
    '%j is no block',
    (text) => {
      expect(isCidr(text)).toBe(false);
      expect(() => cidrMatcher([text])).toThrow(TypeError);
    },
  );
  it('knows addresses as node knows them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,12}$/)), (text) => {
        expect(addressBytes(text) !== undefined).toBe(isIP(text) !== 0);
      }),
    );
  });
  it('agrees with node on blocks', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (net, address, bits) => {
        const list = new BlockList();
        list.addSubnet(net, bits);
        expect(cidrMatcher([`${net}/${bits}`])(address)).toBe(list.check(address));
      }),
    );
  });
});

describe('forwarded', () => {
  const trusted = cidrMatcher(['10.0.0.0/8']);
  it('appends the peer', () => expect([appendForwardedFor(undefined, 'a'), appendForwardedFor('x, y', 'a')]).toEqual(['a', 'x, y, a']));
  it('walks back to the first that nobody trusts', () => {
    expect(walkTrusted('10.0.0.1', forwardedAddresses('6.6.6.6, 1.2.3.4:99 ,, 10.0.0.2'), trusted)).toBe('1.2.3.4');
    expect(walkTrusted('10.0.0.1', ['10.0.0.9', '10.0.0.2'], trusted)).toBe('10.0.0.9');
  });
  it('does not believe a peer that nobody trusts', () => {
    expect(walkTrusted('1.1.1.1', ['10.0.0.9'], trusted)).toBe('1.1.1.1');
    expect(lastForwarded('1.1.1.1', ['10.0.0.9'], trusted)).toBe('1.1.1.1');
    expect(lastForwarded('10.0.0.1', ['6.6.6.6', '7.7.7.7'], trusted)).toBe('7.7.7.7');
  });
  it.each([
    ['1.2.3.4:80', '1.2.3.4'],
    ['[::1]:80', '::1'],
    ['::1', '::1'],
    ['[::1', '[::1'],
  ])('%s is of %s', (text, host) => expect(hostOf(text)).toBe(host));
});
