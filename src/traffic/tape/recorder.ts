import { isUtf8 } from 'node:buffer';
import { isBodiless } from '../../http/bodiless.ts';
import { decodeBytes } from '../../http/coded-bytes.ts';
import { diagnosticAt, DevgatewayError } from '../../model/error.ts';
import { nowhere } from '../../model/origin.ts';
import type { Message, RequestMessage, ResponseMessage } from '../message.ts';
import type { Recorded } from '../recording.ts';
import { jsonOf, writeTape, type TapedEntry } from './tape-file.ts';
import { Redactor } from './secrets.ts';
import { anyStandIn, StandIns } from './stand-ins.ts';
import { toHar } from './har.ts';
import { fieldOf, type TapedExchange, type TapedMessage, type TapedRequest, type TapedResponse } from './taped.ts';

interface Written {
  /** Method, upstream and target: what the file is sorted by, so that it does not depend on who was faster. */
  place: string;
  json: string;
}

export interface LeftOut {
  readonly request: string;
  readonly reason: string;
}

/** Collects exchanges and writes them to a file, without their secrets. What goes over the wire is never touched. */
export class Recorder {
  readonly #file: string;
  readonly #after: (ms: number, act: () => void) => () => void;
  readonly #standIns: StandIns;
  readonly #redactor: Redactor;
  /** What the file held already, and stays as it is. */
  readonly #kept: readonly Written[];
  readonly #written: Written[] = [];
  #writing: Promise<void> = Promise.resolve();
  #callOff: (() => void) | null = null;
  readonly #leftOut: LeftOut[] = [];
  #pending: Recorded[] = [];
  #recorded = 0;
  #swept = 0;
  #failure: DevgatewayError | null = null;

  /** `before`: what the file holds already and keeps. `after`: calls `act` in so many ms of the machine's time. */
  constructor(
    file: string,
    before: readonly TapedEntry[],
    isSecretField: (lowerName: string) => boolean,
    after: (ms: number, act: () => void) => () => void,
  ) {
    this.#file = file;
    this.#after = after;
    this.#kept = before.map(({ exchange, json }) => ({ place: placeOf(exchange), json }));
    this.#standIns = new StandIns(highestStandIn(before));
    this.#redactor = new Redactor((secret) => this.#standIns.for(secret), isSecretField);
  }

  get recorded(): number {
    return this.#recorded;
  }

  /** Exchanges that are not on the tape, and why. */
  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  /** Takes an exchange that is over; its bodies may still be on their way. */
  add(recorded: Recorded): void {
    this.#pending.push(recorded);
    this.#schedule();
  }

  leaveOut({ request: { method, path } }: Recorded, reason: string): void {
    this.#leftOut.push({ request: `${method} ${path}`, reason });
  }

  /** Writes what is complete. `last`: what is not complete by now never will be. Rejects where the file cannot be written. */
  async flush(last = false): Promise<void> {
    this.#callOff?.();
    this.#callOff = null;
    if (this.#settle(last) > 0)
      this.#writing = this.#writing.then(() => this.#write()).catch((error: unknown) => void (this.#failure = unwritable(this.#file, error)));
    await this.#writing;
    if (this.#pending.length > 0) this.#schedule();
    if (this.#failure !== null) throw this.#failure;
  }

  #schedule(): void {
    // Whoever closes the gateway is told what went wrong.
    this.#callOff ??= this.#after(writeEveryMs, () => void this.flush().catch(() => {}));
  }

  /** Takes over what is complete. Answers how many these are. */
  #settle(last: boolean): number {
    const waiting = this.#pending;
    const before = this.#recorded;
    this.#pending = [];
    for (const recorded of waiting) {
      const messages = [recorded.request, recorded.upstreamRequest, recorded.upstreamResponse, recorded.response].filter((one) => one !== null);
      const cut = messages.find((one) => one.held < one.size);
      if (cut !== undefined) this.leaveOut(recorded, `a body of ${cut.size} bytes is too large for a tape`);
      else if (isComplete(recorded)) this.#take(recorded);
      else if (last) this.leaveOut(recorded, 'a body did not come to its end');
      else this.#pending.push(recorded);
    }
    return this.#recorded - before;
  }

  /** What one exchange cannot be must not cost the others. */
  #take(recorded: Recorded): void {
    try {
      const exchange = this.#redacted(recorded);
      this.#written.push({ place: placeOf(exchange), json: jsonOf(toHar(exchange)) });
      this.#recorded += 1;
    } catch (error) {
      this.leaveOut(recorded, `it cannot be written: ${(error as Error).message}`);
    }
  }

