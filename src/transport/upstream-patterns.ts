/** Stands for many names: `*` is any text without `/` and `:`. */
interface Pattern<T> {
  readonly parts: readonly string[];
  /** Characters that are no `*`: the more, the more specific. */
  readonly weight: number;
  readonly target: T;
}

/** What is known of upstreams by patterns of their names, such as `shop/*`, the most specific first. `*` alone is no pattern: it is everything. */
export class UpstreamPatterns<T> {
  readonly #patterns: readonly Pattern<T>[];

  constructor(targets: Iterable<readonly [string, T]>) {
    this.#patterns = [...targets]
      .filter(([name]) => name !== '*' && name.includes('*'))
      .map(([name, target]) => ({ parts: name.split('*'), weight: name.replaceAll('*', '').length, target }))
      .toSorted((a, b) => b.weight - a.weight);
  }

  /** `names`: every way in which a configuration writes an upstream. */
  find(names: readonly string[]): T | undefined {
    return this.#patterns.find(({ parts }) => names.some((name) => isMet(parts, name)))?.target;
  }
}

/** Whether a name has the parts in their order, from its beginning to its end, and no `/` or `:` between them. The first place of a part is the best one. */
function isMet(parts: readonly string[], name: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || !isPlain(name, at, found)) return false;
    at = found + part.length;
  }
  const end = name.length - last.length;
  return end >= at && name.endsWith(last) && isPlain(name, at, end);
}
const isPlain = (name: string, from: number, to: number): boolean => !/[/:]/.test(name.slice(from, to));
