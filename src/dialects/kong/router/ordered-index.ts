/** What a request must have to match: one of these hosts, and a path that begins with one of these texts. Null: anything. */
export interface Anchors {
  /** `=HOST`, `$.SUFFIX` (from a dot on), `^PREFIX.` (up to a dot). */
  readonly hosts: readonly string[] | null;
  readonly paths: readonly string[] | null;
}

export interface PositionIndex {
  /** The lowest position that holds, or -1. Each may be asked more than once. */
  first(host: string, path: string, holds: (position: number) => boolean): number;
}
export type MakeIndex = (all: readonly Anchors[]) => PositionIndex;

/** Positions by the beginning of the path, each list in rising order. */
class PathTable {
  readonly #byPrefix = new Map<string, number[]>();
  readonly #anywhere: number[] = [];
  /** The lengths that there are, the longest first as they mostly rank, with the characters that texts of each end with: most need no look-up. */
  #lengths: { readonly length: number; readonly ends: Set<number> }[] = [];

  add(paths: readonly string[] | null, position: number): void {
    if (paths === null) {
      this.#anywhere.push(position);
      return;
    }
    for (const path of paths) {
      const list = this.#byPrefix.get(path);
      if (list === undefined) this.#byPrefix.set(path, [position]);
      else if (list.at(-1) !== position) list.push(position);
      this.#endsOf(path.length).add(path.charCodeAt(path.length - 1));
    }
  }

  #endsOf(length: number): Set<number> {
    const known = this.#lengths.find((one) => one.length === length);
    if (known !== undefined) return known.ends;
    const made = { length, ends: new Set<number>() };
    this.#lengths = [...this.#lengths, made].sort((a, b) => b.length - a.length);
    return made.ends;
  }

  /** The lowest position below `best` that holds, else `best`. */
  first(path: string, best: number, holds: (position: number) => boolean): number {
    let found = best;
    for (const { length, ends } of this.#lengths) {
      if (length > path.length || !ends.has(path.charCodeAt(length - 1))) continue;
      const list = this.#byPrefix.get(path.slice(0, length));
      if (list !== undefined) found = lowest(list, found, holds);
    }
    return lowest(this.#anywhere, found, holds);
  }
}

function lowest(list: readonly number[], best: number, holds: (position: number) => boolean): number {
  for (const position of list) {
    if (position >= best) return best;
    if (holds(position)) return position;
  }
  return best;
}

/**
 * Finds the first of an ordered list that holds without asking all of them. The order is that of the list, whatever it was made of:
 * the result is the same as asking one after the other.
 */
export class OrderedIndex implements PositionIndex {
  readonly #exact = new Map<string, PathTable>();
  readonly #suffixes = new Map<string, PathTable>();
  readonly #prefixes = new Map<string, PathTable>();
  readonly #anyHost = new PathTable();

  constructor(all: readonly Anchors[]) {
    for (const [position, { hosts, paths }] of all.entries()) {
      if (hosts === null) this.#anyHost.add(paths, position);
      for (const host of hosts ?? []) {
        const tables = host.startsWith('=') ? this.#exact : host.startsWith('$') ? this.#suffixes : this.#prefixes;
        const name = host.slice(1);
        let table = tables.get(name);
        if (table === undefined) tables.set(name, (table = new PathTable()));
        table.add(paths, position);
      }
    }
  }

  first(host: string, path: string, holds: (position: number) => boolean): number {
    let found = Infinity;
    if (this.#exact.size > 0) found = this.#exact.get(host)?.first(path, found, holds) ?? found;
    if (this.#suffixes.size > 0)
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1))
        found = this.#suffixes.get(host.slice(dot))?.first(path, found, holds) ?? found;
    if (this.#prefixes.size > 0)
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1))
        found = this.#prefixes.get(host.slice(0, dot + 1))?.first(path, found, holds) ?? found;
    found = this.#anyHost.first(path, found, holds);
    return found === Infinity ? -1 : found;
  }
}

export const orderedIndex: MakeIndex = (all) => new OrderedIndex(all);
