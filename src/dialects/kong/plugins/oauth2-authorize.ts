import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';
import type { Outcome } from '../../../engine/outcome.ts';
import { decodeArgs, encodeArgs } from '../request-args.ts';
import { sameSecret } from '../secrets.ts';
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
import type { Client, OAuth2 } from './oauth2-settings.ts';
import { randomText, secondsNow, stateOf } from './oauth2-state.ts';
import { makeToken } from './oauth2-token.ts';

interface Authorization {
  readonly answer: Answer;
  /** Where the browser is sent with it; undefined: the client is not known. */
  readonly redirect?: string | undefined;
  readonly implicit?: boolean;
}

/** POST /oauth2/authorize (authorize in kong/plugins/oauth2/access.lua). Of several errors the last one is told. */
export function authorize(
  exchange: Exchange,
  parameters: Parameters,
  options: OAuth2,
  clients: ReadonlyMap<string, Client>,
  trusted: (address: string) => boolean,
  deps: Deps,
): Outcome {
  const { answer, redirect, implicit = false } = authorization(exchange, parameters, options, clients, trusted, deps);
  const state = parameters.get('state');
  const told: Answer = state === undefined ? answer : { ...answer, state };
  return endpointAnswer(failed(answer) ? 400 : 200, redirect === undefined ? told : { redirect_uri: withParameters(redirect, told, implicit) });
}

function authorization(
  exchange: Exchange,
  parameters: Parameters,
  options: OAuth2,
  clients: ReadonlyMap<string, Client>,
  trusted: (address: string) => boolean,
  deps: Deps,
): Authorization {
  const insecure = insecurity(exchange, options, trusted);
  if (insecure !== undefined) return { answer: insecure };
  if (options.provisionKey === '' || !sameSecret(textOf(parameters, 'provision_key') ?? '', options.provisionKey)) return { answer: badProvisionKey };
  const userId = textOf(parameters, 'authenticated_userid');
  if (userId === undefined || userId.trim() === '') return { answer: noUser };

  const type = parameters.get('response_type');
  let error: Answer | undefined;
  if (!(type === 'code' && options.code) && !(type === 'token' && options.implicit))
    error = problem('unsupported_response_type', 'Invalid response_type');
  const scopes = scopeOf(parameters, options);
  error = scopes.error ?? error;
  const client = clients.get(textOf(parameters, 'client_id') ?? '');
  const allowed = client?.redirectUris ?? null;
  let redirect: unknown;
  if (allowed === null) error = invalidClient;
  else {
    redirect = redirectUriOf(parameters, allowed);
    if (!allowed.includes(redirect as string)) {
      error = problem('invalid_request', 'Invalid redirect_uri that does not match with any redirect_uri created with the application');
      redirect = allowed[0];
    }
  }
  const pkce = challengeOf(parameters);
  if ('error' in pkce) error = pkce.error;
  else if (client !== undefined && pkce.challenge === undefined && needsPkce(options, client))
    error = problem('invalid_request', `code_challenge is required for ${client.type} clients`);
  const where = typeof redirect === 'string' ? redirect : undefined;
  if (error !== undefined || client === undefined || 'error' in pkce) return { answer: error ?? invalidClient, redirect: where };

  const grant = { service: options.global ? null : options.service, credential: client.id, userId, scope: scopes.scope };
  if (type === 'token') return { answer: makeToken(exchange, options, grant, deps, { refreshable: false }), redirect: where, implicit: true };
  const code = { ...grant, code: randomText(deps), plugin: options.plugin, challenge: pkce.challenge };
  stateOf(exchange, deps).addCode(code, secondsNow(exchange, deps));
  return { answer: { code: code.code }, redirect: where };
}

/** RFC 7636 with S256, which is also meant where no method is named. */
function challengeOf(parameters: Parameters): { readonly challenge: string | undefined } | { readonly error: Answer } {
  const challenge = textOf(parameters, 'code_challenge');
  const method = parameters.get('code_challenge_method');
  if (method !== undefined && challenge === undefined)
    return { error: problem('invalid_request', 'code_challenge is required when code_method is present') };
  if (method !== undefined && method !== 'S256' && method !== 's256')
    return { error: problem('invalid_request', 'code_challenge_method is not supported, must be S256') };
  // The same challenge with padding or in the other alphabet is the same.
  return {
    challenge:
      challenge === undefined
        ? undefined
        : challenge
            .replaceAll('+', '-')
            .replaceAll('/', '_')
            .replace(/={1,2}$/, ''),
  };
}

/** Into the query, or for the implicit grant into the fragment, beside what is there. */
function withParameters(redirect: string, answer: Answer, implicit: boolean): string {
  const [whole = '', fragment = ''] = split(redirect, '#');
  const [base = '', query = ''] = split(whole, '?');
  const put = (text: string): string => encodeArgs(new Map<string, unknown>([...decodeArgs(text), ...Object.entries(answer)]));
  if (implicit) return `${whole}#${put(fragment)}`;
  return `${base}?${put(query)}${fragment === '' ? '' : `#${fragment}`}`;
}
function split(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
