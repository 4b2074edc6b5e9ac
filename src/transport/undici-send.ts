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
}

/** What undici throws at, or sends otherwise than it stands: such requests need our own writer. */
export function undiciRefuses(method: string, target: string, headers: readonly string[]): boolean {
  if (!(method === 'GET' || /^[A-Z][A-Z-]*$/.test(method)) || method === 'CONNECT' || !/^\/[\x21-\xff]*$/.test(target)) return true;
  let hosts = 0;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    else if (name.length === 10 && name.toLowerCase() === 'connection' && !/^(?:close|keep-alive)$/i.test(headers[at + 1] as string)) return true;
    else if (name.length === 7 && name.toLowerCase() === 'upgrade') return true;
  }
  return hosts !== 1;
}

/** Sends a request over a pool and answers at the head of the response. */
export function sendPooled(pool: Dispatcher, request: PooledRequest, sending: Sending): Promise<Answer | Failure> {
  return new Promise((resolve) => {
    const pending = new PendingAnswer(resolve, sending);
    if (pending.abandoned) return;
    const { body } = request;
    const handler = new PoolHandler(pending, sending, body === null || Buffer.isBuffer(body));
    const stream = body === null || Buffer.isBuffer(body) ? body : sourceReadable(body).once('end', () => pending.sent());
    try {
      pool.dispatch(
        { path: request.target, method: request.method as Dispatcher.HttpMethod, headers: request.headers as string[], body: stream },
        handler,
      );
      pending.connecting(null);
    } catch (error) {
      handler.onResponseError(null, error as Error);
    }
  });
}

/** Tells undici's events to the answer, and steers undici for it. */
class PoolHandler implements Dispatcher.DispatchHandler, Flow {
  readonly #pending: PendingAnswer;
  readonly #sending: Sending;
  readonly #sentAtOnce: boolean;
  #controller: Dispatcher.DispatchController | null = null;

  constructor(pending: PendingAnswer, sending: Sending, sentAtOnce: boolean) {
    this.#pending = pending;
    this.#sending = sending;
    this.#sentAtOnce = sentAtOnce;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#pending.connected(this);
    if (this.#sentAtOnce) this.#pending.sent();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, statusText?: string): void {
    if (status < 200) return;
    const arrived = new Fields(rawStrings(controller.rawHeaders as never));
    const length = arrived.get('content-length');
    this.#pending.head(status, statusText ?? '', arrived, length === undefined || !/^\d+$/.test(length) ? undefined : Number(length));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#pending.data(chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers?: Record<string, string | string[] | undefined>): void {
    // HTTP/2 gives them as an object only.
    const raw = rawStrings((controller.rawTrailers ?? []) as never);
    this.#pending.end(raw.length > 0 || trailers === undefined ? raw : Object.entries(trailers).flatMap(([name, value]) => [name, String(value)]));
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
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

function rawStrings(raw: readonly (Buffer | string)[] | null): string[] {
  return (raw ?? []).map((one) => (typeof one === 'string' ? one : one.toString('latin1')));
}
