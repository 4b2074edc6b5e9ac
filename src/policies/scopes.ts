import type { StepKind } from '../engine/kit.ts';
import { refuse } from '../engine/outcome.ts';
import { fault } from '../model/fault.ts';

/** Scopes of a token: the text `scope` (RFC 8693 section 4.2), else `scp`, a text or a list. */
export function scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const value = claims['scope'] ?? claims['scp'];
  if (typeof value === 'string') return value.split(' ').filter((one) => one !== '');
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export interface ScopesOptions {
  readonly scopes: readonly string[];
  readonly match: 'any' | 'all';
}

/** Lets callers pass whose claims hold any or all of these scopes. */
export const scopesKind: StepKind<ScopesOptions> = {
  kind: 'scopes',
  create: ({ scopes, match }) => {
    const reason = `${match === 'any' ? 'one' : 'all'} of the scopes ${scopes.join(', ')} required`;
    return ({ caller }) => {
      const has = caller.claims === undefined ? [] : scopesOf(caller.claims);
      const enough = match === 'any' ? scopes.some((one) => has.includes(one)) : scopes.every((one) => has.includes(one));
      return enough ? undefined : refuse(fault('forbidden', { reason }));
    };
  },
};
