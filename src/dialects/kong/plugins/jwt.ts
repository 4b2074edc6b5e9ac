import type { Exchange } from '../../../engine/exchange.ts';
import { cookieOf } from '../../../http/cookies.ts';
import type { Fault } from '../../../model/fault.ts';
import type { ParsedJwt } from '../../../policies/jwt/parse-jwt.ts';
import { verifyJws } from '../../../policies/jwt/verify-jws.ts';
import { alreadyKnown, anonymousOf, authenticate, credentialsOf, refuseOrAnonymous, type Anonymous, type ConsumerData } from '../consumer.ts';
import { kongExit } from '../faults.ts';
import { decodeArgs, firstHeader } from '../request-args.ts';
import { keyOf, readJwtCredential, type JwtCredential } from './jwt-credential.ts';
import { readToken } from './jwt-token.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Credential extends JwtCredential {
  readonly id: string;
  readonly consumer: ConsumerData;
}
interface Jwt {
  readonly params: readonly string[];
  readonly headers: readonly string[];
  readonly cookies: readonly string[];
  readonly keyClaim: string;
  readonly base64: boolean;
  readonly verify: readonly string[];
  /** Seconds; 0: any. */
  readonly maximumExpiration: number;
  readonly preflight: boolean;
  readonly realm: string;
  readonly anonymous: Anonymous;
  readonly credentials: readonly Credential[];
}

/** Source: kong/plugins/jwt/handler.lua. Its refusals leave through `exit`: they carry no request id. */
export const jwt: KongPlugin = definePlugin<Jwt>({
  name: 'jwt',
  read(config, { consumers }) {
    const several = (name: string, usual: readonly string[]): readonly string[] => (config.get(name).exists ? config.get(name).strings() : usual);
    const verify = config
      .get('claims_to_verify')
      .items()
      .flatMap((one) => one.oneOf('exp', 'nbf') ?? []);
    const maximumExpiration = config.get('maximum_expiration').number({ min: 0, max: 31_536_000 }) ?? 0;
    if (maximumExpiration > 0 && !verify.includes('exp'))
      config
        .get('maximum_expiration')
        .problem('DG1204', `${config.name} has a maximum_expiration and does not verify exp`, 'expected claims_to_verify to contain: exp');
    return {
      access: {
        params: several('uri_param_names', ['jwt']),
        headers: several('header_names', ['authorization']),
        cookies: several('cookie_names', []),
        keyClaim: config.get('key_claim_name').string() ?? 'iss',
        base64: config.get('secret_is_base64').boolean() ?? false,
        verify,
        maximumExpiration,
        preflight: config.get('run_on_preflight').boolean() ?? true,
        realm: config.get('realm').string() ?? '',
        anonymous: anonymousOf(config.get('anonymous').string(), consumers),
        credentials: credentialsOf(consumers, 'jwt_secrets', 'key', readJwtCredential),
      },
    };
  },
  access(options, { clock, testTokens, secretFields }) {
    for (const name of [...options.params, ...options.headers])
      for (const one of [name, name.replaceAll('_', '-')]) secretFields.add(one.toLowerCase());
    const realm = options.realm === '' ? '' : ` realm="${options.realm}"`;
    const missing = kongExit(401, { message: 'Unauthorized' }, ['WWW-Authenticate', `Bearer${realm}`]);
    const bad = (body: unknown): Fault => kongExit(401, body, ['WWW-Authenticate', `Bearer${realm === '' ? '' : `${realm},`} error="invalid_token"`]);
    const byKey = new Map(options.credentials.map((one) => [one.key, { credential: one, key: keyOf(one, options.base64) }]));
    for (const { credential, key } of byKey.values()) {
      const claims = { [options.keyClaim]: credential.key };
      const secret = key?.type === 'secret' && credential.secret !== '' ? key : undefined;
      const issuer = options.keyClaim === 'iss' ? credential.key : undefined;
      testTokens.expects({
        issuer,
        audience: undefined,
        algorithms: [credential.algorithm],
        typ: null,
        scopes: [],
        claims,
        requiredClaims: [],
        secret,
      });
    }
    const judge = (exchange: Exchange): Fault | undefined => {
      const tokens = tokensOf(exchange, options);
      if (tokens.length === 0) return missing;
      if (tokens.length > 1) return bad({ message: 'Multiple tokens provided' });
      const [text] = tokens;
      if (typeof text !== 'string') return bad({ message: 'Unrecognizable token' });
      const token = readToken(text);
      if ('problem' in token) return bad({ message: `Bad token; ${token.problem}` });
      const name = token.payload[options.keyClaim] ?? token.header[options.keyClaim];
      if (name === undefined) return bad({ message: `No mandatory '${options.keyClaim}' in claims` });
      if (typeof name !== 'string' || name === '') return bad({ message: `Invalid '${options.keyClaim}' in claims` });
      const found = byKey.get(name);
      if (found === undefined) return bad({ message: `No credentials found for given '${options.keyClaim}'` });
      if (token.header.alg !== found.credential.algorithm) return bad({ message: 'Invalid algorithm' });
      const { alg, kid } = token.header;
      const own = testTokens.keyFor(typeof kid === 'string' ? { alg, kid } : { alg });
      if (own === null) return bad({ message: 'Invalid signature' });
      const key = own ?? found.key;
      if (key === undefined) return bad({ message: 'Invalid key/secret' });
      if (!verifyJws(token, key, new Set([found.credential.algorithm]))) return bad({ message: 'Invalid signature' });
      const problems = claimProblems(token, options, Math.floor((exchange.clock ?? clock).now() / 1000));
      if (problems !== undefined) return bad(problems);
      const { consumer, id } = found.credential;
      authenticate(exchange, consumer, { id, kind: 'jwt', name: found.credential.key });
      exchange.caller.claims = token.payload;
      return undefined;
    };
    return (exchange) => {
      if (!options.preflight && exchange.method === 'OPTIONS') return undefined;
      if (alreadyKnown(exchange, options.anonymous)) return undefined;
      const fault = judge(exchange);
      return fault === undefined ? undefined : refuseOrAnonymous(exchange, options.anonymous, fault);
    };
  },
});

