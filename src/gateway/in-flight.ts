/** Counts requests that are being answered, so that a gateway can wait for them. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  readonly #done = (): void => {
    this.#count -= 1;
    if (this.#count === 0) for (const wake of this.#waiting.splice(0)) wake();
  };

  /** `work` never rejects. */
  track(work: Promise<void>): void {
    this.#count += 1;
    void work.then(this.#done, this.#done);
  }

  /** Resolves when nothing is being answered, or `graceMs` of the machine's time later. */
  idle(graceMs: number): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
