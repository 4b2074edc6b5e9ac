/** Which paths: one, all that begin with the segments of a text without `/` at its end, or those that a test takes. */
export type PathPattern = { readonly exact: string } | { readonly prefix: string } | { readonly test: (path: string) => boolean };

/** Values in the order in which they count, each for some paths. Which of them a path concerns is looked up, however many there are. */
export class OrderedPaths<T> {
  readonly #values: T[] = [];
  /** Places in the order, by what of the path they ask for. */
  readonly #exact = new Map<string, number[]>();
  readonly #prefixes = new Map<string, number[]>();
  readonly #tests: { readonly place: number; readonly test: (path: string) => boolean }[] = [];
  /** Of the prefixes, each once, the longest first. */
  #lengths: readonly number[] = [];

  /** Counts after all that are there. */
  add(pattern: PathPattern, value: T): void {
    const place = this.#values.push(value) - 1;
    if ('test' in pattern) this.#tests.push({ place, test: pattern.test });
    else if ('exact' in pattern) append(this.#exact, pattern.exact, place);
    else {
      append(this.#prefixes, pattern.prefix, place);
      const { length } = pattern.prefix;
      if (!this.#lengths.includes(length)) this.#lengths = [...this.#lengths, length].toSorted((a, b) => b - a);
    }
  }

  /** The first value for the path that is accepted. */
  find(path: string, accept: (value: T) => boolean): T | undefined {
    const values = this.#values;
    let first = values.length;
    const offer = (places: readonly number[] = []): void => {
      for (const place of places) {
        if (place >= first) return;
        if (accept(values[place] as T)) first = place;
      }
    };
    offer(this.#exact.get(path));
    for (const length of this.#lengths) if (length === path.length || path[length] === '/') offer(this.#prefixes.get(path.slice(0, length)));
    for (const { place, test } of this.#tests) {
      if (place >= first) break;
      if (test(path) && accept(values[place] as T)) first = place;
    }
    return values[first];
  }
}

function append(lists: Map<string, number[]>, key: string, place: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [place]);
  else list.push(place);
}
