import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';
import type { Outcome } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { cookieOf } from '../../../http/cookies.ts';
import { parseJwt, type ParsedJwt } from '../../../policies/jwt/parse-jwt.ts';
import { verifyJws } from '../../../policies/jwt/verify-jws.ts';
import { bodyArgs } from '../body-args.ts';
import { alreadyKnown, authenticate, authenticatedGroups, refuseOrAnonymous, type ConsumerData } from '../consumer.ts';
import { kongError } from '../faults.ts';
import { clearQueryArg, decodeArgs } from '../request-args.ts';
import { providerOf } from './openid-connect-keys.ts';
import { readOpenIdConnect, type Naming, type OpenIdConnect, type Requirement } from './openid-connect-settings.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

type Claims = Readonly<Record<string, unknown>>;
const claimsSlot: Slot<Claims> = slot('kong openid-connect claims');
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** The resource server of Kong Enterprise's plugin: bearer tokens of an issuer that is discovered. From public documentation. */
export const openidConnect: KongPlugin = definePlugin<OpenIdConnect, readonly Naming[]>({
  name: 'openid-connect',
  read(config, context) {
    const options = readOpenIdConnect(config, context);
    return { access: options, headerFilter: options.downstream };
  },
  access(options, deps) {
    deps.secretFields.add('access_token');
    const { issuer, audience, required, anonymous } = options;
    const realm = `Bearer realm="${URL.canParse(issuer) ? new URL(issuer).hostname : issuer}"`;
    const missing = kongError(401, options.unauthorized, ['WWW-Authenticate', realm]);
    const invalid = kongError(401, options.unauthorized, ['WWW-Authenticate', `${realm}, error="invalid_token"`]);
    const forbidden = kongError(403, options.forbidden, ['WWW-Authenticate', `${realm}, error="insufficient_scope"`]);
    const unreachable = kongError(500, 'An unexpected error occurred');
    const allowed = new Set(algorithms);
    deps.testTokens.expects({
      issuer,
      audience: audience.anyOf[0]?.split(' ')[0],
      algorithms,
      typ: null,
      scopes: required[0]?.claim.join() === 'scope' ? required[0].anyOf.slice(0, 1) : [],
      claims: {},
      requiredClaims: [],
    });

    const admit = (exchange: Exchange, token: ParsedJwt, issuers: readonly string[]): Outcome => {
      const claims = token.payload;
      if (!holdNow(claims, options, issuers, (exchange.clock ?? deps.clock).now() / 1000) || !meets(claims, audience))
        return refuseOrAnonymous(exchange, anonymous, invalid);
      if (required.some((one) => !meets(claims, one))) return refuseOrAnonymous(exchange, anonymous, forbidden);
      const consumer = consumerOf(claims, options);
      if (consumer === undefined) return refuseOrAnonymous(exchange, anonymous, forbidden);
      const credential = textOf(claimAt(claims, options.credentialClaim));
      authenticate(exchange, consumer, { id: credential, kind: 'openid-connect', name: credential });
      exchange.caller.claims = claims;
      exchange.write(claimsSlot, claims);
      if (options.groupsClaim.length > 0) exchange.write(authenticatedGroups, valuesOf(claimAt(claims, options.groupsClaim)));
      handOn(exchange, token, options);
      return undefined;
    };
    const judge = (exchange: Exchange, text: string | undefined): Outcome | Promise<Outcome> => {
      if (text === undefined || text === '' || !options.bearer) return refuseOrAnonymous(exchange, anonymous, missing);
      const token = parseJwt(text);
      if ('problem' in token) return refuseOrAnonymous(exchange, anonymous, invalid);
      const own = deps.testTokens.keyFor(token.header);
      if (own === null || (own !== undefined && !verifyJws(token, own, allowed))) return refuseOrAnonymous(exchange, anonymous, invalid);
      if (own !== undefined) return admit(exchange, token, [issuer, ...options.issuersAllowed]);
      return verified(exchange, token, options, deps, allowed).then(
        (issuers) => (issuers === undefined ? refuseOrAnonymous(exchange, anonymous, invalid) : admit(exchange, token, issuers)),
        () => refuseOrAnonymous(exchange, anonymous, unreachable),
      );
    };
    return (exchange) => {
      if (!options.preflight && exchange.method === 'OPTIONS') return undefined;
      if (alreadyKnown(exchange, anonymous)) return undefined;
      return presented(exchange, options).then((text) => judge(exchange, text));
    };
  },
  headerFilter: (namings) => (exchange) => {
    const claims = exchange.read(claimsSlot);
    if (claims === undefined || exchange.response === null) return undefined;
    for (const { claim, field } of namings) if (claims[claim] !== undefined) exchange.response.headers.set(field, textOf(claims[claim]));
    return undefined;
  },
});

