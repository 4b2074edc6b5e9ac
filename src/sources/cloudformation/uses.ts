/** What was asked of a template while a part of it was worked out: `Parameters`, `Stage`; `Mappings`, `Codes`, `live`, `ok`. */
export class Uses {
  #now = new Map<string, readonly string[]>();

  add(...path: readonly string[]): void {
    this.#now.set(path.join('\0'), path);
  }
  addAll(paths: Iterable<readonly string[]>): void {
    for (const path of paths) this.add(...path);
  }
  has(...path: readonly string[]): boolean {
    return this.#now.has(path.join('\0'));
  }
  [Symbol.iterator](): Iterator<readonly string[]> {
    return this.#now.values();
  }

  /** What a piece of work asks for; it counts for what surrounds it too. */
  during<T>(work: () => T): readonly [found: T, asked: readonly (readonly string[])[]] {
    const outer = this.#now;
    this.#now = new Map();
    const found = work();
    const asked = [...this.#now.values()];
    this.#now = outer;
    this.addAll(asked);
    return [found, asked];
  }
}
