/** Test tokens and their issuer without a gateway: for services that verify tokens themselves, and their suites. */
export { createIdentity, type Identity, type IdentityOptions } from './gateway/identity.ts';
export type { PublicKeySet } from './identity/key-set.ts';
export type { BrokenName, TokenOptions } from './identity/mint.ts';
export type { PersonaName } from './identity/personas.ts';
export type { FetchHandler } from './transport/served-upstream.ts';
