import type { Clock } from '../../engine/clock.ts';
import { upstreamTarget, type Exchange } from '../../engine/exchange.ts';
import type { Answer } from '../../engine/kit.ts';
import { ownAnswer } from '../../engine/own-answer.ts';
import { slot } from '../../engine/slot.ts';
import { decodeBytes } from '../../http/coded-bytes.ts';
import { diagnosticAt, DevgatewayError } from '../../model/error.ts';
import { nowhere } from '../../model/origin.ts';
import type { TapeMode } from '../../model/gateway.ts';
import type { Recorded } from '../recording.ts';
import { Asker, type Asked, type Ignores } from './asked.ts';
import { nameAt, storyOfMiss, type NearMiss } from './near-miss.ts';
import { Recorder, type LeftOut } from './recorder.ts';
import type { Resign } from './remint.ts';
import { answerFrom } from './taped-answer.ts';
import { Tape } from './tape.ts';
import { readTape, type TapedEntry } from './tape-file.ts';
import type { TapedRequest } from './taped.ts';

export interface TapeRequest {
  readonly mode: TapeMode;
  readonly file: string;
  readonly ignore: Ignores;
}
export interface TapeServices {
  readonly clock: Clock;
  readonly resign: Resign;
  /** Header fields and query parameters that the configuration reads credentials from. */
  readonly isSecretField: (lowerName: string) => boolean;
  /** Calls `act` in so many ms of the machine's time. */
  readonly after: (ms: number, act: () => void) => () => void;
}

/** What a run with a tape came to. */
export interface TapeReport {
  readonly mode: TapeMode;
  readonly file: string;
  /** Answers on the tape, and requests that were answered from it. */
  readonly entries: number;
  readonly served: number;
  readonly recorded: number;
  /** Requests that the tape does not have, each with what comes nearest. Only what replays has some. */
  readonly unknown: readonly { readonly request: string; readonly nearest: readonly NearMiss[]; readonly story: string }[];
  /** What is on the tape and was asked for. */
  readonly used: readonly string[];
  /** What is on the tape and nobody asked for. */
  readonly unused: readonly string[];
  /** What could not be recorded, and why. */
  readonly leftOut: readonly LeftOut[];
  /** Strict: nothing unknown, nothing unused. Else always true. */
  readonly ok: boolean;
}

/** Of each body that is recorded or compared. */
export const tapedBytes: number = 64 * 1_048_576;

const live = slot<true>('traffic/live');

/** The tape of one gateway: answers in the place of upstreams, and records what they answer, as its mode says. */
export class Tapes {
  readonly mode: TapeMode;
  readonly file: string;
  readonly #services: TapeServices;
  readonly #asker: Asker;
  readonly #tape: Tape;
  /** Those that stand for one upstream each, by their files. */
  #mounted: ReadonlyMap<string, Tape> = new Map();
  readonly #recorder: Recorder | null;
  #served = 0;
  readonly #unknown: { request: string; nearest: readonly NearMiss[]; story: string }[] = [];

  /** @throws DevgatewayError DG1601, or DG1602 where there is no tape to replay. */
  constructor({ mode, file, ignore }: TapeRequest, services: TapeServices) {
    this.mode = mode;
    this.file = file;
    this.#services = services;
    const entries = mode === 'off' || mode === 'record' ? [] : readTape(file);
    if (entries === undefined && mode !== 'record-missing') throw noTape(file);
    this.#asker = new Asker(ignore, services.isSecretField);
    this.#tape = this.#tapeOf(entries ?? []);
    this.#recorder =
      mode === 'record' || mode === 'record-missing' ? new Recorder(file, entries ?? [], services.isSecretField, services.after) : null;
  }

  /** Takes the tapes that stand for one upstream each, by their absolute files. @throws DevgatewayError DG1601, DG1602. */
  mount(files: readonly string[]): void {
    const mounted = new Map<string, Tape>();
    for (const file of files) {
      const entries = readTape(file);
      if (entries === undefined) throw noTape(file);
      mounted.set(file, this.#tapeOf(entries));
    }
    this.#mounted = mounted;
  }

  /** Whether anything is recorded or replayed. */
  get isActive(): boolean {
    return this.mode !== 'off' || this.#mounted.size > 0;
  }

  /** Whether exchanges must be handed to `add`. */
  get isRecording(): boolean {
    return this.#recorder !== null;
  }

  #tapeOf(entries: readonly TapedEntry[]): Tape {
    return new Tape(
      entries.map((one) => one.exchange),
      this.#asker,
    );
  }

