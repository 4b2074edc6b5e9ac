import type { Exchange } from '../../../engine/exchange.ts';
import type { LinkDeps } from '../../../engine/kit.ts';
import { slidingEstimate, slidingWindow, type SlidingState } from '../../../limiters/sliding-window.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readDuration } from '../duration.ts';

/** How many of the tries that a Service gets may be others than first ones. Source: RetryConstraint of the API reference, GEP-3388. */
export interface RetryBudget {
  /** Whose it is: all rules that lead to its Services share it. */
  readonly policy: string;
  readonly percent: number;
  readonly intervalMs: number;
  /** So many are allowed in `leastMs`, however few tries there are. */
  readonly least: number;
  readonly leastMs: number;
}

export function readBudget(setting: Setting, policy: string): RetryBudget | null {
  if (!setting.exists) return null;
  const read = setting.approximately('an interval slides over two windows of its length, of which the earlier one fades out');
  const [budget, rate] = [read.get('budget'), read.get('minRetryRate')];
  return {
    policy,
    percent: budget.get('percent').number({ min: 0, max: 100, integer: true }) ?? 20,
    intervalMs: readDuration(budget.get('interval')) || 10_000,
    least: rate.get('count').number({ min: 0, integer: true }) ?? 10,
    leastMs: readDuration(rate.get('interval')) || 1000,
  };
}

/** Counts the tries of a Service. */
export interface CountedTries {
  first(exchange: Exchange): void;
  /** Whether another one is within the budget; it counts then. */
  again(exchange: Exchange): boolean;
}

export function triesWithin(
  { policy, percent, intervalMs, least, leastMs }: RetryBudget,
  { memory, clock }: Pick<LinkDeps, 'memory' | 'clock'>,
): CountedTries {
  const counts = (exchange: Exchange): { readonly all: Recent; readonly again: Recent; readonly lately: Recent } =>
    memory.get(`${exchange.scope}gateway-api:retry-budget:${policy}:${intervalMs}:${leastMs}`, () => ({
      all: new Recent(intervalMs),
      again: new Recent(intervalMs),
      lately: new Recent(leastMs),
    }));
  return {
    first: (exchange) => counts(exchange).all.add((exchange.clock ?? clock).now()),
    again(exchange) {
      const now = (exchange.clock ?? clock).now();
      const { all, again, lately } = counts(exchange);
      if (lately.at(now) + 1 > least && again.at(now) + 1 > ((all.at(now) + 1) * percent) / 100) return false;
      for (const one of [all, again, lately]) one.add(now);
      return true;
    },
  };
}

/** How many there were in the last `windowMs`. */
class Recent {
  readonly #windowMs: number;
  readonly #window: ReturnType<typeof slidingWindow>;
  #state: SlidingState | undefined;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#window = slidingWindow({ limit: Infinity, windowMs, counts: 'all' });
  }

  add(now: number, count = 1): void {
    this.#state = this.#window.apply(this.#state, now, count).state;
  }
  at(now: number): number {
    this.add(now, 0);
    const { start, current, previous } = this.#state as SlidingState;
    return slidingEstimate(previous, current, now - start, this.#windowMs);
  }
}
