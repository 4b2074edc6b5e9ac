import { javaEquals, javaText, type HostObject } from './java-values.ts';
import { TemplateFailure } from './syntax.ts';

/** Lists and maps that a template builds are bounded. */
const most = 100_000;

/** An iterator: what `hasNext` and `next` share. */
class JavaIterator implements HostObject {
  readonly javaMethods: HostObject['javaMethods'];
  constructor(items: readonly unknown[]) {
    let at = 0;
    this.javaMethods = {
      hasNext: () => at < items.length,
      next: () => {
        if (at >= items.length) throw new TemplateFailure('there is no next element');
        return items[at++];
      },
    };
  }
}

/** Map.Entry, a live view of its map. */
class MapEntry implements HostObject {
  readonly javaMethods: HostObject['javaMethods'];
  readonly #key: unknown;
  readonly #map: Map<unknown, unknown>;
  constructor(map: Map<unknown, unknown>, key: unknown) {
    this.#key = key;
    this.#map = map;
    this.javaMethods = {
      getKey: () => key,
      getValue: () => map.get(key) ?? null,
      setValue: (value) => {
        const before = map.get(key) ?? null;
        map.set(key, value);
        return before;
      },
    };
  }
  toString(): string {
    return `${javaText(this.#key)}=${javaText(this.#map.get(this.#key))}`;
  }
}

function place(list: readonly unknown[], index: unknown, end = list.length): number {
  const at = Number(index as bigint);
  if (!Number.isInteger(at) || at < 0 || at >= end) throw new TemplateFailure(`index ${javaText(index)} out of bounds for length ${list.length}`);
  return at;
}

function grown<T extends readonly unknown[]>(list: T, by: number): T {
  if (list.length + by > most) throw new TemplateFailure(`a list has at most ${most} elements`);
  return list;
}

type Methods<T> = Readonly<Record<string, (self: T, ...args: unknown[]) => unknown>>;
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** java.util.List, and what the sets and collections of a map share with it. */
export const listMethods: Methods<unknown[]> = {
  size: (list) => BigInt(list.length),
  isEmpty: (list) => list.length === 0,
  get: (list, at) => list[place(list, at)] ?? null,
  set: (list, at, value) => {
    const index = place(list, at);
    const before = list[index];
    list[index] = value;
    return before;
  },
  add: (list, first, ...rest) => {
    grown(list, 1);
    if (rest.length === 0) return list.push(first) > 0;
    list.splice(place(list, first, list.length + 1), 0, rest[0]);
    return null;
  },
  addAll: (list, more) => {
    const items = asList(more);
    grown(list, items.length);
    for (const item of items.slice()) list.push(item);
    return items.length > 0;
  },
  remove: (list, what) => {
    if (typeof what === 'bigint') return list.splice(place(list, what), 1)[0] ?? null;
    const at = list.findIndex((item) => javaEquals(item, what));
    if (at >= 0) list.splice(at, 1);
    return at >= 0;
  },
  clear: (list) => {
    list.length = 0;
    return null;
  },
  contains: (list, what) => list.some((item) => javaEquals(item, what)),
  containsAll: (list, all) => asList(all).every((what) => list.some((item) => javaEquals(item, what))),
  indexOf: (list, what) => BigInt(list.findIndex((item) => javaEquals(item, what))),
  lastIndexOf: (list, what) => BigInt(list.findLastIndex((item) => javaEquals(item, what))),
  subList: (list, from, to) => [...list].slice(place(list, from, list.length + 1), place(list, to, list.length + 1)),
  iterator: (list) => new JavaIterator(list),
  listIterator: (list) => new JavaIterator(list),
  toArray: (list) => [...list],
  equals: (list, other) => javaEquals(list, other),
  toString: (list: unknown[]) => javaText(list),
};

/** java.util.Map. */
export const mapMethods: Methods<Map<unknown, unknown>> = {
  size: (map) => BigInt(map.size),
  isEmpty: (map) => map.size === 0,
  get: (map, key) => map.get(key) ?? null,
  getOrDefault: (map, key, other) => (map.has(key) ? map.get(key) : other),
  put: (map, key, value) => {
    if (map.size >= most) throw new TemplateFailure(`a map has at most ${most} entries`);
    const before = map.get(key) ?? null;
    map.set(key, value);
    return before;
  },
  putIfAbsent: (map, key, value) => {
    const before = map.get(key) ?? null;
    if (before === null) map.set(key, value);
    return before;
  },
  putAll: (map, other) => {
    if (other instanceof Map) for (const [key, value] of other) map.set(key, value);
    return null;
  },
  remove: (map, key) => {
    const before = map.get(key) ?? null;
    map.delete(key);
    return before;
  },
  clear: (map) => (map.clear(), null),
  containsKey: (map, key) => map.has(key),
  containsValue: (map, value) => [...map.values()].some((one) => javaEquals(one, value)),
  keySet: (map) => [...map.keys()],
  values: (map) => [...map.values()],
  entrySet: (map) => [...map.keys()].map((key) => new MapEntry(map, key)),
  equals: (map, other) => javaEquals(map, other),
  toString: (map: Map<unknown, unknown>) => javaText(map),
};
