import type { Dispatcher } from 'undici';
import type { Clock } from '../engine/clock.ts';
import type { Exchange } from '../engine/exchange.ts';
import type { Answer, DestinationKind } from '../engine/kit.ts';
import { refuse, type Failure } from '../engine/outcome.ts';
import type { BodySink } from '../http/body.ts';
import { sourceReadable } from '../http/body.ts';
import { Fields } from '../http/fields.ts';
import { endToEnd } from '../http/hop-by-hop.ts';
import { fault, type Fault } from '../model/fault.ts';
import type { ProxyOptions } from '../model/gateway.ts';
import type { Pools } from './pools.ts';
import type { Upstreams } from './upstreams.ts';

/** The destination kind `proxy`: forwards over undici. What undici refuses is checked before, or goes to another writer. */
export function proxyKind(services: { readonly pools: Pools; readonly upstreams: Upstreams; readonly clock: Clock }): DestinationKind<ProxyOptions> {
  return {
    kind: 'proxy',
    create(options) {
      const fixed = options.url === '' ? null : { names: options.names, url: options.url };
      return (exchange) => {
        const { outgoing } = exchange;
        const address = outgoing.address ?? fixed;
        if (address === null) return refuse(fault('internal', { cause: new Error('no step has said where to send the request') }));
        const target = services.upstreams.resolve(address.names, address.url);
        const forward = (origin: string): Promise<Answer | Failure> =>
          dispatch(services.pools.for(origin, options), exchange, options, services.clock, address.names[0] ?? address.url);
        return typeof target === 'string' ? forward(target) : target.then(forward);
      };
    },
  };
}

function dispatch(pool: Dispatcher, exchange: Exchange, options: ProxyOptions, clock: Clock, upstream: string): Promise<Answer | Failure> {
  const { outgoing } = exchange;
  const path = outgoing.target ?? (exchange.query === '' ? exchange.path : `${exchange.path}?${exchange.query}`);
  return new Promise((resolve) => {
    const pending = new PendingAnswer(resolve, exchange, options, clock, upstream);
    const body = outgoingBody(exchange);
    try {
      pool.dispatch({ path, method: outgoing.method as Dispatcher.HttpMethod, headers: outgoing.headers.raw, body }, pending);
    } catch (error) {
      pending.onResponseError(null, error as Error);
    }
  });
}

/** The body to send, with a Content-Length that agrees with it; chunked where the length is not known. */
export function outgoingBody(exchange: Exchange): Buffer | ReturnType<typeof sourceReadable> | null {
  const { body, outgoing } = exchange;
  const { length, buffered } = body;
  if (length === undefined) outgoing.headers.remove('content-length');
  else if (length > 0 || outgoing.headers.has('content-length')) setLength(outgoing.headers, length);
  if (length === 0) return null;
  if (buffered !== null) return buffered;
  const source = body.take();
  return source === null ? null : sourceReadable(source);
}

function setLength(headers: Fields, length: number): void {
  const given = headers.getAll('content-length');
  if (given.length !== 1 || given[0] !== String(length)) headers.set('Content-Length', String(length));
}

/** Receives undici's events and holds them until somebody takes the body. */
class PendingAnswer implements Answer, Dispatcher.DispatchHandler {
  status = 0;
  statusText = '';
  headers: Fields = new Fields();
  length: number | undefined;
  readonly #resolve: (answer: Answer | Failure) => void;
  readonly #options: ProxyOptions;
  readonly #clock: Clock;
  readonly #upstream: string;
  #controller: Dispatcher.DispatchController | null = null;
  #sink: BodySink | null = null;
  #queue: Buffer[] = [];
  #ended: readonly string[] | null = null;
  #failed: Error | null = null;
  #abandoned = false;
  #answered = false;
  #cancelTimer: (() => void) | null = null;

  constructor(resolve: (answer: Answer | Failure) => void, exchange: Exchange, options: ProxyOptions, clock: Clock, upstream: string) {
    this.#resolve = resolve;
    this.#options = options;
    this.#clock = clock;
    this.#upstream = upstream;
    if (options.responseTimeoutMs > 0) {
      const afterMs = options.responseTimeoutMs;
      this.#cancelTimer = clock.after(afterMs, () => this.#fail(fault('upstream-timeout', { upstream, afterMs })));
    }
    exchange.onAbort(() => this.#fail(fault('upstream-reset', { upstream, reason: 'the client has left' })));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abandoned) controller.abort(new Error('abandoned'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, statusText?: string): void {
    if (this.#abandoned || status < 200) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.status = status;
    this.statusText = statusText ?? '';
    const arrived = new Fields(rawStrings(controller.rawHeaders as never));
    const length = arrived.get('content-length');
    this.headers = endToEnd(arrived);
    this.length = length === undefined || !/^\d+$/.test(length) ? undefined : Number(length);
    this.#answered = true;
    this.#resolve(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#abandoned) return;
    this.#restartIdleTimer();
    if (this.#sink === null) {
      this.#queue.push(chunk);
      if (this.#queue.length > 2) controller.pause();
    } else if (!this.#sink.write(chunk)) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#cancelTimer?.();
    if (this.#abandoned) return;
    this.#ended = rawStrings((controller.rawTrailers ?? []) as never);
    if (this.#sink !== null) this.#sink.end(this.#ended);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#abandoned) return;
    this.#fail(faultOfNetwork(error, this.#upstream, this.#options), error);
  }

  pipe(sink: BodySink): void {
    this.#sink = sink;
    let room = true;
    for (const chunk of this.#queue) room = sink.write(chunk) && room;
    this.#queue = [];
    if (this.#failed !== null) sink.fail(this.#failed);
    else if (this.#ended !== null) sink.end(this.#ended);
    else if (room) this.#controller?.resume();
    else this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abandon(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    this.#cancelTimer?.();
    if (this.#ended === null) this.#controller?.abort(new Error('abandoned'));
  }

  #restartIdleTimer(): void {
    const afterMs = this.#options.idleTimeoutMs;
    if (afterMs <= 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.after(afterMs, () => this.#fail(fault('upstream-timeout', { upstream: this.#upstream, afterMs })));
  }

  #fail(what: Fault, error: Error = new Error(what.kind)): void {
    if (this.#abandoned || this.#ended !== null) return;
    const answered = this.#answered;
    this.#failed = error;
    if (answered) this.#sink?.fail(error);
    this.abandon();
    if (!answered) this.#resolve(refuse(what));
  }
}

function rawStrings(raw: readonly (Buffer | string)[] | null): string[] {
  return (raw ?? []).map((one) => (typeof one === 'string' ? one : one.toString('latin1')));
}

interface NetworkError {
  readonly code?: string;
  readonly hostname?: string;
  readonly cause?: { readonly code?: string };
}

/** What a failed connection or a broken answer is called. */
export function faultOfNetwork(error: Error, upstream: string, options: ProxyOptions): Fault {
  const { code: own, hostname, cause } = error as NetworkError;
  const code = own ?? cause?.code ?? '';
  const reason = error.message;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fault('upstream-unresolved', { upstream, hostname: hostname ?? upstream });
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return fault('upstream-connect-timeout', { upstream, afterMs: options.connectTimeoutMs });
  if (
    code === 'ECONNREFUSED' ||
    code === 'EHOSTUNREACH' ||
    code === 'ENETUNREACH' ||
    code === 'ENOENT' ||
    code.startsWith('ERR_TLS') ||
    code.startsWith('ERR_SSL')
  )
    return fault('upstream-unreachable', { upstream, reason });
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') return fault('upstream-malformed', { upstream, reason });
  return fault('upstream-reset', { upstream, reason });
}
