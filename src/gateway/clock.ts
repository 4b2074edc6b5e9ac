import type { Clock } from '../engine/clock.ts';
import { TimerHeap } from './timer-heap.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const maxDelay = 2_147_483_647;

/** Resolves when the clock has moved on by `ms`; rejects with the signal's reason. */
export function sleepOn(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const cancel = clock.after(ms, () => {
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

/** The clock of one gateway: runs with the machine's until it is frozen, moved or sent elsewhere. */
export class GatewayClock implements Clock {
  readonly #real: () => number;
  readonly #timers = new TimerHeap();
  /** One timer of the machine stands for all of ours: it wakes no later than the first of them is due. */
  #alarm: ReturnType<typeof setTimeout> | undefined;
  #alarmAt = Infinity;
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

  /** What calls it off answers for how many ms it would still have waited. */
  after(ms: number, act: () => void): () => number {
    const timer = { due: this.now() + Math.max(0, ms), order: (this.#order += 1), act, place: -1 };
    this.#timers.add(timer);
    if (timer.due < this.#alarmAt) this.#arm();
    return () => {
      this.#timers.remove(timer);
      return timer.due - this.now();
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Another clock that shows the same, moves as this one does now, and on which nobody waits. */
  fork(): GatewayClock {
    const other = new GatewayClock(this.#real);
    other.#offset = this.#offset;
    other.#frozenAt = this.#frozenAt;
    return other;
  }

  /** Moves on by `ms`, waking what is due in its order. Resolves when what was woken waits again. */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new TypeError(`advance needs a number of milliseconds from 0, not ${ms}`);
    await this.#moveTo(this.now() + ms);
  }

  /** Stops the clock where it stands: from then on only `advance` and `travel` move it. */
  freeze(): void {
    this.#frozenAt ??= this.now();
    this.#disarm();
  }

  /** Lets a frozen clock run on from where it stands. */
  unfreeze(): void {
    if (this.#frozenAt === null) return;
    this.#offset = this.#frozenAt - this.#real();
    this.#frozenAt = null;
    this.#arm();
  }

  /** Goes to a date. What is due until then is woken; going back, what waits waits as long as before. */
  async travel(to: Date | number | string): Promise<void> {
    const at = new Date(to).getTime();
    if (Number.isNaN(at)) throw new TypeError(`travel needs a date, not ${String(to)}`);
    const back = this.now() - at;
    if (back <= 0) return this.#moveTo(at);
    this.#timers.shift(-back);
    this.#set(at);
  }

  /** Back to the machine's time. */
  reset(): void {
    const shift = this.#real() - this.now();
    this.#frozenAt = null;
    this.#offset = 0;
    this.#timers.shift(shift);
    this.#arm();
  }

  /** Forgets everything that waits. */
  close(): void {
    this.#disarm();
    this.#timers.clear();
  }

  /** How many wait, and for how long the first: what a watchdog names. */
  get waiting(): number {
    return this.#timers.size;
  }

  async #moveTo(end: number): Promise<void> {
    for (;;) {
      const next = this.#timers.first;
      if (next === undefined || next.due > end) break;
      this.#set(Math.max(this.now(), next.due));
      this.#timers.remove(next);
      next.act();
      await turn();
      await turn();
    }
    this.#set(Math.max(end, this.#frozenAt === null ? this.now() : end));
    await turn();
  }

  #set(now: number): void {
    if (this.#frozenAt === null) {
      this.#offset = now - this.#real();
      this.#arm();
    } else this.#frozenAt = now;
  }

  /** A timer that was called off leaves the alarm as it is: it wakes for nothing, and is set anew. */
  #arm(): void {
    this.#disarm();
    const { first } = this.#timers;
    if (this.#frozenAt !== null || first === undefined) return;
    this.#alarmAt = first.due;
    this.#alarm = setTimeout(() => this.#ring(), Math.min(Math.max(0, first.due - this.now()), maxDelay));
    this.#alarm.unref();
  }

  #disarm(): void {
    clearTimeout(this.#alarm);
    this.#alarm = undefined;
    this.#alarmAt = Infinity;
  }

  #ring(): void {
    try {
      for (;;) {
        const { first } = this.#timers;
        if (first === undefined || this.#frozenAt !== null || first.due > this.now()) break;
        this.#timers.remove(first);
        first.act();
      }
    } finally {
      this.#arm();
    }
  }
}
