import type { LinkDeps, StepKind } from '../../engine/kit.ts';
import { refuse, type Outcome } from '../../engine/outcome.ts';
import { fault, ownFault } from '../../model/fault.ts';
import { jwtDefaults, jwtKind } from '../../policies/jwt/jwt-step.ts';
import { tokenReader, type TokenPlace } from '../../policies/read-token.ts';
import { scopesOf } from '../../policies/scopes.ts';
import { authorizers } from './context.ts';

export interface JwtOptions {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
  readonly from: { readonly in: 'header' | 'query'; readonly name: string };
}

/** Only RSA (developer guide, JWT authorizers). */
const algorithms = ['RS256', 'RS384', 'RS512'];
const invalid = (reason: string): Outcome => refuse(fault('unauthenticated', { scheme: 'Bearer', reason, missing: false }));
const text = (value: unknown): string => (typeof value === 'string' ? value : Array.isArray(value) ? `[${value.join(' ')}]` : JSON.stringify(value));

/** Order and rules of the developer guide, "JWT authorizers": `kid`, `iss`, `aud` or else `client_id`, `exp`, `nbf`, `iat`, then scopes. */
export const jwt: StepKind<JwtOptions> = {
  kind: 'aws-http/jwt',
  create({ issuer, audience, scopes, from }, deps, step) {
    deps.secretFields.add(from.name.toLowerCase());
    // A token may come with the word Bearer or without it.
    const from2: readonly TokenPlace[] =
      from.in === 'query' ? [{ in: 'query', name: from.name }] : ['Bearer', ''].map((scheme) => ({ in: 'header', name: from.name, scheme }) as const);
    const testTokens: LinkDeps['testTokens'] = {
      expects: (shape) => deps.testTokens.expects({ ...shape, audience: audience[0], scopes }),
      keyFor: (header) => deps.testTokens.keyFor(header),
    };
    const options = { ...jwtDefaults, algorithms, issuer: [issuer], requiredClaims: ['exp'], from: from2 };
    const verify = jwtKind.create(options, { ...deps, testTokens }, step);
    const read = tokenReader(from2);
    return (exchange) => {
      const admit = (): Outcome => {
        const claims = exchange.caller.claims ?? {};
        const header = JSON.parse(Buffer.from((read(exchange) ?? '').split('.', 1)[0] as string, 'base64url').toString()) as { kid?: unknown };
        if (typeof header.kid !== 'string') return invalid('the token names no key');
        const aud = claims['aud'] ?? claims['client_id'];
        const meant = Array.isArray(aud) ? audience.some((one) => aud.includes(one)) : audience.includes(aud as string);
        if (audience.length > 0 && !meant) return invalid('the token does not have a valid audience');
        const { iat } = claims;
        if (typeof iat === 'number' && iat * 1000 > (exchange.clock ?? deps.clock).now()) return invalid('the token was issued in the future');
        const has = scopesOf(claims);
        if (scopes.length > 0 && !scopes.some((one) => has.includes(one))) return refuse(ownFault('aws-http/insufficient-scope', { scopes }));
        exchange.write(authorizers, {
          jwt: {
            claims: Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, text(value)])),
            scopes: scopes.length === 0 ? null : scopes.filter((one) => has.includes(one)),
          },
        });
        return undefined;
      };
      const found = verify(exchange);
      if (found instanceof Promise) return found.then((outcome) => outcome ?? admit());
      return found ?? admit();
    };
  },
};
