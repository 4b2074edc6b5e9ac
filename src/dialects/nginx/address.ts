import { BlockList, isIP } from 'node:net';

/** Whether an address is in a network, or is that address. */
export function inCidr(address: string, network: string): boolean {
  const [base, bits] = network.split('/') as [string, string | undefined];
  const family = isIP(base);
  if (family === 0 || isIP(address) !== family) return false;
  if (bits === undefined) return address === base;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
