import type { Recorded } from './recording.ts';

/** What an exchange must have; a function decides by itself. Paths are compared whole, or by a pattern. */
export type TrafficFilter =
  | ((exchange: Recorded) => boolean)
  | {
      readonly method?: string;
      readonly path?: string | RegExp;
      readonly status?: number;
      readonly route?: string;
      /** Whether anything was sent on. */
      readonly forwarded?: boolean;
    };

export interface WaitOptions {
  /** How many there must be, those that are over counted. Default 1. */
  readonly count?: number;
  /** Of the machine's time. Default 5000. */
  readonly timeoutMs?: number;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

const mostKept = 1_000;
/** Of bodies, all exchanges together. */
const mostBytes = 64 * 1_048_576;

/** The exchanges of a gateway that are over, the oldest first. */
export class Traffic {
  readonly #after: (ms: number, act: () => void) => () => void;
  readonly #kept: Recorded[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #mostBytes: number;
  #count = 0;

  /** `after`: calls `act` in so many ms of the machine's time; answers how to call that off. `bytes`: of bodies that are held. */
  constructor(after: (ms: number, act: () => void) => () => void, bytes: number = mostBytes) {
    this.#after = after;
    this.#mostBytes = bytes;
  }

  keep(recorded: Recorded): void {
    this.#count += 1;
    this.#kept.push(recorded);
    if (this.#kept.length > mostKept) this.#kept.shift();
    // A body may still come in after its exchange was added: what is held is counted again from time to time.
    if (this.#count % 8 === 0) this.#shed();
    for (const look of this.#waiting) look();
  }

  #shed(): void {
    let held = this.#kept.reduce((sum, one) => sum + bytesOf(one), 0);
    while (held > this.#mostBytes && this.#kept.length > 1) held -= bytesOf(this.#kept.shift() as Recorded);
  }

  /** The last thousand, or fewer where their bodies are large. */
  get all(): readonly Recorded[] {
    return this.#kept;
  }

  query(filter: TrafficFilter = {}): Recorded[] {
    return this.#kept.filter(predicateOf(filter));
  }

  /** Resolves with the first `count` that fit, as soon as there are so many. Rejects when its time is over, telling what came instead. */
  waitFor(filter: TrafficFilter = {}, { count = 1, timeoutMs = 5_000, signal }: WaitOptions = {}): Promise<Recorded[]> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(look);
        callOff();
        signal?.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        stop();
        reject(signal?.reason as Error);
      };
      const look = (): void => {
        const found = this.query(filter);
        if (found.length < count) return;
        stop();
        resolve(found.slice(0, count));
      };
      const callOff = this.#after(timeoutMs, () => {
        stop();
        const came = this.#kept.slice(-10).map(({ request, response }) => `${request.method} ${request.target} ${response.status}`);
        reject(
          new Error(`no ${count} such exchange${count === 1 ? '' : 's'} within ${timeoutMs} ms; the last that came: ${came.join(', ') || 'none'}`),
        );
      });
      this.#waiting.add(look);
      if (signal?.aborted === true) return giveUp();
      signal?.addEventListener('abort', giveUp, { once: true });
      look();
    });
  }

  clear(): void {
    this.#kept.length = 0;
  }
}

/** What an exchange holds in bodies. Shared ones count twice: a bound, not an account. */
const bytesOf = ({ request, upstreamRequest, upstreamResponse, response, frames }: Recorded): number =>
  [request, upstreamRequest, upstreamResponse, response].reduce((sum, message) => sum + (message?.held ?? 0), 0) +
  frames.reduce((sum, { data }) => sum + data.length, 0);

/** Whether an exchange has what a filter asks for. */
export const matches = (filter: TrafficFilter, exchange: Recorded): boolean => predicateOf(filter)(exchange);

function predicateOf(filter: TrafficFilter): (exchange: Recorded) => boolean {
  if (typeof filter === 'function') return filter;
  const { method, path, status, route, forwarded } = filter;
  return ({ request, response, route: taken, upstreamRequest }) =>
    (method === undefined || request.method === method.toUpperCase()) &&
    (path === undefined || (typeof path === 'string' ? request.path === path : path.test(request.path))) &&
    (status === undefined || response.status === status) &&
    (route === undefined || taken === route) &&
    (forwarded === undefined || (upstreamRequest !== null) === forwarded);
}
