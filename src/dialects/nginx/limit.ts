import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { slot } from '../../engine/slot.ts';
import { leakyBucket } from '../../limiters/leaky-bucket.ts';
import { statusFault } from './faults.ts';
import type { LimitOptions } from './options.ts';
import { stateOf } from './state.ts';
import { compileValue, scopeOf } from './values.ts';

const counted = slot<true>('nginx/limited');

/** limit_req: once for each request, however often it is redirected inside. An empty key is not counted. */
export const limitStep: StepKind<LimitOptions> = {
  kind: 'nginx/limit-req',
  create(options, { clock, store }) {
    const scope = scopeOf(options);
    const limits = options.limits.map(({ zone, key, rate, burst, delay }) => ({
      zone,
      key: compileValue(scope, key),
      limiter: leakyBucket({ rate, burst: burst * 1000, delay: delay === null ? Infinity : delay * 1000 }),
    }));
    return async (exchange) => {
      if (exchange.read(counted) || exchange.parent !== null) return undefined;
      exchange.write(counted, true);
      let delayMs = 0;
      for (const { zone, key, limiter } of limits) {
        const counts = key(exchange);
        if (counts === '') continue;
        const verdict = await store.update(`${exchange.scope}nginx/limit_req/${zone}/${counts}`, limiter, (exchange.clock ?? clock).now(), 1);
        const state = stateOf(exchange);
        const dry = options.dryRun ? '_DRY_RUN' : '';
        if (!verdict.allowed) {
          state.limitStatus = `REJECTED${dry}`;
          return options.dryRun ? undefined : refuse(statusFault(options.status));
        }
        state.limitStatus = verdict.delayMs > 0 || state.limitStatus.startsWith('DELAYED') ? `DELAYED${dry}` : 'PASSED';
        delayMs = Math.max(delayMs, verdict.delayMs);
      }
      if (delayMs > 0 && !options.dryRun) await (exchange.clock ?? clock).sleep(delayMs, exchange.signal);
      return undefined;
    };
  },
};
