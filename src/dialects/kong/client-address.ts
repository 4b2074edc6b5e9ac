import type { Exchange } from '../../engine/exchange.ts';

/** The address of the client: X-Real-IP from a trusted peer (real_ip_header), else the peer (kong.client.get_forwarded_ip). */
export function forwardedAddress(exchange: Exchange, trusted: (address: string) => boolean): string {
  const peer = exchange.connection.remoteAddress;
  if (!trusted(peer)) return peer;
  return exchange.arrived.headers.get('x-real-ip')?.trim() || peer;
}
