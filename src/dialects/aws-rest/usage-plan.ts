import type { Exchange } from '../../engine/exchange.ts';
import type { Deps, StepKind } from '../../engine/kit.ts';
import { refuse, type Outcome } from '../../engine/outcome.ts';
import { quota } from '../../limiters/quota.ts';
import { tokenBucket } from '../../limiters/token-bucket.ts';
import type { Allowance, Limiter } from '../../limiters/limiter.ts';
import { fault, ownFault } from '../../model/fault.ts';
import { apiKeys, authorized } from './authorizers/authorized.ts';

/** Requests per second, and how many at once. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}
export interface UsagePlan {
  readonly id: string;
  readonly throttle: Throttle | null;
  /** For one method of this stage. */
  readonly methodThrottle: Throttle | null;
  readonly quota: { readonly limit: number; readonly per: 'day' | 'week' | 'month'; readonly offsetDays: number } | null;
}
export interface ApiKey {
  readonly id: string;
  readonly value: string;
  /** Null: the key counts for no plan of this stage and is limited by nothing. */
  readonly plan: UsagePlan | null;
}
export interface ApiKeyOptions {
  readonly keys: readonly ApiKey[];
  /** Resource and method: what a limit of one method counts by. */
  readonly method: string;
  /** The field x-api-key counts for nothing where the authorizer names the key. */
  readonly source: 'HEADER' | 'AUTHORIZER';
}

interface Bound {
  readonly key: string;
  readonly limiter: Limiter<unknown, Allowance>;
  readonly over: (allowance: Allowance) => Outcome;
}

const bucket = ({ rate, burst }: Throttle): Limiter<unknown, Allowance> => tokenBucket({ rate, burst, perMs: 1_000 }) as Limiter<unknown, Allowance>;
const throttled = ({ limit, remaining, retryAfterMs }: Allowance): Outcome => refuse(fault('rate-limited', { limit, remaining, retryAfterMs }));

/** Counts the request against each bound from `from` on, in order, until one is exceeded; what that one says. */
function within(bounds: readonly Bound[], from: number, exchange: Exchange, deps: Deps): Outcome | Promise<Outcome> {
  for (let at = from; at < bounds.length; at += 1) {
    const { key, limiter, over } = bounds[at] as Bound;
    const allowance = deps.store.update(exchange.scope + key, limiter, (exchange.clock ?? deps.clock).now(), 1);
    if (allowance instanceof Promise) return allowance.then((later) => (later.allowed ? within(bounds, at + 1, exchange, deps) : over(later)));
    if (!allowance.allowed) return over(allowance);
  }
  return undefined;
}

/** Lets callers with a key of this stage pass, within what their usage plan grants. Order: key, method, plan, quota (developer guide, throttling). */
export const apiKeyStep: StepKind<ApiKeyOptions> = {
  kind: 'aws-rest/api-key',
  create({ keys, method, source }, deps) {
    deps.secretFields.add('x-api-key');
    const invalid = refuse(ownFault('aws-rest/invalid-api-key'));
    const known = new Map(keys.map((key) => [key.value, { key, bounds: boundsOf(key, method) }]));
    return (exchange) => {
      const values = source === 'HEADER' ? exchange.arrived.headers.getAll('x-api-key') : [exchange.read(authorized)?.usageIdentifierKey ?? ''];
      const found = values.length === 1 ? known.get(values[0] as string) : undefined;
      if (found === undefined) return invalid;
      const { id, value } = found.key;
      exchange.write(apiKeys, { id, value });
      exchange.caller.credential = { id, kind: 'api-key' };
      exchange.caller.consumer = { id, username: id, customId: '', groups: [] };
      return within(found.bounds, 0, exchange, deps);
    };
  },
};

function boundsOf({ id, plan }: ApiKey, method: string): Bound[] {
  if (plan === null) return [];
  const prefix = `aws-rest/usage-plan:${plan.id}/${id}/`;
  const bounds: Bound[] = [];
  if (plan.methodThrottle !== null) bounds.push({ key: `${prefix}${method}`, limiter: bucket(plan.methodThrottle), over: throttled });
  if (plan.throttle !== null) bounds.push({ key: `${prefix}throttle`, limiter: bucket(plan.throttle), over: throttled });
  if (plan.quota !== null) {
    const limiter = quota(plan.quota) as Limiter<unknown, Allowance>;
    bounds.push({ key: `${prefix}quota/${plan.quota.per}`, limiter, over: () => refuse(ownFault('aws-rest/quota-exceeded')) });
  }
  return bounds;
}

/** The stage's own limit of a method, whoever asks. */
export const stageThrottle: StepKind<Throttle & { readonly key: string }> = {
  kind: 'aws-rest/stage-throttle',
  create({ key, ...throttle }, deps) {
    const bounds = [{ key: `aws-rest/stage:${key}`, limiter: bucket(throttle), over: throttled }];
    return (exchange) => within(bounds, 0, exchange, deps);
  },
};
