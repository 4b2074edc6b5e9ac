import { createHash } from 'node:crypto';
import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';
import type { Outcome } from '../../../engine/outcome.ts';
import { firstHeader } from '../request-args.ts';
import { decodeBase64, sameSecret } from '../secrets.ts';
import {
  badProvisionKey,
  endpointAnswer,
  failed,
  insecurity,
  invalidClient,
  needsPkce,
  noUser,
  problem,
  redirectUriOf,
  scopeOf,
  textOf,
  type Answer,
  type Parameters,
} from './oauth2-request.ts';
import { knowsSecret, type Client, type OAuth2 } from './oauth2-settings.ts';
import { randomText, secondsNow, stateOf, type Code, type Grant, type Token } from './oauth2-state.ts';

/** A new token, and what its client is told (generate_token in kong/plugins/oauth2/access.lua). */
export function makeToken(
  exchange: Exchange,
  { expiration, refreshSeconds }: OAuth2,
  grant: Grant,
  deps: Deps,
  how: { readonly refreshable?: boolean; readonly refreshToken?: string | undefined } = {},
): Answer {
  const { refreshable = true } = how;
  const refreshToken = how.refreshToken ?? (refreshable && expiration > 0 ? randomText(deps) : undefined);
  const token: Token = {
    ...grant,
    accessToken: randomText(deps),
    refreshToken,
    expiresIn: expiration,
    createdAt: Math.floor(secondsNow(exchange, deps)),
  };
  stateOf(exchange, deps).addToken(token, expiration > 0 ? refreshSeconds : 0);
  return {
    access_token: token.accessToken,
    token_type: 'bearer',
    ...(expiration > 0 ? { expires_in: expiration } : {}),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  };
}

/** POST /oauth2/token (issue_token in kong/plugins/oauth2/access.lua). Of several errors the last one is told. */
export function issueToken(
  exchange: Exchange,
  parameters: Parameters,
  options: OAuth2,
  clients: ReadonlyMap<string, Client>,
  trusted: (address: string) => boolean,
  deps: Deps,
): Outcome {
  const state = parameters.get('state');
  const answer = (status: number, body: Answer, more: readonly string[] = []): Outcome =>
    endpointAnswer(status, state === undefined ? body : { ...body, state }, more);
  const insecure = insecurity(exchange, options, trusted);
  if (insecure !== undefined) return answer(400, insecure);

  const given = clientCredentials(exchange, parameters, options);
  const client = typeof given.id === 'string' ? clients.get(given.id) : undefined;
  const { error, authentication } = clientError(parameters, options, client, given.secret);
  const body = error ?? grantOf(exchange, parameters, options, client, deps);
  if (!failed(body)) return answer(200, body);
  return authentication && given.fromHeader ? answer(401, body, ['www-authenticate', 'Basic realm="OAuth2.0"']) : answer(400, body);
}

interface Given {
  readonly id: unknown;
  readonly secret: unknown;
  readonly fromHeader: boolean;
}
/** Both in the parameters, else the field, else the client alone. */
function clientCredentials(exchange: Exchange, parameters: Parameters, { field }: OAuth2): Given {
  const [id, secret] = [parameters.get('client_id'), parameters.get('client_secret')];
  if (id !== undefined && secret !== undefined) return { id, secret, fromHeader: false };
  const header = firstHeader(exchange, field);
  if (header === undefined) return { id, secret: undefined, fromHeader: false };
  const coded = /[Bb]asic\s*(.+)/.exec(header)?.[1];
  const [user, password] = (coded === undefined ? undefined : decodeBase64(coded))?.split(':') ?? [];
  return { id: user, secret: password, fromHeader: true };
}

/** What is wrong with the client or the kind of grant, and whether that is a matter of who the client is. */
function clientError(
  parameters: Parameters,
  options: OAuth2,
  client: Client | undefined,
  secret: unknown,
): { readonly error?: Answer | undefined; readonly authentication: boolean } {
  const type = parameters.get('grant_type');
  let error = grantTypes(options).includes(type) ? undefined : problem('unsupported_grant_type', 'Invalid grant_type');
  let authentication = false;
  if (type !== 'client_credentials') {
    const allowed = client?.redirectUris ?? null;
    if (allowed === null) [error, authentication] = [invalidClient, true];
    else if (!allowed.includes(redirectUriOf(parameters, allowed) as string))
      error = problem('invalid_request', 'Invalid redirect_uri that does not match with any redirect_uri created with the application');
  }
  if (client?.type === 'confidential' && !knowsSecret(client, secret)) [error, authentication] = [invalidClient, true];
  if (client?.type === 'public' && secret !== undefined && (typeof secret !== 'string' || secret.trim() !== ''))
    error = problem('invalid_request', 'client_secret is disallowed for public clients');
  return { error, authentication };
}
const grantTypes = ({ clientCredentials: credentials, password }: OAuth2): readonly unknown[] => [
  'authorization_code',
  'refresh_token',
  ...(credentials ? ['client_credentials'] : []),
  ...(password ? ['password'] : []),
];

