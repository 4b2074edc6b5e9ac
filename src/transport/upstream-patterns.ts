/** Stands for many names: `*` is any text without `/` and `:`. */
interface Pattern<T> {
  /** Texts and the separators between them; each text by its pieces, between which a `*` stands. */
  readonly fields: readonly (readonly string[])[];
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
      .map(([name, target]) => ({ fields: fieldsOf(name).map((one) => one.split('*')), weight: name.replaceAll('*', '').length, target }))
      .toSorted((a, b) => b.weight - a.weight);
  }

  /** `names`: every way in which a configuration writes an upstream. */
  find(names: readonly string[]): T | undefined {
    const all = names.map(fieldsOf);
    return this.#patterns.find(({ fields }) => all.some((one) => isLike(one, fields)))?.target;
  }
}

const fieldsOf = (name: string): string[] => name.split(/([/:])/);

/** What `*` stands for has no separator: the fields of both are the same in number. */
const isLike = (texts: readonly string[], fields: readonly (readonly string[])[]): boolean =>
  texts.length === fields.length && texts.every((text, at) => isMade(text, fields[at] as readonly string[]));

/** Whether a text is made of pieces with anything between them. The first place of each is the best one, so that none is tried twice. */
function isMade(text: string, pieces: readonly string[]): boolean {
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = text.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
