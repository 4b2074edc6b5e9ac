import type { Limiter } from './limiter.ts';

export interface ConcurrencyState {
  readonly open: number;
}

/** How many may be under way at once. A cost of 1 begins one, of -1 ends one; an end is always allowed. */
export function concurrency({ limit }: { readonly limit: number }): Limiter<ConcurrencyState, { readonly allowed: boolean; readonly open: number }> {
  return {
    name: 'concurrency',
    apply(state, _now, cost) {
      const before = state?.open ?? 0;
      const allowed = cost <= 0 || before + cost <= limit;
      const open = allowed ? Math.max(0, before + cost) : before;
      return { state: open === 0 ? undefined : { open }, verdict: { allowed, open }, expiresAt: Infinity };
    },
  };
}
