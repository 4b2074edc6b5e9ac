import type { StepKind } from '../../engine/kit.ts';
import { limitReport } from './rate-limit-step.ts';

export interface RateLimitFieldsOptions {
  /** Adds X-RateLimit-Limit, -Remaining and -Reset (seconds from now) as well. */
  readonly legacy: boolean;
}

/** A step of the response-head list: tells how much is left (draft-ietf-httpapi-ratelimit-headers-10), and Retry-After on a refusal. */
export const rateLimitFieldsKind: StepKind<RateLimitFieldsOptions> = {
  kind: 'rate-limit-fields',
  create:
    ({ legacy }) =>
    (exchange) => {
      const report = exchange.read(limitReport);
      const headers = exchange.response?.headers;
      if (report === undefined || headers === undefined) return undefined;
      const { limit, remaining, resetMs, retryAfterMs, allowed } = report.allowance;
      const reset = Number.isFinite(resetMs) ? Math.ceil(resetMs / 1000) : undefined;
      headers.set('RateLimit-Policy', report.policies.length === 1 ? (report.policies[0] as string) : report.policies.join(', '));
      headers.set('RateLimit', `${report.tightest};r=${remaining}${reset === undefined ? '' : `;t=${reset}`}`);
      if (legacy) {
        headers.set('X-RateLimit-Limit', String(limit));
        headers.set('X-RateLimit-Remaining', String(remaining));
        if (reset !== undefined) headers.set('X-RateLimit-Reset', String(reset));
      }
      if (!allowed && Number.isFinite(retryAfterMs)) headers.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
      return undefined;
    },
};
