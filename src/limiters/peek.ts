import type { Limiter } from './limiter.ts';

/** The verdict that a limiter would give, with its state left as it is: for several limits that must all pass before any of them counts. */
export const peek = <S, V>(limiter: Limiter<S, V>): Limiter<S, V> => ({
  name: limiter.name,
  apply(state, now, cost) {
    const { verdict, expiresAt } = limiter.apply(state, now, cost);
    return { state, verdict, expiresAt };
  },
});
