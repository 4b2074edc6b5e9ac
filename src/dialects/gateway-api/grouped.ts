/** In the order in which the keys come. */
export function grouped<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const found = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const there = found.get(key);
    if (there === undefined) found.set(key, [item]);
    else there.push(item);
  }
  return found;
}
