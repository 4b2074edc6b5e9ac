import { clearWithin, scopeName } from '../engine/scope.ts';
import type { Memory, Store } from '../engine/store.ts';
import type { Limiter } from '../limiters/limiter.ts';

interface Held {
  state: unknown;
  expiresAt: number;
}

/** Counters in this process. States that may be forgotten are swept a few at a time, as others are used. */
export class MemoryStore implements Store {
  /** By scope, each of which has its own time: what has expired in one has not in another. */
  readonly #scopes = new Map<string, Map<string, Held>>();
  /** Outside scopes. */
  readonly #common = new Map<string, Held>();
  #updates = 0;

  update<S, V>(key: string, limiter: Limiter<S, V>, now: number, cost: number): V {
    const all = this.#heldBy(scopeName(key));
    const held = all.get(key);
    const { state, verdict, expiresAt } = limiter.apply(held === undefined || held.expiresAt <= now ? undefined : (held.state as S), now, cost);
    if (state === undefined) all.delete(key);
    else if (held === undefined) all.set(key, { state, expiresAt });
    else {
      held.state = state;
      held.expiresAt = expiresAt;
    }
    this.#updates += 1;
    if ((this.#updates & 1023) === 0) sweep(all, now);
    return verdict;
  }

  /** Of one scope, or all. */
  clear(scope?: string): void {
    if (scope !== undefined) return void this.#scopes.delete(scope);
    this.#common.clear();
    this.#scopes.clear();
  }

  get size(): number {
    return [...this.#scopes.values()].reduce((sum, one) => sum + one.size, this.#common.size);
  }

  #heldBy(scope: string): Map<string, Held> {
    if (scope === '') return this.#common;
    let held = this.#scopes.get(scope);
    if (held === undefined) this.#scopes.set(scope, (held = new Map<string, Held>()));
    return held;
  }
}

function sweep(all: Map<string, Held>, now: number): void {
  for (const [key, held] of all) if (held.expiresAt <= now) all.delete(key);
}

export class ProcessMemory implements Memory {
  readonly #held = new Map<string, unknown>();

  get<T>(key: string, create: () => T): T {
    if (!this.#held.has(key)) this.#held.set(key, create());
    return this.#held.get(key) as T;
  }

  /** What lies behind a prefix, or all. */
  clear(prefix = ''): void {
    clearWithin(this.#held, prefix);
  }
}
