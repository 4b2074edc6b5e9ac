import type { StepKind } from '../../engine/kit.ts';
import { refuse, type Outcome } from '../../engine/outcome.ts';
import type { Allowance, Limiter } from '../../limiters/limiter.ts';
import { tokenBucket } from '../../limiters/token-bucket.ts';
import { fault } from '../../model/fault.ts';
import { bases, routeKey, type Base } from './base.ts';

/** Counts by API, stage and route: what a stage says by default holds for each route by itself. */
export const throttle: StepKind<{ readonly bases: readonly Base[] }> = {
  kind: 'aws-http/throttle',
  create(_options, deps) {
    const buckets = new Map<string, Limiter<unknown, Allowance>>();
    const over = ({ allowed, limit, remaining, retryAfterMs }: Allowance): Outcome =>
      allowed ? undefined : refuse(fault('rate-limited', { limit, remaining, retryAfterMs }));
    return (exchange) => {
      const base = exchange.read(bases);
      const key = routeKey(exchange);
      const limits = base?.stage.routeThrottles[key] ?? base?.stage.throttle ?? null;
      if (base === undefined || limits === null) return undefined;
      const name = `aws-http/throttle:${base.api}/${base.stage.name}/${key}`;
      let bucket = buckets.get(name);
      if (bucket === undefined) buckets.set(name, (bucket = tokenBucket({ ...limits, perMs: 1_000 }) as Limiter<unknown, Allowance>));
      const allowance = deps.store.update(exchange.scope + name, bucket, (exchange.clock ?? deps.clock).now(), 1);
      return allowance instanceof Promise ? allowance.then(over) : over(allowance);
    };
  },
};
