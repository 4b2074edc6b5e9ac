import type { Duplex } from 'node:stream';
import type { TunnelWatcher } from '../engine/exchange.ts';

/** Joins two connections until either ends. `head`: what the client had sent already. Resolves when both are closed. */
export function joinTunnel(client: Duplex, upstream: Duplex, head: Buffer, watcher: TunnelWatcher | null): Promise<void> {
  return new Promise((resolve) => {
    let open = 2;
    const closed = (other: Duplex) => () => {
      other.end();
      // Half-open for no longer than what is still to be written.
      if (!other.writableNeedDrain) setImmediate(() => other.destroy());
      else other.once('drain', () => other.destroy());
      open -= 1;
      if (open === 0) resolve();
    };
    client.on('close', closed(upstream));
    upstream.on('close', closed(client));
    client.on('error', () => client.destroy());
    upstream.on('error', () => upstream.destroy());
    if (watcher !== null) {
      if (head.length > 0) watcher.fromClient(head);
      client.on('data', (chunk: Buffer) => watcher.fromClient(chunk));
      upstream.on('data', (chunk: Buffer) => watcher.fromUpstream(chunk));
    }
    if (head.length > 0) upstream.write(head);
    client.pipe(upstream);
    upstream.pipe(client);
  });
}
