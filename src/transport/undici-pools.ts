import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { ProxyOptions } from '../model/gateway.ts';
import { tlsOptions } from './upstream-tls.ts';

/** undici's connections, one pool for each origin and set of connection options. */
export class UndiciPools {
  readonly #pools = new Map<string, Pool>();
  /** The last answer for each destination, so that no key is made for each request. */
  readonly #last = new WeakMap<ProxyOptions, { readonly origin: string; readonly pool: Pool }>();

  /** `origin`: scheme, host and port; `unix:PATH` goes over a socket file. */
  for(origin: string, options: ProxyOptions): Dispatcher {
    const last = this.#last.get(options);
    if (last?.origin === origin) return last.pool;
    const pool = this.#find(origin, options);
    this.#last.set(options, { origin, pool });
    return pool;
  }

  #find(origin: string, options: ProxyOptions): Pool {
    const { tls, connectTimeoutMs, httpVersion, keepAlive } = options;
    const key = `${origin} ${httpVersion} ${connectTimeoutMs} ${keepAlive} ${tls === null ? '' : JSON.stringify(tls)}`;
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const socketPath = origin.startsWith('unix:') ? origin.slice(5) : undefined;
    const pool = new Pool(socketPath === undefined ? origin : 'http://localhost', {
      connections: null,
      pipelining: keepAlive ? 1 : 0,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 65_536,
      strictContentLength: true,
      allowH2: httpVersion === '2' || httpVersion === 'auto',
      ...(httpVersion === '2' && origin.startsWith('http:') ? { useH2c: true } : {}),
      connect: {
        timeout: connectTimeoutMs === 0 ? 0 : connectTimeoutMs * 2 + 1000, // ours is on the virtual clock and comes first; this one frees the socket
        ...(socketPath === undefined ? {} : { socketPath }),
        ...(httpVersion === '2' ? { preferH2: true } : {}), // most servers take the first protocol that they know
        ...(tls?.serverName ? { servername: tls.serverName } : {}),
        ...tlsOptions(tls),
      },
    } as never);
    this.#pools.set(key, pool);
    return pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }
}
