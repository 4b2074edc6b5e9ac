import type { DestinationKind } from '../../../engine/kit.ts';
import { refuse } from '../../../engine/outcome.ts';
import { fault } from '../../../model/fault.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readDuration } from '../duration.ts';
import { hasPassed } from './deadline.ts';
import { triesWithin, type RetryBudget } from './retry-budget.ts';

export interface RetryOptions {
  /** Tries after the first. */
  readonly attempts: number;
  readonly codes: readonly number[];
  readonly backoffMs: number;
  /** Of the Service, where one is set. */
  readonly budget?: RetryBudget;
}
/** Where nothing is tried again, tries count all the same for those that are. */
export const noRetry: RetryOptions = { attempts: 0, codes: [], backoffMs: 0 };

const mostBuffered = 256 * 1024 * 1024;
/** Connection errors and time-outs are tried again whatever the codes are (HTTPRouteRetry of the API, GEP-1731). */
const failures: ReadonlySet<string> = new Set([
  'upstream-unreachable',
  'upstream-unresolved',
  'upstream-connect-timeout',
  'upstream-timeout',
  'upstream-reset',
]);

/** Null where nothing is tried again. */
export function readRetry(retry: Setting): RetryOptions | null {
  if (!retry.exists) return null;
  const codes = retry.get('codes').items();
  return {
    attempts: retry.get('attempts').number({ min: 0, integer: true }) ?? 1,
    codes: codes.flatMap((one) => one.number({ min: 400, max: 599, integer: true }) ?? []),
    backoffMs: readDuration(retry.get('backoff')) ?? 0,
  };
}

/** Asks again while tries are left. The last answer is the answer. */
export const retryBackend: DestinationKind<RetryOptions> = {
  kind: 'gateway-api/retry',
  create({ attempts, codes, backoffMs, budget }, deps, { children }) {
    const { clock, linkDestination } = deps;
    const tries = budget === undefined ? null : triesWithin(budget, deps);
    const open = linkDestination(children[0] as (typeof children)[number]);
    const again = new Set(codes);
    return async (exchange) => {
      const { body } = exchange;
      tries?.first(exchange);
      if (attempts > 0 && !body.isEmpty && (body.length ?? 0) <= mostBuffered) await body.whole(mostBuffered);
      let left = body.isEmpty || body.buffered !== null ? attempts : 0;
      for (;;) {
        const answer = await open(exchange);
        const failed = 'type' in answer ? failures.has(answer.fault.kind) : again.has(answer.status);
        if (!failed || left === 0 || exchange.aborted || hasPassed(exchange)) return answer;
        if (!('type' in answer)) answer.abandon();
        if (tries?.again(exchange) === false)
          return refuse(fault('upstream-unreachable', { upstream: exchange.upstream ?? '', reason: 'the budget of further tries is spent' }));
        left -= 1;
        exchange.note(`another try after ${'type' in answer ? answer.fault.kind : answer.status}`);
        if (backoffMs > 0) await (exchange.clock ?? clock).sleep(backoffMs);
        if (exchange.aborted || hasPassed(exchange))
          return refuse(fault('upstream-timeout', { upstream: exchange.upstream ?? '', afterMs: backoffMs }));
      }
    };
  },
};