  /** The answer of the tape for what is about to be sent; undefined where the upstream itself is to be asked. */
  answer(exchange: Exchange, upstream: string, file: string | undefined): Answer | undefined | Promise<Answer | undefined> {
    const mounted = file === undefined ? undefined : this.#mounted.get(file);
    if (mounted !== undefined) return this.#replay(exchange, upstream, mounted);
    if (this.mode === 'off') return undefined;
    if (this.mode !== 'record') return this.#replay(exchange, upstream, this.#tape);
    exchange.write(live, true);
    return undefined;
  }

  async #replay(exchange: Exchange, upstream: string, tape: Tape): Promise<Answer | undefined> {
    const asked = this.#asker.read(await requestOf(exchange));
    const taped = tape.take(upstream, asked, exchange.scope);
    if (taped !== undefined) {
      this.#served += 1;
      return answerFrom(taped, exchange, (exchange.clock ?? this.#services.clock).now(), this.#services.resign);
    }
    if (this.mode === 'record-missing' && tape === this.#tape) {
      exchange.write(live, true);
      return undefined;
    }
    return this.#miss(upstream, asked, tape);
  }

  #miss(upstream: string, asked: Asked, tape: Tape): Answer {
    const near = tape.nearest(upstream, asked);
    const story = storyOfMiss(asked, near);
    this.#unknown.push({ request: nameAt(upstream, asked), nearest: near, story });
    return ownAnswer(501, ['Content-Type', 'text/plain; charset=utf-8', 'Devgateway-Tape', 'unknown'], Buffer.from(`${story}\n`));
  }

  /** An exchange is over. What an upstream answered is recorded; in `record` also what the gateway answered by itself. */
  add(exchange: Exchange, recorded: Recorded): void {
    if (this.#recorder === null) return;
    const asked = exchange.read(live) === true;
    if (!asked && (this.mode !== 'record' || recorded.upstreamRequest !== null)) return;
    const reason = reasonAgainst(recorded, asked);
    if (reason === undefined) this.#recorder.add(recorded);
    else this.#recorder.leaveOut(recorded, reason);
  }

  /** Writes what was recorded. `last`: nothing follows. Rejects where the file cannot be written. */
  async flush(last = false): Promise<void> {
    await this.#recorder?.flush(last);
  }

  /** Back to the first answers, of one scope or of all; what the report tells stays. */
  rewind(scope?: string): void {
    for (const tape of this.#all) tape.rewind(scope);
  }

  get #all(): readonly Tape[] {
    return [this.#tape, ...this.#mounted.values()];
  }

  report(): TapeReport {
    const unused = this.#all.flatMap((tape) => tape.unused);
    return {
      mode: this.mode,
      file: this.file,
      entries: this.#all.reduce((sum, tape) => sum + tape.size, 0),
      served: this.#served,
      recorded: this.#recorder?.recorded ?? 0,
      unknown: this.#unknown,
      used: this.#all.flatMap((tape) => tape.used),
      unused,
      leftOut: this.#recorder?.leftOut ?? [],
      ok: this.mode !== 'strict' || (this.#unknown.length === 0 && unused.length === 0),
    };
  }
}

function reasonAgainst({ request, response, upstreamResponse }: Recorded, asked: boolean): string | undefined {
  if (asked && upstreamResponse === null) return 'the upstream did not answer';
  return response.status === 101 || request.method === 'CONNECT' ? 'a tape does not hold other protocols yet' : undefined;
}

async function requestOf(exchange: Exchange): Promise<TapedRequest> {
  const { outgoing, body } = exchange;
  const bytes = body.isEmpty ? Buffer.alloc(0) : await body.whole(tapedBytes);
  const plain = decodeBytes(bytes, outgoing.headers.joined('content-encoding'));
  return { method: outgoing.method, target: upstreamTarget(exchange), rawHeaders: outgoing.headers.raw, body: plain ?? bytes, coded: plain === null };
}

const noTape = (file: string): DevgatewayError =>
  new DevgatewayError(diagnosticAt('DG1602', { ...nowhere, file }, 'there is no tape to replay', 'record one with: devgateway record'));
