import { BodyBroken } from '../../http/body.ts';
import { faultOfNetwork } from '../network-fault.ts';
import type { Flow, PendingAnswer, Sending } from '../pending-answer.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { Connection, type ConnectionUser } from './connection.ts';
import { ResponseParser, type ResponseEvents, type ResponseHead } from './response-parser.ts';
import type { BodyWritten } from './write-body.ts';
import { writeRequest, type Written } from './write-request.ts';

/** RFC 9110 section 9.2.2: sent twice they do no harm. */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
const nothing = (): void => {};

/** One request and its answer, on one connection: in the end it is kept for the next, or closed where anything about it is in doubt. */
export class Conversation implements ConnectionUser, BodyWritten, ResponseEvents, Flow {
  readonly #origin: string;
  readonly #request: Written;
  readonly #pending: PendingAnswer;
  readonly #sending: Sending;
  readonly #pool: ConnectionPool | null;
  readonly #parser: ResponseParser;
  /** Null once it is nothing of ours any more. */
  #connection: Connection | null = null;
  #stopBody: () => void = nothing;
  #sent = false;
  #upgraded: ResponseHead | null = null;
  #heard = false;
  #paused = false;

  /** `pool`: null for a connection of its own. */
  constructor(origin: string, request: Written, pending: PendingAnswer, sending: Sending, pool: ConnectionPool | null) {
    this.#origin = origin;
    this.#request = request;
    this.#pending = pending;
    this.#sending = sending;
    this.#pool = pool;
    this.#parser = new ResponseParser(this, request);
  }

  begin(): void {
    const kept = this.#pool?.take(this.#origin, this);
    if (kept === undefined) this.#connect();
    else this.opened((this.#connection = kept));
  }

  #connect(): void {
    const { tls } = this.#sending.options;
    this.#connection = this.#pool?.open(this.#origin, this) ?? new Connection({ origin: this.#origin, tls, asStream: this.#request.upgrade }, this);
    this.#pending.connecting(this);
  }

  opened({ socket }: Connection): void {
    this.#pending.connected(this);
    if (this.#connection === null) return;
    this.#stopBody = writeRequest(socket, this.#request, this);
    if (this.#connection === null) this.#stopBody();
  }

  sent(): void {
    this.#sent = true;
    this.#pending.sent();
  }

  failed(error: unknown): void {
    this.#fail(error instanceof Error ? error : new BodyBroken('the request body broke off'));
  }

  received(chunk: Buffer): void {
    this.#heard = true;
    try {
      const rest = this.#parser.push(chunk);
      if (this.#upgraded === null || this.#connection === null) return;
      const socket = this.#connection.takeOver(rest ?? Buffer.alloc(0));
      const { status, statusText, headers } = this.#upgraded;
      this.#pending.head(status, statusText, headers, undefined, socket);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  closed(error: Error | null): void {
    const stale = this.#connection?.kept === true && !this.#heard;
    this.#connection = null;
    // The upstream closed it while it was kept: most likely it has not seen the request.
    if (stale && this.#isRepeatable && this.#pool?.closed === false) return this.#connect();
    if (error !== null) return this.#fail(error);
    try {
      if (!this.#parser.done) this.#parser.close();
    } catch (cut) {
      this.#fail(cut as Error);
    }
  }

  get #isRepeatable(): boolean {
    const { body, method } = this.#request;
    return (body === null || Buffer.isBuffer(body)) && idempotent.has(method);
  }

  head(received: ResponseHead, upgraded: boolean): void {
    if (upgraded) this.#upgraded = received;
    else this.#pending.head(received.status, received.statusText, received.headers, received.length);
  }

  data(chunk: Buffer): void {
    this.#pending.data(chunk);
  }

  end(trailers: readonly string[]): void {
    const connection = this.#connection;
    this.#connection = null;
    if (connection !== null) {
      if (this.#paused) connection.socket.resume();
      if (this.#sent && this.#pool !== null && this.#parser.reusable && connection.socket.writableLength === 0)
        this.#pool.keep(connection, this.#parser.keepAlive);
      else connection.destroy();
    }
    this.#pending.end(trailers);
    this.#stopBody();
  }

  pause(): void {
    this.#paused = true;
    this.#connection?.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#connection?.socket.resume();
  }

  abort(): void {
    const connection = this.#connection;
    this.#connection = null;
    this.#stopBody();
    connection?.destroy();
  }

  #fail(error: Error): void {
    const { upstream, options } = this.#sending;
    this.#pending.fail(faultOfNetwork(error, upstream, options.connectTimeoutMs), error);
    this.abort();
  }
}
