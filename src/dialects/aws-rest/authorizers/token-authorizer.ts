import type { Exchange } from '../../../engine/exchange.ts';
import type { LinkDeps, StepKind } from '../../../engine/kit.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import { fault, ownFault } from '../../../model/fault.ts';
import { jwtDefaults, jwtKind } from '../../../policies/jwt/jwt-step.ts';
import { scopesOf } from '../../../policies/scopes.ts';
import { authorized } from './authorized.ts';
import { claimTexts } from './claims.ts';
import { wholePattern } from './identity-source.ts';

export interface TokenAuthorizerOptions {
  readonly kind: 'cognito' | 'jwt';
  /** One of them must have issued the token. */
  readonly issuers: readonly string[];
  /** Any of these is enough; empty: any audience. */
  readonly audience: readonly string[];
  /** What the audience must be as a whole; null: anything. */
  readonly validation: string | null;
  readonly from: { readonly in: 'header' | 'query'; readonly name: string };
  /** Any of these is enough. With them an access token is asked for, without them an identity token. */
  readonly scopes: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;
const unauthorized = (reason: string): Outcome => refuse(fault('unauthenticated', { scheme: 'Bearer', reason, missing: false }));
const audienceOf = (claims: Claims): readonly unknown[] => {
  const found = claims['aud'] ?? claims['client_id'];
  return Array.isArray(found) ? (found as unknown[]) : [found];
};

/**
 * Lets a request pass with a token of a user pool, or of another issuer. Source: the developer guide, "Control access to REST APIs using
 * Amazon Cognito user pools as an authorizer".
 */
export const tokenAuthorizer: StepKind<TokenAuthorizerOptions> = {
  kind: 'aws-rest/token-authorizer',
  create(options, deps, step) {
    const { kind, audience, scopes, from } = options;
    const validation = options.validation === null ? null : wholePattern(options.validation);
    deps.secretFields.add(from.name.toLowerCase());
    const testTokens: LinkDeps['testTokens'] = {
      expects: (shape) => deps.testTokens.expects({ ...shape, audience: audience[0], scopes }),
      keyFor: (header) => deps.testTokens.keyFor(header),
    };
    const verify = jwtKind.create(
      {
        ...jwtDefaults,
        algorithms: kind === 'cognito' ? ['RS256'] : ['RS256', 'RS384', 'RS512'],
        issuer: options.issuers,
        requiredClaims: ['exp'],
        // Times are looked at below: an expired token has words of its own.
        clockTolerance: Infinity,
        from:
          from.in === 'query'
            ? [{ in: 'query', name: from.name }]
            : ['Bearer', ''].map((scheme) => ({ in: 'header', name: from.name, scheme }) as const),
      },
      { ...deps, testTokens },
      step,
    );

    return (exchange) => {
      const found = verify(exchange);
      if (found instanceof Promise) return found.then((outcome) => outcome ?? admit(exchange));
      return found ?? admit(exchange);
    };

    function admit(exchange: Exchange): Outcome {
      const claims = exchange.caller.claims ?? {};
      const now = (exchange.clock ?? deps.clock).now() / 1000;
      const { exp, nbf } = claims;
      if (typeof exp === 'number' && now >= exp) return refuse(ownFault('aws-rest/token-expired'));
      if (typeof nbf === 'number' && now < nbf) return unauthorized('the token is not valid yet');
      const problem = useProblem(claims) ?? audienceProblem(claims);
      if (problem !== undefined) return unauthorized(problem);
      const has = scopesOf(claims);
      if (scopes.length > 0 && !scopes.some((one) => has.includes(one))) {
        const reason = 'the token has none of the scopes of the method';
        return kind === 'jwt' ? refuse(fault('forbidden', { reason })) : unauthorized(reason);
      }
      exchange.write(authorized, { context: { claims: claimTexts(claims) } });
      return undefined;
    }

    /** User pools say what a token is for. A token of this machine that does not is good for both. */
    function useProblem({ token_use: use }: Claims): string | undefined {
      if (kind === 'jwt' || use === undefined) return undefined;
      const wanted = scopes.length > 0 ? 'access' : 'id';
      return use === wanted ? undefined : `token_use is not ${wanted}`;
    }
    function audienceProblem(claims: Claims): string | undefined {
      const meant = audienceOf(claims);
      if (audience.length > 0 && !audience.some((one) => meant.includes(one))) return 'the token is for another audience';
      if (validation !== null && !meant.some((one) => typeof one === 'string' && validation.test(one))) return 'the audience does not match';
      return undefined;
    }
  },
};
