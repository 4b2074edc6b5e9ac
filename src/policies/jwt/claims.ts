/** What a policy demands of the claims of a token. Times in seconds. */
export interface ClaimRules {
  readonly issuer: readonly string[];
  readonly audience: readonly string[];
  readonly clockTolerance: number;
  readonly maxTokenAge: number | null;
  readonly requiredClaims: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

type Claims = Readonly<Record<string, unknown>>;

/** Why the claims do not hold at `now` (ms), in a word or two; undefined where they do. */
export function claimProblem(claims: Claims, rules: ClaimRules, now: number): string | undefined {
  const { issuer, audience, clockTolerance, maxTokenAge } = rules;
  const seconds = Math.floor(now / 1000);
  for (const name of ['exp', 'nbf', 'iat']) if (claims[name] !== undefined && !isTime(claims[name])) return `${name} is no time`;
  const { exp, nbf, iat } = claims as { exp?: number; nbf?: number; iat?: number };
  if (exp !== undefined && seconds - clockTolerance >= exp) return 'the token has expired';
  if (nbf !== undefined && seconds + clockTolerance < nbf) return 'the token is not valid yet';
  if (maxTokenAge !== null) {
    if (iat === undefined) return 'iat is missing';
    if (seconds - iat - clockTolerance > maxTokenAge) return 'the token is too old';
  }
  if (iat !== undefined && iat > seconds + clockTolerance && maxTokenAge !== null) return 'the token was issued in the future';
  if (issuer.length > 0 && !issuer.includes(claims['iss'] as string)) return 'the issuer is another one';
  if (audience.length > 0 && !audiencesOf(claims['aud']).some((one) => audience.includes(one))) return 'the audience is another one';
  for (const name of rules.requiredClaims) if (claims[name] === undefined) return `${name} is missing`;
  for (const [name, value] of Object.entries(rules.claims)) if (!claimMatches(claims[name], value)) return `${name} has another value`;
  return undefined;
}

const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

/** A list of texts only: anything else in `aud` counts for nothing. */
function audiencesOf(aud: unknown): string[] {
  if (typeof aud === 'string') return [aud];
  return Array.isArray(aud) && aud.every((one) => typeof one === 'string') ? aud : [];
}

/** Equal; a list of allowed values where the rule is one. */
function claimMatches(claim: unknown, rule: unknown): boolean {
  if (Array.isArray(rule)) return rule.some((one) => claimMatches(claim, one));
  return JSON.stringify(claim) === JSON.stringify(rule);
}

/** The scopes of a token: `scope` as a text with spaces (RFC 8693) or a list, and `scp`. */
export function scopesOf(claims: Claims): string[] {
  return [claims['scope'], claims['scp']].flatMap((value) =>
    typeof value === 'string'
      ? value.split(' ').filter(Boolean)
      : Array.isArray(value)
        ? value.filter((one): one is string => typeof one === 'string')
        : [],
  );
}
