import type { Dispatcher } from 'undici';
import type { ProxyOptions } from '../model/gateway.ts';
import { ConnectionPool } from './http1-client/connection-pool.ts';
import type { UndiciPools } from './undici-pools.ts';

/** Keep-alive connections to upstreams. Outlives programs. */
export class Pools {
  /** HTTP/1.1 in clear. */
  readonly clear: ConnectionPool = new ConnectionPool();
  #undici: Promise<UndiciPools> | null = null;

  /** TLS and HTTP/2. */
  async for(origin: string, options: ProxyOptions): Promise<Dispatcher> {
    // Loading undici takes longer than all else at the start, and most upstreams of a laptop speak HTTP/1.1 in clear.
    this.#undici ??= import('./undici-pools.ts').then((module) => new module.UndiciPools());
    return (await this.#undici).for(origin, options);
  }

  async close(): Promise<void> {
    this.clear.close();
    await (await this.#undici)?.close();
  }
}