/** Whose tokens are taken, where a key of the issuer verifies this one. */
async function verified(
  exchange: Exchange,
  token: ParsedJwt,
  options: OpenIdConnect,
  deps: Deps,
  allowed: ReadonlySet<string>,
): Promise<readonly string[] | undefined> {
  const provider = providerOf(exchange, options, deps);
  const keys = await provider.keys.for(token);
  if (options.verifySignature && !keys.verify(token, allowed)) return undefined;
  return options.issuersAllowed.length > 0 ? options.issuersAllowed : [provider.issuer];
}

const field = /^bearer +(\S+)$/i;

/** The token, taken out of the places that the upstream shall not see it in. */
async function presented(exchange: Exchange, { places, cookie, hide }: OpenIdConnect): Promise<string | undefined> {
  const { headers } = exchange.arrived;
  if (places.includes('header')) {
    const token = field.exec(headers.get('authorization') ?? '')?.[1] ?? headers.get('access_token');
    if (token !== undefined) {
      if (hide) for (const name of ['authorization', 'access_token']) exchange.outgoing.headers.remove(name);
      return token;
    }
  }
  if (places.includes('cookie') && cookie !== '') {
    const token = cookieOf(headers.getAll('cookie'), cookie);
    if (token !== undefined) return token;
  }
  const asked = places.includes('query') ? decodeArgs(exchange.query).get('access_token') : undefined;
  if (typeof asked === 'string') {
    if (hide) clearQueryArg(exchange, 'access_token');
    return asked;
  }
  const body = places.includes('body') ? await bodyArgs(exchange) : null;
  const sent = body?.args.get('access_token');
  if (typeof sent !== 'string') return undefined;
  if (hide) body?.write(new Map([...body.args].filter(([name]) => name !== 'access_token')));
  return sent;
}

/** `now` in seconds. */
function holdNow(claims: Claims, options: OpenIdConnect, issuers: readonly string[], now: number): boolean {
  const { verifyClaims, leeway, claimsForbidden, domains, maxAge } = options;
  const { iss, exp, nbf, hd, auth_time: since } = claims;
  if (claimsForbidden.some((one) => Object.hasOwn(claims, one))) return false;
  if (domains.length > 0 && !domains.includes(hd as string)) return false;
  if (maxAge !== null && !(typeof since === 'number' && now - since <= maxAge + leeway)) return false;
  if (!verifyClaims) return true;
  if (!issuers.includes(iss as string)) return false;
  if (exp !== undefined && !(typeof exp === 'number' && now < exp + leeway)) return false;
  return nbf === undefined || (typeof nbf === 'number' && now >= nbf - leeway);
}

function claimAt(claims: Claims, path: readonly string[]): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Claims)[name];
  }
  return path.length === 0 ? undefined : value;
}
const valuesOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : [];

function meets(claims: Claims, { claim, anyOf }: Requirement): boolean {
  if (anyOf.length === 0) return true;
  const has = valuesOf(claimAt(claims, claim));
  return anyOf.some((one) => one.split(/\s+/).every((word) => has.includes(word)));
}

/** Null: nobody need be found. Undefined: somebody must be, and is not. */
function consumerOf(claims: Claims, options: OpenIdConnect): ConsumerData | null | undefined {
  const { consumerClaim, consumerBy, consumerOptional, ignoreCase, consumers } = options;
  if (consumerClaim.length === 0) return null;
  const name = textOf(claimAt(claims, consumerClaim));
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const is: Readonly<Record<string, (one: ConsumerData) => boolean>> = {
    id: (one) => one.id === name,
    username: (one) => fold(one.username) === fold(name),
    custom_id: (one) => one.customId === name,
  };
  const found = name === '' ? undefined : consumerBy.map((by) => consumers.find((one) => is[by]?.(one))).find((one) => one !== undefined);
  return found ?? (consumerOptional ? null : undefined);
}

function handOn(exchange: Exchange, { token, payload }: ParsedJwt, { tokenField, upstream }: OpenIdConnect): void {
  const { headers } = exchange.outgoing;
  const [name = '', scheme] = tokenField.split(':');
  if (name !== '') headers.set(name, scheme === undefined ? token : `Bearer ${token}`);
  for (const naming of upstream) {
    const value = payload[naming.claim];
    if (value !== undefined) headers.set(naming.field, textOf(value));
  }
}

/** A claim as a field: a text or number as it stands, anything else as JSON in base64. */
const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Buffer.from(JSON.stringify(value)).toString('base64');
};
