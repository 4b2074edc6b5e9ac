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
  /** By what stands after the `*`, with its dot. */
  readonly #wild = new Map<string, T>();
  #longest = 0;
  #any: T | null = null;

  /** The table of one pattern, made when it is first asked for. Empty or `*`: every host. */
  at(pattern: string, create: () => T): T {
    const lower = pattern.toLowerCase();
    if (lower === '' || lower === '*') return (this.#any ??= create());
    if (lower.startsWith('*.')) {
      const suffix = lower.slice(1);
      this.#longest = Math.max(this.#longest, suffix.length);
      return made(this.#wild, suffix, create);
    }
    return made(this.#exact, lower, create);
  }

  /** Offers the tables of a host, the most specific first, until one gives an answer. */
  find<R>(host: string, ask: (value: T) => R | undefined): R | undefined {
    const exact = this.#exact.get(host);
    let found = exact === undefined ? undefined : ask(exact);
    if (found !== undefined) return found;
    if (this.#wild.size > 0) {
      for (let dot = host.indexOf('.', Math.max(1, host.length - this.#longest)); dot > 0; dot = host.indexOf('.', dot + 1)) {
        const wild = this.#wild.get(host.slice(dot));
        found = wild === undefined ? undefined : ask(wild);
        if (found !== undefined) return found;
      }
    }
    return this.#any === null ? undefined : ask(this.#any);
  }
}

function made<T>(table: Map<string, T>, key: string, create: () => T): T {
  let value = table.get(key);
  if (value === undefined) table.set(key, (value = create()));
  return value;
}
