import type { TokenOptions } from '../identity/mint.ts';
import type { ScopeState } from './scopes.ts';
import type { Services } from './services.ts';
import type { Gateway, Scope } from './types.ts';
import { urlWithin } from './scope-carrier.ts';

/** What a test holds of one scope. */
export function scopeHandle(gateway: Gateway, services: Services, state: ScopeState): Scope {
  const { name, prefix, clock, traffic } = state;
  return {
    name,
    get url() {
      return urlWithin(gateway.url, name);
    },
    fetch: (request, options) => gateway.fetch(request, { ...options, scope: name }),
    clock,
    get traffic() {
      // Says so where nothing is kept.
      void gateway.traffic;
      return traffic;
    },
    override: (upstream, handler) => services.override(upstream, handler, prefix),
    fault: (upstream, plan) => services.faults.plan(prefix + upstream, plan),
    token: (claims = {}, options: TokenOptions = {}) => services.identity.token(claims, options, clock.now()),
    explain: (request, options) => gateway.explain(request, { ...options, scope: name }),
    async reset() {
      services.reset(state);
    },
  };
}
