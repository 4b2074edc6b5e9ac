/** The host of a Host field, lower-case, without port and without the dot at the end. */
export function hostOf(field: string | undefined): string {
  if (field === undefined) return '';
  const bare = field.startsWith('[') ? field.slice(0, field.indexOf(']') + 1) : field.includes(':') ? field.slice(0, field.indexOf(':')) : field;
  const lower = bare.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** Whether a text could be the authority of a request: nothing that a URL would read as user, path, query or fragment. */
export const isAuthority = (field: string): boolean => /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-fA-F:.]+\])(?::\d{0,5})?$/.test(field);

/** Tables of hosts: exact ones, then `*.suffix` with the longest first, then everything. */
export class HostTable<T> {
  readonly #exact = new Map<string, T>();
  readonly #wild: { readonly suffix: string; readonly value: T }[] = [];
  #any: T | null = null;

  /** The table of one pattern, made when it is first asked for. Empty or `*`: every host. */
  at(pattern: string, create: () => T): T {
    const lower = pattern.toLowerCase();
    if (lower === '' || lower === '*') return (this.#any ??= create());
    if (lower.startsWith('*.')) {
      const suffix = lower.slice(1);
      const known = this.#wild.find((one) => one.suffix === suffix);
      if (known !== undefined) return known.value;
      const value = create();
      this.#wild.push({ suffix, value });
      this.#wild.sort((a, b) => b.suffix.length - a.suffix.length);
      return value;
    }
    let value = this.#exact.get(lower);
    if (value === undefined) this.#exact.set(lower, (value = create()));
    return value;
  }

  /** Offers the tables of a host, the most specific first, until one gives an answer. */
  find<R>(host: string, ask: (value: T) => R | undefined): R | undefined {
    const exact = this.#exact.get(host);
    let found = exact === undefined ? undefined : ask(exact);
    if (found !== undefined) return found;
    for (const { suffix, value } of this.#wild) {
      if (!host.endsWith(suffix) || host.length === suffix.length) continue;
      found = ask(value);
      if (found !== undefined) return found;
    }
    return this.#any === null ? undefined : ask(this.#any);
  }
}
