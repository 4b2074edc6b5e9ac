import type { Setting } from '../../../sources/setting.ts';
import { anonymousOf, consumerData, type Anonymous, type ConsumerData } from '../consumer.ts';
import type { PluginContext } from './plugin.ts';

/** Values that a claim must hold: all the words of one of these texts. */
export interface Requirement {
  readonly claim: readonly string[];
  readonly anyOf: readonly string[];
}
export interface Naming {
  readonly claim: string;
  readonly field: string;
}
export interface OpenIdConnect {
  /** Without the path of the discovery document. */
  readonly issuer: string;
  readonly issuersAllowed: readonly string[];
  readonly extraKeys: readonly string[];
  /** Whether bearer tokens are among what is taken. */
  readonly bearer: boolean;
  readonly places: readonly string[];
  readonly cookie: string;
  readonly verifySignature: boolean;
  readonly verifyClaims: boolean;
  readonly leeway: number;
  readonly audience: Requirement;
  /** What is missing here is forbidden: the token itself is good. */
  readonly required: readonly Requirement[];
  readonly claimsForbidden: readonly string[];
  /** Values of `hd`; empty: any. */
  readonly domains: readonly string[];
  /** Seconds since `auth_time`; null: any. */
  readonly maxAge: number | null;
  readonly groupsClaim: readonly string[];
  readonly consumerClaim: readonly string[];
  readonly consumerBy: readonly string[];
  readonly consumerOptional: boolean;
  readonly ignoreCase: boolean;
  readonly credentialClaim: readonly string[];
  readonly consumers: readonly ConsumerData[];
  readonly hide: boolean;
  /** `authorization:bearer` or the name of a field; empty: the token is not handed on. */
  readonly tokenField: string;
  readonly upstream: readonly Naming[];
  readonly downstream: readonly Naming[];
  readonly preflight: boolean;
  readonly anonymous: Anonymous;
  readonly unauthorized: string;
  readonly forbidden: string;
}

const note = 'from public documentation';
const otherFlow = 'belongs to a flow other than bearer tokens, which are all that is taken here';
/** Of what else there is, by the beginning of its name. */
const reasons: readonly (readonly [prefix: string, reason: string])[] = [
  ['session_', 'no session is opened for a bearer token'],
  ['cluster_cache_', 'keys are kept in this process'],
  ['cache_', 'keys are kept for ten minutes'],
  ['redis', 'nothing is shared between nodes here'],
  ['rediscovery_lifetime', 'keys are asked for again at most every half minute'],
  ['http_', 'the issuer is asked through the upstreams of this gateway'],
  ['https_', 'the issuer is asked through the upstreams of this gateway'],
  ['no_proxy', 'the issuer is asked through the upstreams of this gateway'],
  ['ssl_verify', 'the issuer is asked through the upstreams of this gateway'],
  ['timeout', 'the issuer is given five seconds'],
  ['keepalive', 'connections to the issuer are not kept'],
  ['display_errors', 'refusals never say more'],
  ['verify_nonce', otherFlow],
  ['verify_parameters', otherFlow],
];

/** Settings for bearer tokens; the plugin is part of Kong Enterprise, whose source is not public. */
export function readOpenIdConnect(setting: Setting, { consumers }: PluginContext): OpenIdConnect {
  const config = setting.approximately(note);
  const read = new Set<string>();
  const get = (name: string): Setting => {
    read.add(name);
    return config.get(name);
  };
  const texts = (name: string, usual: readonly string[] = []): readonly string[] => (get(name).exists ? get(name).strings() : usual);
  const flag = (name: string, usual: boolean): boolean => get(name).boolean() ?? usual;
  const requirement = (name: string, usual: string): Requirement => ({
    claim: texts(`${name}_claim`, [usual]),
    anyOf: texts(`${name}_required`),
  });
  const namings = (direction: string): Naming[] => {
    const fields = texts(`${direction}_headers_names`);
    return texts(`${direction}_headers_claims`).flatMap((claim, at) => (fields[at] === undefined ? [] : [{ claim, field: fields[at] }]));
  };
  const issuer = (get('issuer').string() ?? '').replace(/\/\.well-known\/openid-configuration$/, '');
  // A reference that is filled in elsewhere is none yet.
  if (!URL.canParse(issuer) && !issuer.includes('{'))
    get('issuer').problem('DG1204', `${config.name} has no issuer`, 'expected the URL of an issuer or of its discovery document');
  const tokenField = get('upstream_access_token_header');
  // What is bound to a certificate or a key of the client would have to be proven: nobody passes without.
  const proofs = ['proof_of_possession_mtls', 'proof_of_possession_dpop'].filter((name) => get(name).string() === 'strict');
  const strict = proofs.length > 0;
  for (const name of proofs) config.get(name).warning('DG1208', `${name} is not mirrored`, 'no bearer token is taken where it is strict');
  const options: OpenIdConnect = {
    issuer,
    issuersAllowed: texts('issuers_allowed'),
    extraKeys: texts('extra_jwks_uris'),
    bearer: texts('auth_methods', ['bearer']).includes('bearer') && !strict,
    places: texts('bearer_token_param_type', ['header', 'query', 'body']),
    cookie: get('bearer_token_cookie_name').string() ?? '',
    verifySignature: flag('verify_signature', true),
    verifyClaims: flag('verify_claims', true),
    leeway: get('leeway').number({ min: 0 }) ?? 0,
    audience: requirement('audience', 'aud'),
    required: [requirement('scopes', 'scope'), requirement('groups', 'groups'), requirement('roles', 'roles')],
    claimsForbidden: texts('claims_forbidden'),
    domains: texts('domains'),
    maxAge: get('max_age').number({ min: 0 }) ?? null,
    groupsClaim: texts('authenticated_groups_claim'),
    consumerClaim: texts('consumer_claim'),
    consumerBy: texts('consumer_by', ['username', 'custom_id']),
    consumerOptional: flag('consumer_optional', false),
    ignoreCase: flag('by_username_ignore_case', false),
    credentialClaim: texts('credential_claim', ['sub']),
    consumers: consumers.map(consumerData),
    hide: flag('hide_credentials', false),
    tokenField: tokenField.kind === 'absent' ? 'authorization:bearer' : (tokenField.string() ?? ''),
    upstream: namings('upstream'),
    downstream: namings('downstream'),
    preflight: flag('run_on_preflight', true),
    anonymous: anonymousOf(get('anonymous').string(), consumers),
    unauthorized: get('unauthorized_error_message').string() ?? 'Unauthorized',
    forbidden: get('forbidden_error_message').string() ?? 'Forbidden',
  };
  for (const name of config.keys()) {
    if (read.has(name)) continue;
    config.get(name).ignored(reasons.find(([prefix]) => name.startsWith(prefix))?.[1] ?? otherFlow);
  }
  return options;
}
