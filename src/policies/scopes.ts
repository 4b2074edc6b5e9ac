import type { StepKind } from '../engine/kit.ts';
import { refuse } from '../engine/outcome.ts';
import { fault } from '../model/fault.ts';
import { scopesOf } from './jwt/claims.ts';

export interface ScopesOptions {
  readonly scopes: readonly string[];
  readonly need: 'any' | 'all';
}

/** Lets pass whose token has the scopes. Without a token: not authenticated. */
export const scopesStep: StepKind<ScopesOptions> = {
  kind: 'scopes',
  create({ scopes, need }) {
    return (exchange) => {
      const { claims } = exchange.caller;
      if (claims === undefined)
        return refuse(fault('unauthenticated', { scheme: 'Bearer', reason: 'no token was checked before the scopes', missing: true }));
      const granted = scopesOf(claims);
      const enough = need === 'any' ? scopes.some((one) => granted.includes(one)) : scopes.every((one) => granted.includes(one));
      return enough ? undefined : refuse(fault('forbidden', { reason: `${need} of the scopes ${scopes.join(', ')} must be granted` }));
    };
  },
};
