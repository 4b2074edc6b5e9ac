/** A piece of a path pattern: a text, a parameter, or the rest of the path. */
export type Piece = { readonly text: string } | { readonly parameter: string } | { readonly rest: string };

interface Node<T> {
  readonly texts: Map<string, Node<T>>;
  parameter: Node<T> | null;
  readonly ends: { readonly value: T; readonly names: readonly string[] }[];
  readonly rests: { readonly value: T; readonly names: readonly string[] }[];
}
type Accept<T, R> = (value: T, parameters: Readonly<Record<string, string>>) => R | undefined;

const node = <T>(): Node<T> => ({ texts: new Map(), parameter: null, ends: [], rests: [] });

/** Patterns by path segment. A search visits the more specific ones first: text before parameter before rest, at each segment. */
export class PathTrie<T> {
  readonly #root: Node<T> = node();

  /** `rest` may only stand last; it matches any number of segments, none included. */
  insert(pieces: readonly Piece[], value: T): void {
    let at = this.#root;
    const names: string[] = [];
    for (const piece of pieces) {
      if ('rest' in piece) {
        at.rests.push({ value, names: [...names, piece.rest] });
        return;
      }
      if ('parameter' in piece) {
        names.push(piece.parameter);
        at = at.parameter ??= node();
      } else {
        let next = at.texts.get(piece.text);
        if (next === undefined) at.texts.set(piece.text, (next = node()));
        at = next;
      }
    }
    at.ends.push({ value, names });
  }

  /** Offers only what is text from end to end. */
  findText<R>(segments: readonly string[], accept: Accept<T, R>): R | undefined {
    let at: Node<T> | undefined = this.#root;
    for (const segment of segments) {
      at = at.texts.get(segment);
      if (at === undefined) return undefined;
    }
    for (const { value } of at.ends) {
      const found = accept(value, noParameters);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Offers what matches, the most specific first, until one is accepted. */
  find<R>(segments: readonly string[], accept: Accept<T, R>): R | undefined {
    return visit(this.#root, segments, 0, [], accept);
  }
}

function visit<T, R>(at: Node<T>, segments: readonly string[], index: number, values: string[], accept: Accept<T, R>): R | undefined {
  if (index === segments.length) {
    for (const { value, names } of at.ends) {
      const found = accept(value, parametersOf(names, values, segments, index));
      if (found !== undefined) return found;
    }
  } else {
    const segment = segments[index] as string;
    const next = at.texts.get(segment);
    if (next !== undefined) {
      const found = visit(next, segments, index + 1, values, accept);
      if (found !== undefined) return found;
    }
    if (at.parameter !== null && segment !== '') {
      values.push(segment);
      const found = visit(at.parameter, segments, index + 1, values, accept);
      values.pop();
      if (found !== undefined) return found;
    }
  }
  for (const { value, names } of at.rests) {
    const found = accept(value, parametersOf(names, values, segments, index));
    if (found !== undefined) return found;
  }
  return undefined;
}

const noParameters: Readonly<Record<string, string>> = Object.freeze({});

function parametersOf(
  names: readonly string[],
  values: readonly string[],
  segments: readonly string[],
  index: number,
): Readonly<Record<string, string>> {
  if (names.length === 0 || (names.length === 1 && names[0] === '')) return noParameters;
  const parameters: Record<string, string> = {};
  for (const [at, name] of names.entries()) if (name !== '') parameters[name] = values[at] ?? segments.slice(index).join('/');
  return parameters;
}
