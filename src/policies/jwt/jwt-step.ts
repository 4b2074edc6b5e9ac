import type { Exchange } from '../../engine/exchange.ts';
import type { Deps, StepFunction, StepKind } from '../../engine/kit.ts';
import { refuse, type Failure, type Outcome } from '../../engine/outcome.ts';
import { diagnosticAt, DevgatewayError, type Diagnostic } from '../../model/error.ts';
import { fault } from '../../model/fault.ts';
import type { Origin } from '../../model/origin.ts';
import { scopesOf } from '../scopes.ts';
import { lastingClaims, timeClaims, type ClaimOptions } from './claims.ts';
import { readKeySet, type KeySet } from './key-set.ts';
import { parseJwt, type ParsedJwt } from './parse-jwt.ts';
import { tokenReader, type TokenPlace } from '../read-token.ts';
import { keysAt, keysOfIssuer, RemoteKeys } from './remote-keys.ts';
import { signatureAlgorithms, verifyJws } from './verify-jws.ts';

export interface JwtOptions extends ClaimOptions {
  /** The signature algorithms that are allowed; no others are, whatever a token or key says. */
  readonly algorithms: readonly string[];
  /** A key set, the URL of one, or null: each issuer is asked where its keys are. */
  readonly jwks: { readonly keys: readonly unknown[] } | string | null;
  readonly from: readonly TokenPlace[];
  /** One of these must be among the token's scopes; empty: not checked. */
  readonly scopes: readonly string[];
}

/** What a dialect need not say. */
export const jwtDefaults: Omit<JwtOptions, 'algorithms'> = Object.freeze({
  issuer: [],
  audience: [],
  clockTolerance: 0,
  maxTokenAge: null,
  typ: null,
  requiredClaims: [],
  claims: {},
  jwks: null,
  from: [{ in: 'header', name: 'Authorization', scheme: 'Bearer' }] as const,
  scopes: [],
});

/** Key sets that may hold the key of a token. */
interface Keys {
  /** Without waiting, or null. */
  now(exchange: Exchange, token: string): KeySet | null;
  /** Undefined: no key set is meant by this token. */
  for(exchange: Exchange, token: ParsedJwt): KeySet | Promise<KeySet> | undefined;
}

/**
 * Lets a request pass with a signed token (RFC 7519, RFC 8725). Its claims go to `exchange.caller.claims`. A token that was
 * verified is not verified again while its key set is in use; its times are checked on each request.
 */
export const jwtKind: StepKind<JwtOptions> = {
  kind: 'jwt',
  create(options, deps, { origin }): StepFunction {
    const problems: Diagnostic[] = [];
    const algorithms = algorithmsOf(options, origin, problems);
    const keys = keysOf(options, deps, origin, problems);
    const [first, ...rest] = problems;
    if (first !== undefined) throw new DevgatewayError([first, ...rest]);
    const { issuer, audience, typ, scopes, claims, requiredClaims } = options;
    deps.testTokens.expects({ issuer: issuer[0], audience: audience[0], algorithms: options.algorithms, typ, scopes, claims, requiredClaims });
    const read = tokenReader(options.from);
    const lasting = lastingClaims(options);
    const timely = timeClaims(options);

    return (exchange) => {
      const text = read(exchange);
      if (text === undefined) return unauthenticated('no token was presented', true);
      const set = keys.now(exchange, text);
      const known = set?.known(text);
      // A remembered token may have been verified for another step, which allows other algorithms.
      if (known !== undefined && algorithms.has(known.header.alg)) return admit(exchange, known);
      const token = parseJwt(text);
      if ('problem' in token) return unauthenticated(token.problem);
      if (!algorithms.has(token.header.alg)) return unauthenticated('alg is not allowed');
      const own = deps.testTokens.keyFor(token.header);
      if (own !== undefined)
        return own !== null && verifyJws(token, own, algorithms) ? admit(exchange, token) : unauthenticated('no key verifies the signature');
      const found = keys.for(exchange, token);
      if (found === undefined) return unauthenticated('iss is not the expected issuer');
      if (!(found instanceof Promise)) return verified(exchange, token, found);
      return found.then(
        (later) => verified(exchange, token, later),
        (error: unknown) => unauthenticated(`the keys cannot be had: ${(error as Error).message}`),
      );
    };

    function verified(exchange: Exchange, token: ParsedJwt, set: KeySet): Outcome {
      if (!set.verify(token, algorithms)) return unauthenticated('no key verifies the signature');
      set.remember(token);
      return admit(exchange, token);
    }
    function admit(exchange: Exchange, { header, payload }: ParsedJwt): Outcome {
      const problem = lasting(header, payload) ?? timely(payload, (exchange.clock ?? deps.clock).now());
      if (problem !== undefined) return unauthenticated(problem);
      exchange.caller.claims = payload;
      if (options.scopes.length === 0) return undefined;
      const has = scopesOf(payload);
      return options.scopes.some((one) => has.includes(one))
        ? undefined
        : refuse(fault('forbidden', { reason: 'the token has none of the required scopes' }));
    }
  },
};

