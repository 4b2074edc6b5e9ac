import type { Clock } from '../engine/clock.ts';

interface Timer {
  due: number;
  readonly order: number;
  readonly act: () => void;
  real: ReturnType<typeof setTimeout> | undefined;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const maxDelay = 2_147_483_647;

/** The clock of one gateway: runs with the machine's until it is frozen, moved or sent elsewhere. */
export class GatewayClock implements Clock {
  readonly #real: () => number;
  readonly #timers = new Set<Timer>();
  #offset = 0;
  #frozenAt: number | null = null;
  #order = 0;

  /** `real`: the machine's clock in ms. */
  constructor(real: () => number = Date.now) {
    this.#real = real;
  }

  now(): number {
    return this.#frozenAt ?? this.#real() + this.#offset;
  }

  after(ms: number, act: () => void): () => void {
    const timer: Timer = { due: this.now() + Math.max(0, ms), order: (this.#order += 1), act, real: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => this.#drop(timer);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Moves on by `ms`, waking what is due in its order. Resolves when what was woken waits again. */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new TypeError(`advance needs a number of milliseconds from 0, not ${ms}`);
    await this.#moveTo(this.now() + ms);
  }

  /** Stops the clock where it stands: from then on only `advance` and `travel` move it. */
  freeze(): void {
    this.#frozenAt ??= this.now();
    for (const timer of this.#timers) this.#disarm(timer);
  }

  /** Lets a frozen clock run on from where it stands. */
  unfreeze(): void {
    if (this.#frozenAt === null) return;
    this.#offset = this.#frozenAt - this.#real();
    this.#frozenAt = null;
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** Goes to a date. What is due until then is woken; going back, what waits waits as long as before. */
  async travel(to: Date | number | string): Promise<void> {
    const at = new Date(to).getTime();
    if (Number.isNaN(at)) throw new TypeError(`travel needs a date, not ${String(to)}`);
    const back = this.now() - at;
    if (back <= 0) return this.#moveTo(at);
    for (const timer of this.#timers) timer.due -= back;
    this.#set(at);
  }

  /** Back to the machine's time. */
  reset(): void {
    const shift = this.#real() - this.now();
    this.#frozenAt = null;
    this.#offset = 0;
    for (const timer of this.#timers) {
      timer.due += shift;
      this.#disarm(timer);
      this.#arm(timer);
    }
  }

  /** Forgets everything that waits. */
  close(): void {
    for (const timer of this.#timers) this.#drop(timer);
  }

  /** How many wait, and for how long the first: what a watchdog names. */
  get waiting(): number {
    return this.#timers.size;
  }

  async #moveTo(end: number): Promise<void> {
    for (;;) {
      const next = this.#first(end);
      if (next === undefined) break;
      this.#set(Math.max(this.now(), next.due));
      this.#fire(next);
      await turn();
      await turn();
    }
    this.#set(Math.max(end, this.#frozenAt === null ? this.now() : end));
    await turn();
  }

  #first(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due > until) continue;
      if (first === undefined || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer;
    }
    return first;
  }

  #set(now: number): void {
    if (this.#frozenAt === null) {
      this.#offset = now - this.#real();
      for (const timer of this.#timers) {
        this.#disarm(timer);
        this.#arm(timer);
      }
    } else this.#frozenAt = now;
  }

  #arm(timer: Timer): void {
    if (this.#frozenAt !== null) return;
    timer.real = setTimeout(
      () => (timer.due > this.now() ? this.#arm(timer) : this.#fire(timer)),
      Math.min(Math.max(0, timer.due - this.now()), maxDelay),
    );
    timer.real.unref();
  }
  #disarm(timer: Timer): void {
    clearTimeout(timer.real);
    timer.real = undefined;
  }
  #drop(timer: Timer): void {
    this.#disarm(timer);
    this.#timers.delete(timer);
  }
  #fire(timer: Timer): void {
    this.#drop(timer);
    timer.act();
  }
}
