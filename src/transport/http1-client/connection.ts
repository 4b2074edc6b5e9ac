import type { Socket } from 'node:net';
import type { UpstreamTls } from '../../model/gateway.ts';
import { connectClear, connectTls } from './connect.ts';

/** Whom a connection serves at the moment. */
export interface ConnectionUser {
  /** HTTP may begin. */
  opened(connection: Connection): void;
  /** `chunk` is good only until this returns. */
  received(chunk: Buffer): void;
  /** By the upstream, or by a failure. Nothing follows. */
  closed(error: Error | null): void;
}

/** Where every connection reads into: what came is taken before the next one reads. */
const shared = Buffer.allocUnsafeSlow(65_536);

/** One connection to an upstream, which serves one request after the other. What comes while it serves none ends it. */
export class Connection {
  readonly origin: string;
  readonly socket: Socket;
  /** Whether it has been kept: the upstream may have closed it by now. */
  kept = false;
  /** When it is kept no longer, on the machine's clock. */
  expiresAt = 0;
  #user: ConnectionUser | null;
  readonly #whenClosed: ((connection: Connection) => void) | null;
  #closed = false;

  /** `asStream`: the socket may be taken over later. TLS always is one. `protocols`: what is offered there; default HTTP/1.1. */
  constructor(
    to: { readonly origin: string; readonly tls: UpstreamTls | null; readonly asStream: boolean; readonly protocols?: readonly string[] },
    user: ConnectionUser,
    whenClosed: ((connection: Connection) => void) | null = null,
  ) {
    this.origin = to.origin;
    this.#user = user;
    this.#whenClosed = whenClosed;
    const secure = to.origin.startsWith('https:');
    const streamed = secure || to.asStream;
    const read = (length: number): boolean => {
      this.#received(shared.subarray(0, length));
      return true;
    };
    const socket = secure
      ? connectTls(to.origin, to.tls, to.protocols)
      : connectClear(to.origin, streamed ? null : { buffer: shared, callback: read });
    this.socket = socket;
    socket.on(secure ? 'secureConnect' : 'connect', () => this.#user?.opened(this));
    if (streamed) socket.on('data', this.#received);
    socket.on('error', (error) => this.#close(error));
    socket.on('end', this.#ended);
    socket.on('close', this.#ended);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Serves another request. */
  use(user: ConnectionUser): void {
    this.#user = user;
    this.socket.ref();
  }

  /** Waits for the next request, and keeps no process alive. */
  rest(): void {
    this.#user = null;
    this.kept = true;
    this.socket.unref();
  }

  /** Nobody hears of it any more, nor of what it has become. */
  destroy(): void {
    this.#user = null;
    this.#close(null);
    this.socket.destroy();
  }

  /** The socket, paused, for another protocol. `first`: what has come of that already. */
  takeOver(first: Buffer): Socket {
    const { socket } = this;
    this.#closed = true;
    this.#user = null;
    socket.removeListener('data', this.#received);
    socket.removeListener('end', this.#ended);
    socket.removeListener('close', this.#ended);
    socket.pause();
    if (first.length > 0) socket.unshift(first);
    this.#whenClosed?.(this);
    return socket;
  }

  readonly #received = (chunk: Buffer): void => {
    if (this.#user !== null) this.#user.received(chunk);
    else this.#close(null);
  };

  readonly #ended = (): void => this.#close(null);

  #close(error: Error | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.destroy();
    this.#whenClosed?.(this);
    const user = this.#user;
    this.#user = null;
    user?.closed(error);
  }
}
