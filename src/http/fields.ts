/** Compares names without making strings: lengths first, then ASCII without case. `lower` is already lower-case. */
function same(name: string, lower: string): boolean {
  if (name.length !== lower.length) return false;
  if (name === lower) return true;
  for (let at = 0; at < lower.length; at += 1) {
    const code = name.charCodeAt(at);
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== lower.charCodeAt(at)) return false;
  }
  return true;
}

/**
 * A header section as it stood on the wire: order, case and repetition kept. Values are strings of latin1 characters.
 * Names in calls may have any case.
 */
export class Fields {
  /** Flat: name, value, name, value. */
  readonly raw: string[];

  constructor(raw: string[] = []) {
    this.raw = raw;
  }

  static from(pairs: Iterable<readonly [string, string]>): Fields {
    const raw: string[] = [];
    for (const [name, value] of pairs) raw.push(name, value);
    return new Fields(raw);
  }

  copy(): Fields {
    return new Fields(this.raw.slice());
  }

  /** The first value, as it stood. */
  get(name: string): string | undefined {
    const lower = name.toLowerCase();
    for (let at = 0; at < this.raw.length; at += 2) if (same(this.raw[at] as string, lower)) return this.raw[at + 1];
    return undefined;
  }

  getAll(name: string): string[] {
    const lower = name.toLowerCase();
    const found: string[] = [];
    for (let at = 0; at < this.raw.length; at += 2) if (same(this.raw[at] as string, lower)) found.push(this.raw[at + 1] as string);
    return found;
  }

  /** All values joined by `, `, as RFC 9110 section 5.2 allows; not for Set-Cookie. */
  joined(name: string): string | undefined {
    const all = this.getAll(name);
    return all.length === 0 ? undefined : all.join(', ');
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  append(name: string, value: string): void {
    this.raw.push(name, value);
  }

  /** Puts one field in the place of all of that name; at the place of the first, else at the end. */
  set(name: string, value: string): void {
    const lower = name.toLowerCase();
    for (let at = 0; at < this.raw.length; at += 2) {
      if (!same(this.raw[at] as string, lower)) continue;
      this.raw[at] = name;
      this.raw[at + 1] = value;
      this.#removeFrom(at + 2, lower);
      return;
    }
    this.raw.push(name, value);
  }

  /** Returns whether a field of that name was there. */
  remove(name: string): boolean {
    return this.#removeFrom(0, name.toLowerCase());
  }

  /** Keeps the fields for which `keep` answers true. Names are given lower-case. */
  filter(keep: (lowerName: string, value: string) => boolean): void {
    const { raw } = this;
    let to = 0;
    for (let at = 0; at < raw.length; at += 2) {
      const name = raw[at] as string;
      const value = raw[at + 1] as string;
      if (!keep(name.toLowerCase(), value)) continue;
      raw[to] = name;
      raw[to + 1] = value;
      to += 2;
    }
    raw.length = to;
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (let at = 0; at < this.raw.length; at += 2) yield [this.raw[at] as string, this.raw[at + 1] as string];
  }

  #removeFrom(start: number, lower: string): boolean {
    const { raw } = this;
    let to = start;
    for (let at = start; at < raw.length; at += 2) {
      if (same(raw[at] as string, lower)) continue;
      if (to !== at) {
        raw[to] = raw[at] as string;
        raw[to + 1] = raw[at + 1] as string;
      }
      to += 2;
    }
    const removed = to !== raw.length;
    raw.length = to;
    return removed;
  }
}
