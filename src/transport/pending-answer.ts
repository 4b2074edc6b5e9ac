import type { Duplex } from 'node:stream';
import type { Clock } from '../engine/clock.ts';
import type { Exchange } from '../engine/exchange.ts';
import type { Answer } from '../engine/kit.ts';
import { refuse, type Failure } from '../engine/outcome.ts';
import type { BodySink } from '../http/body.ts';
import { Fields } from '../http/fields.ts';
import { endToEnd } from '../http/hop-by-hop.ts';
import { fault, type Fault } from '../model/fault.ts';
import type { ProxyOptions } from '../model/gateway.ts';

/** The side of a client that an answer steers. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** Ends the connection: nobody wants the rest. */
  abort(): void;
}

/** What every client needs to know to send one request. */
export interface Sending {
  readonly exchange: Exchange;
  readonly options: ProxyOptions;
  readonly clock: Clock;
  /** As it is shown in faults. */
  readonly upstream: string;
}

/**
 * The answer of an upstream while it comes in: a client tells what happens, the engine is given the answer at its head. Body events
 * are held until somebody takes them. Time-outs run on the gateway's clock. After `abandon` every later event is swallowed, the error
 * of our own abort included.
 */
export class PendingAnswer implements Answer {
  status = 0;
  statusText = '';
  headers: Fields = new Fields();
  length: number | undefined;
  declare tunnel?: Duplex;
  readonly #resolve: (answer: Answer | Failure) => void;
  readonly #sending: Sending;
  #flow: Flow | null = null;
  #sink: BodySink | null = null;
  #queue: Buffer[] = [];
  #received = 0;
  #ended: readonly string[] | null = null;
  #failed: Error | null = null;
  #abandoned = false;
  #answered = false;
  #cancelTimer: (() => void) | null = null;

  constructor(resolve: (answer: Answer | Failure) => void, sending: Sending) {
    this.#resolve = resolve;
    this.#sending = sending;
    sending.exchange.onAbort(() => this.fail(fault('upstream-reset', { upstream: sending.upstream, reason: 'the client has left' })));
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }
  get answered(): boolean {
    return this.#answered;
  }

  /** From here on the connection must come about within its time. `flow`: where there is something to give up already. */
  connecting(flow: Flow | null): void {
    this.#flow = flow;
    if (this.#abandoned) return flow?.abort();
    const afterMs = this.#sending.options.connectTimeoutMs;
    this.#arm(afterMs, () => fault('upstream-connect-timeout', { upstream: this.#sending.upstream, afterMs }));
  }

  /** There is a connection, and the request goes out on it. */
  connected(flow: Flow): void {
    this.#flow = flow;
    this.#disarm();
    if (this.#abandoned) flow.abort();
  }

  /** The request is out: the answer must begin within its time. */
  sent(): void {
    if (this.#answered || this.#abandoned) return;
    const afterMs = this.#sending.options.responseTimeoutMs;
    this.#arm(afterMs, () => fault('upstream-timeout', { upstream: this.#sending.upstream, afterMs }));
  }

  /** `length`: of the body in bytes, where the head says so. */
  head(status: number, statusText: string, arrived: Fields, length: number | undefined, tunnel?: Duplex): void {
    if (this.#abandoned) return void tunnel?.destroy();
    this.#disarm();
    this.status = status;
    this.statusText = statusText;
    this.headers = endToEnd(arrived);
    this.length = length;
    if (tunnel !== undefined) {
      this.tunnel = tunnel;
      // RFC 9110 section 7.8; a tunnel of CONNECT has no such fields.
      if (status === 101) {
        this.headers.append('Connection', 'upgrade');
        this.headers.append('Upgrade', arrived.get('upgrade') ?? '');
      }
    }
    this.#answered = true;
    this.#resolve(this);
  }

  data(chunk: Buffer): void {
    if (this.#abandoned) return;
    this.#received += chunk.length;
    if (this.#received === this.length) this.#disarm();
    else this.#restartIdleTimer();
    if (this.#sink === null) {
      this.#queue.push(chunk);
      if (this.#queue.length > 2) this.#flow?.pause();
    } else if (!this.#sink.write(chunk)) this.#flow?.pause();
  }

  end(trailers: readonly string[]): void {
    this.#disarm();
    if (this.#abandoned) return;
    this.#ended = trailers;
    this.#sink?.end(trailers);
  }

  /** Before the head a fault is the answer; after it the body breaks off. */
  fail(what: Fault, error: Error = new Error(what.kind)): void {
    if (this.#abandoned || this.#ended !== null) return;
    this.#failed = error;
    if (this.#answered) this.#sink?.fail(error);
    this.abandon();
    if (!this.#answered) this.#resolve(refuse(what));
  }

  /** The body, where the whole of it came in one piece and is here. */
  get whole(): Buffer | null {
    return this.#ended?.length === 0 && this.#queue.length === 1 && this.#received === this.length ? (this.#queue[0] as Buffer) : null;
  }

  pipe(sink: BodySink): void {
    this.#sink = sink;
    let room = true;
    const queue = this.#queue;
    this.#queue = [];
    for (const chunk of queue) room = sink.write(chunk) && room;
    if (this.#failed !== null) sink.fail(this.#failed);
    else if (this.#ended !== null) sink.end(this.#ended);
    else if (room) this.#flow?.resume();
    else this.#flow?.pause();
  }

  resume(): void {
    this.#flow?.resume();
  }

  abandon(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    this.#disarm();
    if (this.#ended === null) this.#flow?.abort();
  }

  #restartIdleTimer(): void {
    const afterMs = this.#sending.options.idleTimeoutMs;
    this.#arm(afterMs, () => fault('upstream-timeout', { upstream: this.#sending.upstream, afterMs }));
  }

  #arm(afterMs: number, what: () => Fault): void {
    this.#disarm();
    if (afterMs > 0) this.#cancelTimer = this.#sending.clock.after(afterMs, () => this.fail(what()));
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}
