import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import { addressBytes, cidrMatcher } from '../../http/cidr.ts';
import { forwardedAddresses, hostOf } from '../../http/forwarded.ts';

/** How nginx's realip module finds the client (`real_ip_header`, `real_ip_recursive`, `trusted_ips` of kong.conf). */
export interface RealIp {
  /** Lower-case. */
  readonly header: string;
  readonly recursive: boolean;
  readonly trustedIps: readonly string[];
}
export interface Client {
  readonly address: string;
  readonly port: number;
}
const found: Slot<Client> = slot('kong client');

/**
 * Finds the client (kong.client.get_forwarded_ip) once for each exchange, as nginx does (ngx_http_get_forwarded_addr): from the right of the field, one address, or
 * where recursive all that are trusted and the one before them. What is no address ends the walk.
 */
export function clientFinder({ header, recursive, trustedIps }: RealIp): (exchange: Exchange) => Client {
  const trusted = cidrMatcher(trustedIps);
  return (exchange) => {
    const known = exchange.read(found);
    if (known !== undefined) return known;
    const { remoteAddress, remotePort } = exchange.connection;
    let client: Client = { address: remoteAddress, port: remotePort };
    if (trusted(remoteAddress)) {
      const { headers } = exchange.arrived;
      const names = forwardedAddresses(header === 'x-forwarded-for' ? headers.joined(header) : headers.get(header));
      for (let at = names.length - 1; at >= 0 && trusted(client.address); at -= 1) {
        const text = names[at] as string;
        const address = hostOf(text);
        if (addressBytes(address) === undefined) break;
        client = { address, port: Number(/:(\d+)$/.exec(text === address ? '' : text)?.[1] ?? 0) };
        if (!recursive) break;
      }
    }
    exchange.write(found, client);
    return client;
  };
}
