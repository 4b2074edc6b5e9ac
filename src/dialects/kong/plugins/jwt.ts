import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { Exchange } from '../../../engine/exchange.ts';
import { cookieOf } from '../../../http/cookies.ts';
import { parseQuery } from '../../../http/query.ts';
import type { Fault } from '../../../model/fault.ts';
import { parseJwt, type ParsedJwt } from '../../../policies/jwt/parse-jwt.ts';
import { verifyJws } from '../../../policies/jwt/verify-jws.ts';
import { alreadyKnown, anonymousOf, authenticate, credentialsOf, refuseOrAnonymous, type Anonymous, type ConsumerData } from '../consumer.ts';
import { kongExit } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Credential {
  readonly key: string;
  readonly secret: string;
  readonly publicKey: string;
  readonly algorithm: string;
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
    const credentials = credentialsOf(consumers, 'jwt_secrets', 'key', (one) => ({
      key: one.get('key').string() ?? '',
      secret: one.get('secret').string() ?? '',
      publicKey: one.get('rsa_public_key').string() ?? '',
      algorithm: one.get('algorithm').string() ?? 'HS256',
    }));
    const several = (name: string, usual: readonly string[]): readonly string[] => (config.get(name).exists ? config.get(name).strings() : usual);
    return {
      access: {
        params: several('uri_param_names', ['jwt']),
        headers: several('header_names', ['authorization']),
        cookies: several('cookie_names', []),
        keyClaim: config.get('key_claim_name').string() ?? 'iss',
        base64: config.get('secret_is_base64').boolean() ?? false,
        verify: several('claims_to_verify', []),
        maximumExpiration: config.get('maximum_expiration').number({ min: 0 }) ?? 0,
        preflight: config.get('run_on_preflight').boolean() ?? true,
        realm: config.get('realm').string() ?? '',
        anonymous: anonymousOf(config.get('anonymous').string(), consumers),
        credentials,
      },
    };
  },
  access(options, { clock, testTokens }) {
    const realm = options.realm === '' ? '' : ` realm="${options.realm}"`;
    const missing = kongExit(401, { message: 'Unauthorized' }, ['WWW-Authenticate', `Bearer${realm}`]);
    const bad = (body: unknown): Fault => kongExit(401, body, ['WWW-Authenticate', `Bearer${realm === '' ? '' : `${realm},`} error="invalid_token"`]);
    const byKey = new Map(options.credentials.map((one) => [one.key, { credential: one, key: keyOf(one, options.base64) }]));
    for (const { credential, key } of byKey.values()) {
      const claims = { [options.keyClaim]: credential.key };
      const secret = key?.type === 'secret' ? key : undefined;
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
      const token = parseJwt(tokens[0] as string);
      if ('problem' in token) return bad({ message: 'Bad token; invalid JSON' });
      const name = token.payload[options.keyClaim] ?? token.header[options.keyClaim];
      if (name === undefined) return bad({ message: `No mandatory '${options.keyClaim}' in claims` });
      if (typeof name !== 'string' || name === '') return bad({ message: `Invalid '${options.keyClaim}' in claims` });
      const found = byKey.get(name);
      if (found === undefined) return bad({ message: `No credentials found for given '${options.keyClaim}'` });
      if (token.header.alg !== found.credential.algorithm) return bad({ message: 'Invalid algorithm' });
      const own = testTokens.keyFor(token.header);
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

function keyOf({ algorithm, secret, publicKey }: Credential, base64: boolean): KeyObject | undefined {
  try {
    if (algorithm.startsWith('HS')) return createSecretKey(base64 ? Buffer.from(secret, 'base64') : Buffer.from(secret));
    return createPublicKey(publicKey);
  } catch {
    return undefined;
  }
}

/** Tokens in query, cookies and headers; the same one twice counts once. */
function tokensOf(exchange: Exchange, { params, cookies, headers }: Jwt): string[] {
  const found = new Set<string>();
  const query = parseQuery(exchange.query);
  for (const name of params) for (const [key, value] of query) if (key === name && value !== '') found.add(value);
  for (const name of cookies) {
    const value = cookieOf(exchange.arrived.headers.getAll('cookie'), name);
    if (value !== undefined && value !== '') found.add(value);
  }
  for (const name of headers) {
    for (const value of exchange.arrived.headers.getAll(name)) {
      const match = /^\s*[Bb]earer\s+(.+)$/.exec(value);
      if (match !== null) found.add((match[1] as string).trim());
    }
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
  if (maximumExpiration > 0) {
    const { exp } = payload;
    if (typeof exp !== 'number') return { exp: 'must be a number' };
    if (exp - now > maximumExpiration) return { exp: 'exceeds maximum allowed expiration' };
  }
  return undefined;
}
