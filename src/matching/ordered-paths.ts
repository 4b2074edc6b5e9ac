/**
 * Which paths: one; all that begin with the segments of a text without `/` at its end; or those that a test takes, all of which begin with
 * a text (the empty one, where nothing is known).
 */
export type PathPattern =
  | { readonly exact: string }
  | { readonly prefix: string }
  | { readonly begins: string; readonly test: (path: string) => boolean };

/** The value that a field must have, whatever else is asked for. */
export interface NeededField {
  readonly name: string;
  readonly value: string;
}
/** Places in the order: of values that need no field, and of those that need one, by its name and value. */
interface Places {
  readonly any: number[];
  readonly needing: Map<string, Map<string, number[]>>;
}

/** Values in the order in which they count, each for some paths. Which of them may concern a request is looked up, however many there are. */
export class OrderedPaths<T> {
  readonly #values: T[] = [];
  readonly #tests = new Map<number, (path: string) => boolean>();
  readonly #exact = new Map<string, Places>();
  readonly #prefixes = new PlacesByStart();
  readonly #begins = new PlacesByStart();

  /** Counts after all that are there. `needs`: a field without which it is not accepted anyway. */
  add(pattern: PathPattern, value: T, needs?: NeededField): void {
    const place = this.#values.push(value) - 1;
    if ('test' in pattern) this.#tests.set(place, pattern.test);
    const places =
      'exact' in pattern
        ? placesAt(this.#exact, pattern.exact)
        : 'prefix' in pattern
          ? this.#prefixes.at(pattern.prefix)
          : this.#begins.at(pattern.begins);
    if (needs === undefined) places.any.push(place);
    else listAt(mapAt(places.needing, needs.name), needs.value).push(place);
  }

  /** The first value for the path that is accepted. */
  find(path: string, accept: (value: T) => boolean, field: (name: string) => string | undefined = () => undefined): T | undefined {
    const values = this.#values;
    let first = values.length;
    const offer = (list: readonly number[] = []): void => {
      for (const place of list) {
        if (place >= first) return;
        if (this.#tests.get(place)?.(path) !== false && accept(values[place] as T)) first = place;
      }
    };
    const offerAll = ({ any, needing }: Places): void => {
      offer(any);
      for (const [name, lists] of needing) {
        const value = field(name);
        if (value !== undefined) offer(lists.get(value));
      }
    };
    const exact = this.#exact.get(path);
    if (exact !== undefined) offerAll(exact);
    this.#prefixes.forEach(path, (length) => length === path.length || path[length] === '/', offerAll);
    this.#begins.forEach(path, () => true, offerAll);
    return values[first];
  }
}

/** Places by a text that paths begin with. */
class PlacesByStart {
  readonly #places = new Map<string, Places>();
  /** Of the texts, each once, the longest first. */
  #lengths: readonly number[] = [];

  at(start: string): Places {
    if (!this.#lengths.includes(start.length)) this.#lengths = [...this.#lengths, start.length].toSorted((a, b) => b - a);
    return placesAt(this.#places, start);
  }
  /** `ends`: whether a text may end there. */
  forEach(path: string, ends: (length: number) => boolean, act: (places: Places) => void): void {
    for (const length of this.#lengths) {
      if (length > path.length || !ends(length)) continue;
      const found = this.#places.get(path.slice(0, length));
      if (found !== undefined) act(found);
    }
  }
}

const placesAt = (table: Map<string, Places>, key: string): Places => made(table, key, () => ({ any: [], needing: new Map() }));
const mapAt = (table: Map<string, Map<string, number[]>>, key: string): Map<string, number[]> => made(table, key, () => new Map());
const listAt = (table: Map<string, number[]>, key: string): number[] => made(table, key, () => []);

function made<V>(table: Map<string, V>, key: string, create: () => V): V {
  let value = table.get(key);
  if (value === undefined) table.set(key, (value = create()));
  return value;
}
