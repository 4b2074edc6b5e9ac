import { upstreamTarget, type Exchange, type ExchangeRecorder, type ResponseState, type TunnelWatcher } from '../engine/exchange.ts';
import { scopeName } from '../engine/scope.ts';
import { Trace, type TraceEntry } from '../engine/trace.ts';
import { Capture } from './capture.ts';
import { Frames, type RecordedFrame } from './frames.ts';
import { RequestMessage, ResponseMessage } from './message.ts';

/** One exchange that is over: four messages, and what decided. */
export interface Recorded {
  /** Counted from 1. */
  readonly id: number;
  /** When it arrived, in ms of the gateway's clock, and how long it took. */
  readonly at: number;
  readonly durationMs: number;
  /** Empty outside scopes. */
  readonly scope: string;
  readonly route: string | null;
  /** The upstream that was asked, as the configuration writes it; null where none was. */
  readonly upstream: string | null;
  /** The kind of the step that ended it, or the fault; empty where the upstream answered. */
  readonly decidedBy: string;
  /** What each step said, in their order. */
  readonly steps: readonly TraceEntry[];
  readonly request: RequestMessage;
  /** What was sent on; null where nothing was. */
  readonly upstreamRequest: RequestMessage | null;
  /** What the upstream answered, before the gateway changed it. */
  readonly upstreamResponse: ResponseMessage | null;
  readonly response: ResponseMessage;
  /** What passed over a WebSocket, once that is closed; empty for every other exchange. The first thousand. */
  readonly frames: readonly RecordedFrame[];
}

/** Follows one exchange from its arrival to its end. */
export class Recording implements ExchangeRecorder {
  readonly #exchange: Exchange;
  readonly #trace = new Trace();
  readonly #most: number | undefined;
  readonly #requestBody: Capture;
  readonly #arrived: RequestMessage;
  #upstreamRequest: RequestMessage | null = null;
  #upstreamResponse: ResponseMessage | null = null;
  #answerBody: Capture | null = null;
  #responseBody: Capture | null = null;
  #frames: Frames | null = null;
  readonly #now: () => number;

  /** `most`: bytes that are kept of each body. */
  constructor(exchange: Exchange, now: () => number, most?: number) {
    this.#exchange = exchange;
    this.#now = now;
    this.#most = most;
    this.#requestBody = new Capture(most);
    exchange.trace ??= this.#trace;
    exchange.recorder = this;
    const { method, target, headers } = exchange.arrived;
    this.#arrived = new RequestMessage(method, target, headers, this.#requestBody.watch(exchange.body));
  }

  sending(exchange: Exchange): void {
    const { outgoing, body } = exchange;
    // A body that a step has changed is here as a whole; any other is the one that arrives.
    const capture = body.buffered === null ? this.#requestBody : new Capture(this.#most).watch(body);
    this.#upstreamRequest = new RequestMessage(outgoing.method, upstreamTarget(exchange), outgoing.headers, capture);
  }

  answered({ status, headers, body }: ResponseState): void {
    this.#answerBody = new Capture(this.#most).watch(body);
    this.#upstreamResponse = new ResponseMessage(status, headers, this.#answerBody);
  }

  responding({ body, from }: ResponseState, changed: boolean): void {
    this.#responseBody = from === 'upstream' && !changed && this.#answerBody !== null ? this.#answerBody : new Capture(this.#most).watch(body);
  }

  tunnel(): TunnelWatcher | null {
    if (!/^websocket$/i.test(this.#arrived.header('upgrade') ?? '')) return null;
    return (this.#frames = new Frames(this.#now));
  }

  finished(id: number): Recorded {
    const { startedAt, scope, route, upstream, decidedBy, fault, response } = this.#exchange;
    return {
      id,
      at: startedAt,
      durationMs: Math.max(0, this.#now() - startedAt),
      scope: scopeName(scope),
      route: route?.id ?? null,
      upstream,
      decidedBy: decidedBy?.kind ?? fault?.kind ?? '',
      steps: this.#trace.entries,
      request: this.#arrived,
      upstreamRequest: this.#upstreamRequest,
      upstreamResponse: this.#upstreamResponse,
      response: new ResponseMessage(response?.status ?? 0, (response as ResponseState).headers, this.#responseBody ?? new Capture()),
      frames: this.#frames?.all ?? [],
    };
  }
}