function grantOf(exchange: Exchange, parameters: Parameters, options: OAuth2, client: Client | undefined, deps: Deps): Answer {
  if (client === undefined) return provisionError(parameters, options) ?? invalidClient;
  const type = parameters.get('grant_type');
  if (type === 'authorization_code') return byCode(exchange, parameters, options, client, deps);
  if (type === 'refresh_token') return byRefreshToken(exchange, parameters, options, client, deps);
  const userId = textOf(parameters, 'authenticated_userid');
  const badKey = provisionError(parameters, options);
  if (badKey !== undefined) return badKey;
  if (type === 'password' && (userId === undefined || userId.trim() === '')) return noUser;
  const scopes = scopeOf(parameters, options);
  if (scopes.error !== undefined) return scopes.error;
  const grant: Grant = { service: options.global ? null : options.service, credential: client.id, userId, scope: scopes.scope };
  return makeToken(exchange, options, grant, deps, { refreshable: type === 'password' });
}

/** For client credentials the key is asked for only where a user is named. */
function provisionError(parameters: Parameters, { provisionKey }: OAuth2): Answer | undefined {
  if (parameters.get('grant_type') === 'client_credentials' && parameters.get('authenticated_userid') === undefined) return undefined;
  return provisionKey !== '' && sameSecret(textOf(parameters, 'provision_key') ?? '', provisionKey) ? undefined : badProvisionKey;
}

function byCode(exchange: Exchange, parameters: Parameters, options: OAuth2, client: Client, deps: Deps): Answer {
  const state = stateOf(exchange, deps);
  const wrong = problem('invalid_request', 'Invalid code');
  const code = state.code(textOf(parameters, 'code') ?? '', secondsNow(exchange, deps));
  if (code === undefined || (!options.global && code.service !== options.service) || code.credential !== client.id) return wrong;
  if (code.challenge !== undefined || needsPkce(options, client)) {
    const error = verifierError(parameters, code);
    if (error !== undefined) return error;
  }
  if (options.global && code.plugin !== options.plugin) return wrong;
  state.removeCode(code);
  return makeToken(exchange, options, { ...grantFrom(code), service: options.global ? null : options.service }, deps);
}

/** RFC 7636 section 4.6. */
function verifierError(parameters: Parameters, { challenge }: Code): Answer | undefined {
  const verifier = parameters.get('code_verifier');
  const wrong = (what: string): Answer => problem('invalid_request', `code_verifier ${what}`);
  if (verifier === undefined || verifier === false) return wrong('is required for PKCE authorization requests');
  if (typeof verifier !== 'string') return wrong('is not a string');
  const bytes = Buffer.byteLength(verifier);
  if (bytes < 43 || bytes > 128) return wrong('must be between 43 and 128 characters');
  const made = createHash('sha256').update(verifier).digest('base64url');
  return challenge !== undefined && sameSecret(made, challenge) ? undefined : problem('invalid_grant', 'Invalid code');
}

function byRefreshToken(exchange: Exchange, parameters: Parameters, options: OAuth2, client: Client, deps: Deps): Answer {
  const state = stateOf(exchange, deps);
  const token = state.tokenToRefresh(textOf(parameters, 'refresh_token') ?? '', secondsNow(exchange, deps));
  if (token === undefined || (!options.global && token.service !== options.service)) return problem('invalid_request', 'Invalid refresh_token');
  if (token.credential !== client.id) return invalidClient;
  state.removeToken(token);
  const reused = options.reuseRefreshToken ? token.refreshToken : undefined;
  const service = options.reuseRefreshToken ? token.service : options.global ? null : options.service;
  return makeToken(exchange, options, { ...grantFrom(token), service }, deps, { refreshToken: reused });
}

const grantFrom = ({ service, credential, userId, scope }: Grant): Grant => ({ service, credential, userId, scope });
