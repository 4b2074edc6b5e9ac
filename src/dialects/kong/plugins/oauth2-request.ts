import type { Exchange } from '../../../engine/exchange.ts';
import { reply, type Reply } from '../../../engine/outcome.ts';
import { bodyArgs } from '../body-args.ts';
import { decodeArgs } from '../request-args.ts';
import type { Client, OAuth2 } from './oauth2-settings.ts';

/** Parameters of the query and, over them, of the body. */
export type Parameters = ReadonlyMap<string, unknown>;

/** An error as RFC 6749 section 5.2 names it, or what is answered in its place. */
export type Answer = Readonly<Record<string, unknown>>;
export const problem = (error: string, description: string): Answer => ({ error, error_description: description });
export const invalidClient: Answer = problem('invalid_client', 'Invalid client authentication');
export const badProvisionKey: Answer = problem('invalid_provision_key', 'Invalid provision_key');
export const noUser: Answer = problem('invalid_authenticated_userid', 'Missing authenticated_userid parameter');
export const failed = (answer: Answer | undefined): boolean => answer !== undefined && 'error' in answer;

export async function parametersOf(exchange: Exchange): Promise<Parameters> {
  const query = decodeArgs(exchange.query);
  if (!['POST', 'PUT', 'PATCH'].includes(exchange.method)) return query;
  const body = await bodyArgs(exchange);
  return body === null ? query : new Map<string, unknown>([...query, ...body.args]);
}

export const textOf = (parameters: Parameters, name: string): string | undefined => {
  const value = parameters.get(name);
  return typeof value === 'string' ? value : undefined;
};

/** The endpoints are there over TLS only, or behind somebody trusted who says that it was TLS (kong.tools.http, check_https). */
export function insecurity(exchange: Exchange, { terminated }: OAuth2, trusted: (address: string) => boolean): Answer | undefined {
  const denied = problem('access_denied', 'You must use HTTPS');
  if (exchange.connection.secure) return undefined;
  if (!terminated || !trusted(exchange.connection.remoteAddress)) return denied;
  const schemes = exchange.arrived.headers.getAll('x-forwarded-proto');
  if (schemes.length > 1) return problem('access_denied', 'Only one X-Forwarded-Proto header allowed');
  return schemes[0]?.toLowerCase() === 'https' ? undefined : denied;
}

/** The scopes that are asked for, or why they cannot be had. */
export function scopeOf(
  parameters: Parameters,
  { scopes, mandatoryScope }: OAuth2,
): { readonly scope?: string | undefined; readonly error?: Answer } {
  const asked = parameters.get('scope');
  if (scopes !== null && asked !== undefined) {
    if (typeof asked !== 'string') return { error: problem('invalid_scope', 'scope must be a string') };
    const names = asked.split(/\s+/).filter((one) => one !== '');
    const unknown = names.find((one) => !scopes.includes(one));
    if (unknown !== undefined) return { error: problem('invalid_scope', `"${unknown}" is an invalid scope`) };
    return { scope: names.length === 0 ? undefined : names.join(' ') };
  }
  if (mandatoryScope && (asked === undefined || asked === false)) return { error: problem('invalid_scope', 'You must specify a scope') };
  return {};
}

export function needsPkce({ pkce }: OAuth2, { type }: Client): boolean {
  return type === 'public' ? pkce !== 'none' : pkce === 'strict';
}

/** A missing redirect_uri means the first one of the client. */
export const redirectUriOf = (parameters: Parameters, allowed: readonly string[]): unknown => {
  const given = parameters.get('redirect_uri');
  return given === undefined || given === false ? allowed[0] : given;
};

/** An answer of one of the endpoints: nobody may keep it, and as a reply it does not get into what explains a request. */
export const endpointAnswer = (status: number, body: Answer, more: readonly string[] = []): Reply =>
  reply(
    status,
    ['cache-control', 'no-store', 'pragma', 'no-cache', ...more, 'Content-Type', 'application/json; charset=utf-8'],
    JSON.stringify(body),
  );
