export interface ClaimOptions {
  /** One of them must be `iss`, exactly. Empty: not checked. */
  readonly issuer: readonly string[];
  /** One of them must be in `aud`, exactly. Empty: not checked. */
  readonly audience: readonly string[];
  /** Seconds that clocks may differ. */
  readonly clockTolerance: number;
  /** Seconds since `iat` that a token is good for. Null: any. */
  readonly maxTokenAge: number | null;
  /** Media type of the token, as RFC 9068 asks for `at+jwt`. Null: any. */
  readonly typ: string | null;
  readonly requiredClaims: readonly string[];
  /** Claims that must have exactly this value. */
  readonly claims: Readonly<Record<string, unknown>>;
}

type Claims = Readonly<Record<string, unknown>>;

/** Everything about a token that time does not change: why it is refused, or undefined. */
export function lastingClaims(options: ClaimOptions): (header: Claims, payload: Claims) => string | undefined {
  const { issuer, audience } = options;
  const typ = options.typ === null ? null : mediaType(options.typ);
  const exact = Object.entries(options.claims);
  return (header, payload) => {
    const is = header['typ'];
    if (typ !== null && (typeof is !== 'string' || mediaType(is) !== typ)) return `typ is not ${typ}`;
    for (const name of ['exp', 'nbf', 'iat']) if (name in payload && !Number.isFinite(payload[name])) return `${name} is not a number`;
    for (const name of options.requiredClaims) if (!Object.hasOwn(payload, name)) return `${name} is missing`;
    if (issuer.length > 0 && !issuer.includes(payload['iss'] as string)) return 'iss is not the expected issuer';
    if (audience.length > 0 && !names(payload['aud'], audience)) return 'aud does not name this audience';
    for (const [name, value] of exact)
      if (!Object.hasOwn(payload, name) || !sameJson(payload[name], value)) return `${name} does not have the expected value`;
    return undefined;
  };
}

/** What time does change, to be asked on each request: why a token is refused, or undefined. `now` in milliseconds. */
export function timeClaims({ clockTolerance, maxTokenAge }: ClaimOptions): (payload: Claims, now: number) => string | undefined {
  return ({ exp, nbf, iat }, nowMs) => {
    const now = nowMs / 1000;
    if (typeof exp === 'number' && now >= exp + clockTolerance) return 'the token has expired';
    if (typeof nbf === 'number' && now < nbf - clockTolerance) return 'the token is not valid yet';
    if (maxTokenAge === null) return undefined;
    if (typeof iat !== 'number') return 'iat is missing: the age of the token is not known';
    if (now - iat > maxTokenAge + clockTolerance) return 'the token is too old';
    return iat - now > clockTolerance ? 'iat is in the future' : undefined;
  };
}

/** Whether two JSON values are the same; the order of members does not count. */
function sameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [mine, theirs] = [Object.entries(one), other as Claims];
  return mine.length === Object.keys(other).length && mine.every(([name, value]) => Object.hasOwn(theirs, name) && sameJson(value, theirs[name]));
}

const names = (aud: unknown, audience: readonly string[]): boolean =>
  Array.isArray(aud) ? audience.some((one) => aud.includes(one)) : audience.includes(aud as string);

/** RFC 7515 section 4.1.9: compared without case, `application/` may be left out. */
const mediaType = (text: string): string => {
  const lower = text.toLowerCase();
  return lower.startsWith('application/') && !lower.includes('/', 12) ? lower.slice(12) : lower;
};
