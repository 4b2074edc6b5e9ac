import type { Dispatcher } from 'undici';
import type { Answer } from '../engine/kit.ts';
import type { Failure } from '../engine/outcome.ts';
import { sourceReadable, type BodySource } from '../http/body.ts';
import { Fields } from '../http/fields.ts';
import { faultOfNetwork } from './network-fault.ts';
import { PendingAnswer, type Flow, type Sending } from './pending-answer.ts';

/** A request that undici takes. */
export interface PooledRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: Buffer | BodySource | null;
  /** Of the TLS handshake; without it undici takes the host of the request. */
  readonly serverName?: string;
}

/** Sends a request over a pool of undici's and answers at the head of the response. */
export function sendPooled(pool: Dispatcher, request: PooledRequest, sending: Sending): Promise<Answer | Failure> {
  return new Promise((resolve) => {
    const pending = new PendingAnswer(resolve, sending);
    if (pending.abandoned) return;
    const { body } = request;
    const whole = body === null || Buffer.isBuffer(body);
    const stream = whole ? body : sourceReadable(body).once('end', () => pending.sent());
    const options = {
      path: request.target,
      method: request.method as Dispatcher.HttpMethod,
      headers: request.headers as string[],
      body: stream,
      ...(request.serverName ? { servername: request.serverName } : {}),
    };
    let attempts = whole && idempotent.has(request.method) ? maxAttempts : 1;
    const dispatch = (): void => {
      attempts -= 1;
      const handler = new PoolHandler(pending, sending, whole, attempts > 0 ? dispatch : null);
      pending.connecting(null);
      try {
        pool.dispatch(options, handler);
      } catch (error) {
        handler.onResponseError(null, error as Error);
      }
    };
    dispatch();
  });
}

/** Each attempt after the first has found a kept connection closed, and has taken it out of the pool. */
const maxAttempts = 8;
/** RFC 9110 section 9.2.2. */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** A connection that was kept, and that the upstream closed while the request was on its way: nothing of an answer has come on it. */
function wasStale(error: Error): boolean {
  const { code, socket } = error as { readonly code?: string; readonly socket?: { readonly bytesRead?: number } };
  return (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') && (socket?.bytesRead ?? 0) > 0;
}

/** Tells undici's events to the answer, and steers undici for it. */
class PoolHandler implements Dispatcher.DispatchHandler, Flow {
  readonly #pending: PendingAnswer;
  readonly #sending: Sending;
  readonly #sentAtOnce: boolean;
  readonly #again: (() => void) | null;
  #controller: Dispatcher.DispatchController | null = null;

  /** `again`: sends the request once more, where that does no harm. */
  constructor(pending: PendingAnswer, sending: Sending, sentAtOnce: boolean, again: (() => void) | null) {
    this.#pending = pending;
    this.#sending = sending;
    this.#sentAtOnce = sentAtOnce;
    this.#again = again;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#pending.connected(this);
    if (this.#sentAtOnce) this.#pending.sent();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, statusText?: string): void {
    if (status < 200) return;
    const arrived = new Fields(flat(controller.rawHeaders));
    const length = arrived.get('content-length');
    this.#pending.head(status, statusText ?? '', arrived, length === undefined || !/^\d+$/.test(length) ? undefined : Number(length));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#pending.data(chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers?: Record<string, string | string[] | undefined>): void {
    const raw = flat(controller.rawTrailers);
    this.#pending.end(raw.length > 0 || trailers === undefined ? raw : flat(trailers));
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#again !== null && !this.#pending.answered && !this.#pending.abandoned && wasStale(error)) return this.#again();
    this.#pending.fail(faultOfNetwork(error, this.#sending.upstream, this.#sending.options.connectTimeoutMs), error);
  }

  pause(): void {
    this.#controller?.pause();
  }
  resume(): void {
    this.#controller?.resume();
  }
  abort(): void {
    this.#controller?.abort(new Error('abandoned'));
  }
}

/** Fields as a flat list: HTTP/1.1 gives a list of bytes, HTTP/2 an object. */
function flat(raw: unknown): string[] {
  if (Array.isArray(raw)) return raw.map((one: Buffer | string) => (typeof one === 'string' ? one : one.toString('latin1')));
  const pairs = Object.entries((raw ?? {}) as Record<string, string | string[] | undefined>);
  return pairs.flatMap(([name, value]) => (Array.isArray(value) ? value : [value ?? '']).flatMap((one) => [name, one]));
}
