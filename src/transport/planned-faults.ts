import type { Answer } from '../engine/kit.ts';
import { refuse, type Failure } from '../engine/outcome.ts';
import { ownAnswer } from '../engine/own-answer.ts';
import { fault } from '../model/fault.ts';
import type { Sending } from './pending-answer.ts';
import { namesWithin } from './upstreams.ts';
import { clearWithin } from '../engine/scope.ts';

/** What an upstream is to do instead of its own, or before it. */
export interface PlannedFault {
  /** Answers so, without asking the upstream. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Waits so many ms of the gateway's clock first; what the configuration allows an upstream still holds. */
  readonly delayMs?: number;
  /** Breaks the connection off. */
  readonly reset?: boolean;
  /** For so many requests; default: until it is taken back. */
  readonly times?: number;
}

/**
 * Faults that tests have planned, by the name of an upstream as the configuration writes it; `*` is every upstream. Behind the prefix of a
 * scope a name stands for that scope alone, and above the gateway's own.
 */
export class PlannedFaults {
  readonly #plans = new Map<string, { readonly plan: PlannedFault; left: number }>();

  get isEmpty(): boolean {
    return this.#plans.size === 0;
  }

  /** Answers how to take it back. */
  plan(upstream: string, plan: PlannedFault): () => void {
    const entry = { plan, left: plan.times ?? Infinity };
    this.#plans.set(upstream, entry);
    return () => {
      if (this.#plans.get(upstream) === entry) this.#plans.delete(upstream);
    };
  }

  /** The fault for one request of a scope, or outside scopes. */
  take(names: readonly string[], scope: string): PlannedFault | undefined {
    for (const name of namesWithin(scope, names)) {
      const entry = this.#plans.get(name);
      if (entry === undefined) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.#plans.delete(name);
      return entry.plan;
    }
    return undefined;
  }

  /** Of one scope, or all. */
  clear(scope = ''): void {
    clearWithin(this.#plans, scope);
  }
}

/** Does what was planned; `next` asks the upstream after all. */
export async function misbehave(
  plan: PlannedFault,
  { exchange, clock, upstream, options: { responseTimeoutMs } }: Sending,
  next: () => Answer | Failure | Promise<Answer | Failure>,
): Promise<Answer | Failure> {
  const delayMs = plan.delayMs ?? 0;
  const late = responseTimeoutMs > 0 && delayMs >= responseTimeoutMs;
  if (delayMs > 0) await clock.sleep(late ? responseTimeoutMs : delayMs, exchange.signal);
  if (late) return refuse(fault('upstream-timeout', { upstream, afterMs: responseTimeoutMs }));
  if (plan.reset === true) return refuse(fault('upstream-reset', { upstream, reason: 'a planned fault' }));
  if (plan.status === undefined) return next();
  return ownAnswer(plan.status, Object.entries(plan.headers ?? {}).flat(), Buffer.from(plan.body ?? ''));
}