/** Tokens in query, cookies and fields, of each field the first; the same one twice counts once. */
function tokensOf(exchange: Exchange, { params, cookies, headers }: Jwt): unknown[] {
  const found = new Set<unknown>();
  const query = decodeArgs(exchange.query);
  for (const name of params) for (const value of [query.get(name)].flat()) if (value !== undefined && value !== '') found.add(value);
  for (const name of cookies) {
    const value = cookieOf(exchange.arrived.headers.getAll('cookie'), name);
    if (value !== undefined && value !== '') found.add(value);
  }
  for (const name of headers) {
    const token = /[Bb]earer\s+(.+)/.exec(firstHeader(exchange, name) ?? '')?.[1];
    if (token !== undefined) found.add(token);
  }
  return [...found];
}

/** `now` in seconds. */
function claimProblems({ payload }: ParsedJwt, { verify, maximumExpiration }: Jwt, now: number): Record<string, string> | undefined {
  const problems: Record<string, string> = {};
  for (const name of verify) {
    const value = payload[name];
    if (typeof value !== 'number') problems[name] = 'must be a number';
    else if (name === 'exp' && value <= now) problems[name] = 'token expired';
    else if (name === 'nbf' && value > now) problems[name] = 'token not valid yet';
  }
  if (Object.keys(problems).length > 0) return problems;
  const { exp } = payload;
  return maximumExpiration > 0 && !(typeof exp === 'number' && exp - now <= maximumExpiration)
    ? { exp: 'exceeds maximum allowed expiration' }
    : undefined;
}
