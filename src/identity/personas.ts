/** What a persona is given of a token: claims that its provider would put beside the registered ones. */
export interface Registered {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | undefined;
  readonly scope: string;
  /** Seconds since 1970. */
  readonly iat: number;
}
export type PersonaName = 'auth0' | 'cognito' | 'keycloak';
type Persona = (token: Registered) => Readonly<Record<string, unknown>>;

/** Claim shapes of access tokens, as their providers document them. A member that is undefined takes a claim away. */
const personas: Readonly<Record<PersonaName, Persona>> = {
  auth0: ({ iss, aud, iat }) => ({
    sub: 'auth0|test-user',
    aud: aud === undefined ? [`${iss}userinfo`] : [aud, `${iss}userinfo`],
    azp: 'test-client',
    gty: undefined,
    iat,
  }),
  // Cognito names its client where others name an audience.
  cognito: ({ aud, iat, sub }) => ({
    sub: '00000000-0000-4000-8000-000000000001',
    aud: undefined,
    client_id: aud ?? 'test-client',
    token_use: 'access',
    version: 2,
    username: sub,
    'cognito:groups': ['test-group'],
    auth_time: iat,
    origin_jti: '00000000-0000-4000-8000-000000000002',
    event_id: '00000000-0000-4000-8000-000000000003',
  }),
  keycloak: ({ aud, iat, sub }) => ({
    sub: '00000000-0000-4000-8000-000000000001',
    aud: aud === undefined ? 'account' : [aud, 'account'],
    typ: 'Bearer',
    azp: 'test-client',
    sid: '00000000-0000-4000-8000-000000000004',
    acr: '1',
    auth_time: iat,
    'allowed-origins': ['/*'],
    realm_access: { roles: ['offline_access', 'uma_authorization'] },
    resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
    email_verified: true,
    preferred_username: sub,
    email: `${sub}@example.com`,
  }),
};

export const personaNames: readonly PersonaName[] = ['auth0', 'cognito', 'keycloak'];

export const personaClaims = (name: PersonaName, token: Registered): Readonly<Record<string, unknown>> => personas[name](token);
