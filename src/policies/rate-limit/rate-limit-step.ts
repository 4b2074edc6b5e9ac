import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { refuse, type Outcome } from '../../engine/outcome.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import type { Allowance } from '../../limiters/limiter.ts';
import { peek } from '../../limiters/peek.ts';
import { diagnosticAt, DevgatewayError } from '../../model/error.ts';
import { fault } from '../../model/fault.ts';
import { limitKeyReader, type LimitKey } from './key.ts';
import { algorithmAndPeriod, limiterOf, limitProblem, policyOf, type LimitOptions } from './limit.ts';

export interface RateLimitOptions {
  /** Stable and unique: counts are kept under it, also when a limit's number changes. */
  readonly name: string;
  readonly key: LimitKey;
  /** All must pass; none counts a request that another refuses. */
  readonly limits: readonly LimitOptions[];
}

/** What became of a request at its limits: response fields are made from it. */
export interface LimitReport {
  readonly policies: readonly string[];
  readonly tightest: string;
  readonly allowance: Allowance;
}
export const limitReport: Slot<LimitReport> = slot<LimitReport>('rate-limit');

/** Text of RFC 9651. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll(/[^ -~]/g, '?')}"`;

/** Refuses what exceeds a limit. */
export const rateLimitKind: StepKind<RateLimitOptions> = {
  kind: 'rate-limit',
  create({ name, key, limits }, { store, clock }, { origin }) {
    if (limits.length === 0) throw new DevgatewayError(diagnosticAt('DG1204', origin, 'there is no limit', 'give at least one'));
    for (const problem of limits.flatMap((one) => limitProblem(one) ?? []))
      throw new DevgatewayError(diagnosticAt('DG1203', origin, problem, 'expected a positive number'));
    const names = limits.map((one) => (limits.length === 1 ? name : `${name}.${one.name}`));
    const compiled = limits.map((options, at) => {
      const limiter = limiterOf(options);
      return {
        limiter,
        look: peek(limiter),
        title: quoted(names[at] as string),
        prefix: `rate-limit:${names[at] as string}/${algorithmAndPeriod(options)}:`,
      };
    });
    const policies = limits.map((options, at) => {
      const { quota, seconds } = policyOf(options);
      return `${quoted(names[at] as string)};q=${quota}${seconds === undefined ? '' : `;w=${seconds}`}`;
    });
    const valueOf = limitKeyReader(key);

    const keysOf = (exchange: Exchange): string[] => {
      const value = valueOf(exchange);
      return compiled.map(({ prefix }) => exchange.scope + prefix + value);
    };
    const ask = (exchange: Exchange, keys: readonly string[], how: 'limiter' | 'look'): Allowance[] | Promise<Allowance[]> => {
      const now = (exchange.clock ?? clock).now();
      const asked: (Allowance | Promise<Allowance>)[] = compiled.map((one, at) => store.update(keys[at] as string, one[how], now, 1));
      return asked.some((one) => one instanceof Promise) ? Promise.all(asked.map((one) => Promise.resolve(one))) : (asked as Allowance[]);
    };
    const settle = (exchange: Exchange, found: readonly Allowance[]): Outcome => {
      const at = tightestOf(found);
      const allowance = found[at] as Allowance;
      report(exchange, { policies, tightest: (compiled[at] as { title: string }).title, allowance });
      if (allowance.allowed) return undefined;
      const { limit, remaining, retryAfterMs } = allowance;
      return refuse(fault('rate-limited', { limit, remaining, retryAfterMs }));
    };
    const count = (exchange: Exchange, keys: readonly string[]): Outcome | Promise<Outcome> => {
      const found = ask(exchange, keys, 'limiter');
      return found instanceof Promise ? found.then((later) => settle(exchange, later)) : settle(exchange, found);
    };

    const [only] = compiled;
    if (compiled.length === 1 && only !== undefined)
      return (exchange) => {
        const verdict = store.update(exchange.scope + only.prefix + valueOf(exchange), only.limiter, (exchange.clock ?? clock).now(), 1);
        return verdict instanceof Promise ? verdict.then((later) => settle(exchange, [later])) : settle(exchange, [verdict]);
      };
    return (exchange) => {
      const keys = keysOf(exchange);
      const goOn = (found: readonly Allowance[]): Outcome | Promise<Outcome> =>
        found.every((one) => one.allowed) ? count(exchange, keys) : settle(exchange, found);
      const found = ask(exchange, keys, 'look');
      return found instanceof Promise ? found.then(goOn) : goOn(found);
    };
  },
};

/** A refusal comes before all else, the longest wait first; then the least that is left; then what lasts longer. */
function tightestOf(found: readonly Allowance[]): number {
  let at = 0;
  for (let other = 1; other < found.length; other += 1) if (isTighter(found[other] as Allowance, found[at] as Allowance)) at = other;
  return at;
}
function isTighter(one: Allowance, than: Allowance): boolean {
  if (one.allowed !== than.allowed) return than.allowed;
  if (one.retryAfterMs !== than.retryAfterMs) return one.retryAfterMs > than.retryAfterMs;
  return one.remaining === than.remaining ? one.resetMs > than.resetMs : one.remaining < than.remaining;
}

/** Several steps of one request: all policies are told, and the tightest allowance. */
function report(exchange: Exchange, next: LimitReport): void {
  const before = exchange.read(limitReport);
  if (before === undefined) return exchange.write(limitReport, next);
  const tighter = isTighter(next.allowance, before.allowance) ? next : before;
  exchange.write(limitReport, { ...tighter, policies: [...new Set([...before.policies, ...next.policies])] });
}
