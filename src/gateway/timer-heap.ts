/** Something that waits for a time. */
export interface Timer {
  due: number;
  /** Decides among those that are due together: the first asked is the first woken. */
  readonly order: number;
  readonly act: () => void;
  /** Its place in the heap; -1: no longer there. */
  place: number;
}

const before = (one: Timer, other: Timer): boolean => one.due < other.due || (one.due === other.due && one.order < other.order);

/**
 * Timers, the first due on top. A heap in an array, because most timers are time-outs that are called off at once: what is taken out leaves
 * nothing behind that points at what came later, which would keep whole requests alive until a full collection.
 */
export class TimerHeap {
  readonly #timers: Timer[] = [];

  get size(): number {
    return this.#timers.length;
  }

  get first(): Timer | undefined {
    return this.#timers[0];
  }

  add(timer: Timer): void {
    timer.place = this.#timers.length;
    this.#timers.push(timer);
    this.#rise(timer);
  }

  remove(timer: Timer): void {
    const { place } = timer;
    if (place < 0) return;
    timer.place = -1;
    const last = this.#timers.pop() as Timer;
    if (last === timer) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  /** Moves all of them by the same time: their order stays. */
  shift(ms: number): void {
    for (const timer of this.#timers) timer.due += ms;
  }

  clear(): void {
    for (const timer of this.#timers) timer.place = -1;
    this.#timers.length = 0;
  }

  #put(timer: Timer, place: number): void {
    timer.place = place;
    this.#timers[place] = timer;
  }

  #rise(timer: Timer): void {
    while (timer.place > 0) {
      const parent = this.#timers[(timer.place - 1) >> 1] as Timer;
      if (!before(timer, parent)) return;
      const { place } = timer;
      this.#put(timer, parent.place);
      this.#put(parent, place);
    }
  }

  #sink(timer: Timer): void {
    for (;;) {
      const at = timer.place * 2 + 1;
      const left = this.#timers[at];
      if (left === undefined) return;
      const right = this.#timers[at + 1];
      const child = right !== undefined && before(right, left) ? right : left;
      if (!before(child, timer)) return;
      const { place } = timer;
      this.#put(timer, child.place);
      this.#put(child, place);
    }
  }
}
