import type { Limiter } from '../limiters/limiter.ts';
import type { Store } from './store.ts';

export interface Update<S, V> {
  readonly key: string;
  readonly limiter: Limiter<S, V>;
  readonly cost: number;
}

/** Goes on at once where there is nothing to wait for, so that no other request comes between. */
export const after = <T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> =>
  value instanceof Promise ? value.then(next) : next(value);

/** One update after the other. Answers the verdicts, at once where the store does. */
export function updateAll<S, V>(store: Store, updates: readonly Update<S, V>[], now: number): V[] | Promise<V[]> {
  const verdicts: V[] = [];
  for (const [at, { key, limiter, cost }] of updates.entries()) {
    const verdict = store.update(key, limiter, now, cost);
    if (verdict instanceof Promise) return verdict.then(async (one) => [...verdicts, one, ...(await updateAll(store, updates.slice(at + 1), now))]);
    verdicts.push(verdict);
  }
  return verdicts;
}
