import { basicCredentials } from '../http/basic-credentials.ts';
import type { Issuing } from './issuer.ts';
import { brokenNames, type TokenOptions } from './mint.ts';
import { personaNames } from './personas.ts';
import { testAlgorithms } from './test-keys.ts';

const maxBytes = 65_536;

type Form = Readonly<Record<string, string>>;

/** What a token endpoint says instead of a token (RFC 6749, 5.2). */
class Refusal extends Error {
  readonly code: string;
  constructor(code: string, description: string) {
    super(description);
    this.code = code;
  }
}

/**
 * A token for whoever asks by client_credentials or password: no secret is wrong. Beside the fields of RFC 6749 those of `gateway.token`
 * may stand: claims (JSON), expires_in, algorithm, persona, broken.
 */
export async function tokenAnswer(issuing: Pick<Issuing, 'token'>, issuer: string, request: Request): Promise<Response> {
  if (request.method !== 'POST') return answer(405, { error: 'invalid_request', error_description: 'only POST' }, { Allow: 'POST' });
  try {
    const form = await formOf(request);
    const access_token = await issuing.token({ iss: issuer, ...claimsOf(form) }, optionsOf(form));
    const { iat, exp, scope } = payloadOf(access_token);
    const expires_in = Number(exp) - Number(iat);
    return answer(200, { access_token, token_type: 'Bearer', ...(Number.isFinite(expires_in) ? { expires_in } : {}), scope });
  } catch (error) {
    // What cannot be minted is a TypeError: an algorithm that is not accepted, a time that is none.
    if (!(error instanceof Refusal || error instanceof TypeError)) throw error;
    return answer(400, { error: error instanceof Refusal ? error.code : 'invalid_request', error_description: error.message });
  }
}

async function formOf(request: Request): Promise<Form> {
  const text = await textOf(request);
  const client = basicCredentials(request.headers.get('authorization') ?? '')?.user;
  return { ...(client === undefined ? {} : { client_id: client }), ...fieldsOf(text, request.headers.get('content-type') ?? '') };
}

/** JSON too, as Auth0 takes it. */
function fieldsOf(text: string, type: string): Form {
  if (!/^application\/json\b/i.test(type)) return Object.fromEntries(new URLSearchParams(text));
  return Object.fromEntries(
    Object.entries(objectOf(text, 'the body')).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function claimsOf({ grant_type, client_id, username, scope, audience, claims }: Form): Record<string, unknown> {
  if (grant_type === undefined) throw new Refusal('invalid_request', 'there is no grant_type');
  if (grant_type !== 'client_credentials' && grant_type !== 'password')
    throw new Refusal('unsupported_grant_type', `grant_type is ${JSON.stringify(grant_type)}: expected client_credentials or password`);
  const sub = grant_type === 'password' ? username : client_id;
  return {
    ...(sub === undefined ? {} : { sub }),
    ...(client_id === undefined ? {} : { client_id }),
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { aud: audience }),
    ...(claims === undefined ? {} : objectOf(claims, 'claims')),
  };
}

function optionsOf({ expires_in, algorithm, persona, broken }: Form): TokenOptions {
  return {
    ...(expires_in === undefined ? {} : { expiresIn: expires_in }),
    ...(algorithm === undefined ? {} : { algorithm: oneOf('algorithm', algorithm, testAlgorithms) }),
    ...(persona === undefined ? {} : { persona: oneOf('persona', persona, personaNames) }),
    ...(broken === undefined ? {} : { broken: oneOf('broken', broken, brokenNames) }),
  };
}

function oneOf<const T extends string>(name: string, given: string, known: readonly T[]): T {
  const found = known.find((one) => one === given);
  if (found === undefined) throw new Refusal('invalid_request', `${name} is ${JSON.stringify(given)}: expected one of ${known.join(', ')}`);
  return found;
}

function objectOf(text: string, name: string): object {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The same as any other text that is no object.
  }
  throw new Refusal('invalid_request', `${name}: expected a JSON object`);
}

async function textOf({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > maxBytes) throw new Refusal('invalid_request', `the body is larger than ${maxBytes} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const payloadOf = (token: string): { readonly iat?: unknown; readonly exp?: unknown; readonly scope?: unknown } =>
  JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as object;

const answer = (status: number, document: object, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json(document, { status, headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache', ...headers } });