  async #write(): Promise<void> {
    // A secret may have stood somewhere before it was seen to be one.
    const late = this.#standIns.takeNew();
    const sweep = this.#standIns.all();
    for (const [at, one] of this.#written.entries()) {
      const by = at < this.#swept ? late : sweep;
      one.place = by(one.place);
      one.json = by(one.json);
    }
    this.#swept = this.#written.length;
    const sorted = [...this.#kept, ...this.#written].sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0));
    await writeTape(
      this.#file,
      sorted.map(({ json }) => json),
    );
    this.#failure = null;
  }

  #redacted({ at, durationMs, route, decidedBy, steps, upstream, request, upstreamRequest, upstreamResponse, response }: Recorded): TapedExchange {
    return {
      upstream: upstreamRequest === null ? null : upstream,
      at,
      durationMs,
      route,
      decidedBy,
      steps: steps.map(({ kind, message }) => ({ kind, message: this.#redactor.text(message, '') })),
      request: this.#request(request),
      upstreamRequest: upstreamRequest === null ? null : this.#request(upstreamRequest),
      upstreamResponse: upstreamResponse === null ? null : this.#response(upstreamResponse),
      response: this.#response(response),
    };
  }

  #request(message: RequestMessage): TapedRequest {
    return { method: message.method, target: this.#redactor.target(message.target), ...this.#message(message) };
  }

  #response(message: ResponseMessage): TapedResponse {
    return { status: message.status, ...this.#message(message) };
  }

  #message(message: Message): TapedMessage {
    const plain = decodeBytes(message.body, message.header('content-encoding'));
    const bytes = plain ?? message.body;
    const type = message.header('content-type') ?? '';
    // What is no UTF-8 is searched and replaced byte by byte.
    const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
    const text = this.#redactor.text(bytes.toString(encoding), type);
    const sweep = encoding === 'latin1' ? this.#standIns.all() : same;
    return { rawHeaders: this.#redactor.fields(message.rawHeaders), body: Buffer.from(sweep(text), encoding), coded: plain === null };
  }
}

/** Where no body follows, nobody waits for its end. */
const hasEnded = (method: string, { status, complete }: ResponseMessage): boolean => complete || isBodiless(method, status);

const isComplete = ({ request, upstreamRequest, upstreamResponse, response }: Recorded): boolean =>
  request.complete &&
  (upstreamRequest?.complete ?? true) &&
  hasEnded(request.method, response) &&
  (upstreamResponse === null || hasEnded(upstreamRequest?.method ?? '', upstreamResponse));

const same = (text: string): string => text;
const writeEveryMs = 200;

const placeOf = ({ upstream, request, upstreamRequest }: TapedExchange): string => {
  const { method, target, rawHeaders } = upstreamRequest ?? request;
  return `${upstream ?? ''} ${target} ${method} ${fieldOf(rawHeaders, 'host') ?? ''}`;
};

const unwritable = (file: string, error: unknown): DevgatewayError =>
  new DevgatewayError(
    diagnosticAt('DG1603', { ...nowhere, file }, `cannot be written: ${(error as Error).message}`, 'say where the tape may be with --tapes'),
    { cause: error },
  );

function highestStandIn(entries: readonly TapedEntry[]): number {
  let highest = 0;
  for (const { json } of entries) for (const [, number] of json.matchAll(anyStandIn)) highest = Math.max(highest, Number(number));
  return highest;
}
