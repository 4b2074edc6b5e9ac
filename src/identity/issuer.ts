import { publicKeySet } from './key-set.ts';
import { testAlgorithms, type TestKeys } from './test-keys.ts';
import { tokenAnswer } from './token-endpoint.ts';
import type { TokenOptions } from './mint.ts';

/** What an issuer serves. */
export interface Issuing {
  readonly keys: TestKeys;
  /** The `iss` of its tokens; undefined: the address at which it is asked. */
  readonly issuer: string | undefined;
  token(claims: Readonly<Record<string, unknown>>, options: TokenOptions): Promise<string>;
}

const grants = ['client_credentials', 'password'] as const;

/** Under any prefix, so that the paths of production stay: `/realms/NAME/...`, `/POOL/...`. */
const documents: readonly (readonly [ending: RegExp, answer: (issuing: Issuing, base: string, request: Request) => unknown])[] = [
  [/\/\.well-known\/(?:openid-configuration|oauth-authorization-server)$/, ({ issuer }, base) => discovery(issuer ?? base, base)],
  [/\/(?:\.well-known\/jwks\.json|protocol\/openid-connect\/certs)$/, ({ keys }) => publicKeySet(keys)],
  [/\/(?:token|protocol\/openid-connect\/token|oauth2?\/token)$/, (issuing, base, request) => tokenAnswer(issuing, issuing.issuer ?? base, request)],
];

/** A fetch handler that is the local identity provider: its key set, its discovery documents, its token endpoint. */
export const issuerHandler =
  (issuing: Issuing) =>
  async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    if (!isLocalName(url.hostname)) return json(421, { error: `${url.hostname} is not a name of this machine` });
    const found = documents.map(([ending, answer]) => ({ at: url.pathname.search(ending), answer })).find(({ at }) => at >= 0);
    if (found === undefined)
      return json(404, { error: 'not found', paths: ['/.well-known/openid-configuration', '/.well-known/jwks.json', '/token'] });
    const answer = await found.answer(issuing, `${url.origin}${url.pathname.slice(0, found.at)}`, request);
    return answer instanceof Response ? answer : readOnly(request, answer);
  };

/** Fields of OpenID Connect Discovery 1.0 and RFC 8414. Nobody logs in here: there is no authorization endpoint. */
const discovery = (issuer: string, base: string): object => ({
  issuer,
  jwks_uri: `${base}/.well-known/jwks.json`,
  token_endpoint: `${base}/token`,
  grant_types_supported: grants,
  response_types_supported: [],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: testAlgorithms.filter((one) => one !== 'HS256'),
  token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
});

/** A page of somebody else's that has its name point here must not get a token: a name of the internet has a dot, and is not below these. */
const isLocalName = (name: string): boolean => /^(?:[^.]+|[\d.]+|\[.*\]|.*\.(?:localhost|internal|local|test))$/.test(name);

const readOnly = ({ method }: Request, document: unknown): Response =>
  method === 'GET' || method === 'HEAD' ? json(200, document) : json(405, { error: 'only GET' }, { Allow: 'GET, HEAD' });

const json = (status: number, document: unknown, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json(document, { status, headers });
