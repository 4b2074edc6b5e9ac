import { Connection, type ConnectionUser } from './connection.ts';

/** Upstreams that do not say it keep idle connections for at least so long: the shortest of the usual times is node's, 5 s. */
const usualMs = 4_000;
const longestMs = 600_000;
/** So long before the upstream closes a connection it is given no further request. */
const marginMs = 2_000;

/** Keep-alive connections in clear, by origin. The one that was used last is used next, so that the others can go. */
export class ConnectionPool {
  readonly #idle = new Map<string, Connection[]>();
  readonly #open = new Set<Connection>();
  #sweep: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** A new connection for a user, to be kept later. */
  open(origin: string, user: ConnectionUser): Connection {
    const connection = new Connection({ origin, tls: null, asStream: false }, user, (one) => this.#forget(one));
    this.#open.add(connection);
    return connection;
  }

  /** One that was kept, if there is one: from here on it is the user's. */
  take(origin: string, user: ConnectionUser): Connection | undefined {
    const idle = this.#idle.get(origin);
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      if (connection.expiresAt > performance.now()) {
        connection.use(user);
        return connection;
      }
      connection.destroy();
    }
    return undefined;
  }

  /** A request has ended on it, and left nothing behind. `seconds`: how long the upstream keeps it, where it says so. */
  keep(connection: Connection, seconds: number | undefined): void {
    const ms = seconds === undefined ? usualMs : Math.min(seconds * 1_000 - marginMs, longestMs);
    if (ms <= 0 || this.#closed || connection.closed || !this.#open.has(connection)) return connection.destroy();
    connection.expiresAt = performance.now() + ms;
    connection.rest();
    const idle = this.#idle.get(connection.origin);
    if (idle === undefined) this.#idle.set(connection.origin, [connection]);
    else idle.push(connection);
    this.#sweep ??= setTimeout(() => this.#closeExpired(), ms).unref();
  }

  close(): void {
    this.#closed = true;
    if (this.#sweep !== null) clearTimeout(this.#sweep);
    for (const connection of this.#open) connection.socket.destroy(new Error('the gateway was closed'));
    this.#idle.clear();
  }

  #closeExpired(): void {
    this.#sweep = null;
    const now = performance.now();
    let next = Infinity;
    for (const connection of [...this.#idle.values()].flat()) {
      if (connection.expiresAt <= now) connection.destroy();
      else next = Math.min(next, connection.expiresAt);
    }
    if (next < Infinity) this.#sweep = setTimeout(() => this.#closeExpired(), Math.ceil(next - now)).unref();
  }

  #forget(connection: Connection): void {
    this.#open.delete(connection);
    const idle = this.#idle.get(connection.origin);
    const at = idle?.indexOf(connection) ?? -1;
    if (at >= 0) idle?.splice(at, 1);
    if (idle?.length === 0) this.#idle.delete(connection.origin);
  }
}
