import type { Clock } from '../engine/clock.ts';
import { sleepOn, type GatewayClock } from './clock.ts';

interface Waiting {
  readonly act: () => void;
  /** Calls it off; answers for how long it would still have waited. */
  cancel: () => number;
}

/** The clock of one scope: the gateway's, until somebody moves or stops it; from then on its own. */
export class ScopeClock implements Clock {
  readonly #gateway: GatewayClock;
  readonly #waiting = new Set<Waiting>();
  #own: GatewayClock | null = null;

  constructor(gateway: GatewayClock) {
    this.#gateway = gateway;
  }

  now(): number {
    return this.#current.now();
  }

  after(ms: number, act: () => void): () => void {
    const one: Waiting = { act, cancel: () => ms };
    this.#waiting.add(one);
    this.#schedule(one, ms);
    return () => {
      this.#waiting.delete(one);
      one.cancel();
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Moves on by `ms`, waking what is due in its order. Resolves when what was woken waits again. */
  advance(ms: number): Promise<void> {
    return this.#mine().advance(ms);
  }
  /** Stops the clock where it stands: from then on only `advance` and `travel` move it. */
  freeze(): void {
    this.#mine().freeze();
  }
  /** Lets a frozen clock run on from where it stands. */
  unfreeze(): void {
    this.#mine().unfreeze();
  }
  /** Goes to a date. What is due until then is woken; going back, what waits waits as long as before. */
  travel(to: Date | number | string): Promise<void> {
    return this.#mine().travel(to);
  }

  /** Follows the gateway's again. */
  reset(): void {
    const own = this.#own;
    if (own === null) return;
    this.#own = null;
    this.#takeOver();
    own.close();
  }

  /** Forgets everything that waits. */
  close(): void {
    this.#waiting.clear();
    this.#own?.close();
  }

  get #current(): GatewayClock {
    return this.#own ?? this.#gateway;
  }

  #mine(): GatewayClock {
    if (this.#own === null) {
      this.#own = this.#gateway.fork();
      this.#takeOver();
    }
    return this.#own;
  }

  /** What waits goes over to the clock that holds now, and waits as long as before. */
  #takeOver(): void {
    for (const one of this.#waiting) this.#schedule(one, one.cancel());
  }

  #schedule(one: Waiting, ms: number): void {
    one.cancel = this.#current.after(ms, () => {
      this.#waiting.delete(one);
      one.act();
    });
  }
}
