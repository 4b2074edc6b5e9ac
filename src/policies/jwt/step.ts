import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { refuse, type Outcome } from '../../engine/outcome.ts';
import { diagnosticAt, DevgatewayError } from '../../model/error.ts';
import { fault } from '../../model/fault.ts';
import { readCredential, type CredentialPlace } from '../credential-place.ts';
import { claimProblem, scopesOf, type ClaimRules } from './claims.ts';
import { inlineKeys, RemoteKeys, type KeySet } from './key-sets.ts';
import { keyFits, weakness, type Jwk } from './keys.ts';
import { parseJwt, type ParsedToken } from './parse.ts';
import { verifyJws } from './verify.ts';

export interface JwtOptions extends ClaimRules {
  /** Only these are accepted, whatever a token or a key says. */
  readonly algorithms: readonly string[];
  /** Keys at hand, a URL of keys, or the discovery document of the first issuer. */
  readonly keys: { readonly inline: readonly Jwk[] } | { readonly url: string } | { readonly issuer: string };
  /** The `typ` of the header (RFC 8725 section 3.11), with or without `application/`. Empty: any. */
  readonly typ: string;
  /** Any one of them must be there; without one the caller is known but not allowed. Empty: none needed. */
  readonly scopes: readonly string[];
  readonly places: readonly CredentialPlace[];
}

const maxCached = 1_000;
const mediaType = (typ: unknown): string => (typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '');

/** Checks a JWT: signature by key and allowed algorithm, then the claims at the time of each request. */
export const jwtStep: StepKind<JwtOptions> = {
  kind: 'jwt',
  create(options, deps, step) {
    const keys = keySetOf(options, deps, step.origin);
    // The costly part is the signature: it stays true, while the claims are judged anew each time.
    const verified = new Map<string, ParsedToken>();

    function judge(exchange: Exchange, token: ParsedToken): Outcome {
      const problem = claimProblem(token.claims, options, deps.clock.now());
      if (problem !== undefined) return refused(problem);
      exchange.caller.claims = token.claims;
      if (options.scopes.length > 0 && !scopesOf(token.claims).some((scope) => options.scopes.includes(scope))) {
        return refuse(fault('forbidden', { reason: `none of the scopes ${options.scopes.join(', ')} was granted` }));
      }
      return undefined;
    }

    async function verify(exchange: Exchange, token: ParsedToken): Promise<Outcome> {
      if (!(await verifiedByAny(token, keys, options.algorithms))) return refused('the signature holds under no key of the issuer');
      if (verified.size >= maxCached) verified.delete(verified.keys().next().value as string);
      verified.set(token.token, token);
      return judge(exchange, token);
    }

    return (exchange) => {
      const found = readCredential(exchange, options.places);
      if (found === 'missing') return refuse(fault('unauthenticated', { scheme: 'Bearer', reason: 'no token was sent', missing: true }));
      if (found === 'unreadable') return refused('the credential is no bearer token');
      const known = verified.get(found.value);
      if (known !== undefined && stillTrusted(known, keys)) return judge(exchange, known);
      const token = parseJwt(found.value);
      if (token === undefined) return refused('the token cannot be read');
      if (!options.algorithms.includes(token.header.alg)) return refused(`the algorithm ${token.header.alg} is not allowed`);
      if (token.header['crit'] !== undefined) return refused('the token demands an extension that is not known');
      if (options.typ !== '' && mediaType(token.header['typ']) !== mediaType(options.typ)) return refused('the type of the token is another one');
      return verify(exchange, token);
    };
  },
};

const refused = (reason: string): Outcome => refuse(fault('unauthenticated', { scheme: 'Bearer', reason, missing: false }));

/** Keys that fit, by the key id where the token names one. */
const candidates = (keys: KeySet, token: ParsedToken): Jwk[] =>
  keys.keys.filter(
    (key) => keyFits(key, token.header.alg) && (token.header.kid === undefined || key.kid === undefined || key.kid === token.header.kid),
  );

const stillTrusted = (token: ParsedToken, keys: KeySet): boolean => candidates(keys, token).length > 0;

async function verifiedByAny(token: ParsedToken, keys: KeySet, algorithms: readonly string[]): Promise<boolean> {
  const { kid, alg } = token.header;
  // A key id that nobody knows may be new: the issuer is asked once more.
  if (keys.keys.length === 0 || (kid !== undefined && !keys.keys.some((key) => key.kid === kid))) await keys.refresh();
  for (const key of candidates(keys, token)) if (await verifyJws(token.token, key, algorithms, alg)) return true;
  return false;
}

function keySetOf(options: JwtOptions, deps: Parameters<typeof jwtStep.create>[1], origin: Parameters<typeof diagnosticAt>[1]): KeySet {
  const { keys } = options;
  if ('inline' in keys) {
    const weak = keys.inline.flatMap((key) => weakness(key) ?? []);
    if (weak[0] !== undefined)
      throw new DevgatewayError(diagnosticAt('DG1209', origin, `a key of the jwt step is not safe: ${weak[0]}`, 'use a longer key'));
    return inlineKeys(keys.inline);
  }
  const source = 'url' in keys ? keys : { issuer: keys.issuer };
  return deps.memory.get(`jwks ${JSON.stringify(source)}`, () => new RemoteKeys(source, deps));
}
