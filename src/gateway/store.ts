import type { Memory, Store } from '../engine/store.ts';
import type { Limiter } from '../limiters/limiter.ts';

interface Held {
  state: unknown;
  expiresAt: number;
}

/** Counters in this process. States that may be forgotten are swept a few at a time, as others are used. */
export class MemoryStore implements Store {
  readonly #held = new Map<string, Held>();
  #updates = 0;

  update<S, V>(key: string, limiter: Limiter<S, V>, now: number, cost: number): V {
    const held = this.#held.get(key);
    const { state, verdict, expiresAt } = limiter.apply(held === undefined || held.expiresAt <= now ? undefined : (held.state as S), now, cost);
    if (state === undefined) this.#held.delete(key);
    else if (held === undefined) this.#held.set(key, { state, expiresAt });
    else {
      held.state = state;
      held.expiresAt = expiresAt;
    }
    this.#updates += 1;
    if ((this.#updates & 1023) === 0) this.#sweep(now);
    return verdict;
  }

  clear(): void {
    this.#held.clear();
  }

  get size(): number {
    return this.#held.size;
  }

  #sweep(now: number): void {
    for (const [key, held] of this.#held) if (held.expiresAt <= now) this.#held.delete(key);
  }
}

export class ProcessMemory implements Memory {
  readonly #held = new Map<string, unknown>();

  get<T>(key: string, create: () => T): T {
    if (!this.#held.has(key)) this.#held.set(key, create());
    return this.#held.get(key) as T;
  }

  clear(): void {
    this.#held.clear();
  }
}