const unauthenticated = (reason: string, missing = false): Failure => refuse(fault('unauthenticated', { scheme: 'Bearer', reason, missing }));

function algorithmsOf({ algorithms }: JwtOptions, origin: Origin, problems: Diagnostic[]): ReadonlySet<string> {
  if (algorithms.length === 0)
    problems.push(diagnosticAt('DG1204', origin, 'no algorithms are allowed', `name some of ${signatureAlgorithms.join(', ')}`));
  for (const one of algorithms)
    if (!signatureAlgorithms.includes(one))
      problems.push(
        diagnosticAt(
          'DG1203',
          origin,
          `the algorithm ${JSON.stringify(one)} cannot be verified`,
          `expected some of ${signatureAlgorithms.join(', ')}`,
        ),
      );
  return new Set(algorithms);
}

function keysOf(options: JwtOptions, deps: Deps, origin: Origin, problems: Diagnostic[]): Keys {
  const { jwks, issuer } = options;
  if (jwks !== null && typeof jwks === 'object') return inlineKeys(jwks, origin, problems);
  const remote = ({ scope, clock }: Exchange, url: string): RemoteKeys =>
    deps.memory.get(`${scope}keys:${url}`, () => {
      const fetch: Deps['fetch'] = (one, init) => deps.fetch(one, { ...init, within: { scope, clock } });
      return new RemoteKeys(jwks === null ? keysOfIssuer(fetch, url) : keysAt(fetch, url), clock ?? deps.clock);
    });
  if (jwks !== null) return { now: (exchange) => remote(exchange, jwks).current, for: (exchange, token) => remote(exchange, jwks).for(token) };
  if (issuer.length === 0)
    problems.push(diagnosticAt('DG1204', origin, 'there are no keys to verify tokens with', 'give jwks, or an issuer that is asked for them'));
  return {
    now(exchange, token) {
      for (const one of issuer) {
        const set = remote(exchange, one).current;
        if (set?.known(token) !== undefined) return set;
      }
      return null;
    },
    for: (exchange, token) =>
      issuer.includes(token.payload['iss'] as string) ? remote(exchange, token.payload['iss'] as string).for(token) : undefined,
  };
}

/** A weak key is refused, as production would have to; one for another use is left out, because key sets are shared. */
function inlineKeys(jwks: unknown, origin: Origin, problems: Diagnostic[]): Keys {
  try {
    const { set, read } = readKeySet(jwks);
    for (const [at, one] of read.entries())
      if ('weak' in one) problems.push(diagnosticAt('DG1209', origin, `key ${at} of the key set is unsafe: ${one.weak}`, 'use a longer key'));
    return { now: () => set, for: () => set };
  } catch (error) {
    problems.push(diagnosticAt('DG1202', origin, (error as Error).message));
    return { now: () => null, for: () => undefined };
  }
}
