/** Kinds that do nothing else than decide who may pass, by group. */
const guardKinds: Readonly<Record<string, readonly string[]>> = {
  'kuadrant.io': ['AuthPolicy'],
  'security.istio.io': ['AuthorizationPolicy', 'RequestAuthentication'],
  'policy.linkerd.io': ['AuthorizationPolicy'],
  'application-networking.k8s.aws': ['IAMAuthPolicy'],
};

/** Fields by which policies of any implementation decide who may pass: Envoy Gateway, kgateway, agentgateway, Gloo, GKE. */
const guardFields =
  /^(?:jwt\w*|oidc|oauth2?|openidconnect|(?:basic|digest|hmac)auth(?:entication)?|apikeyauth(?:entication)?|ext(?:ernal)?authz?|forwardauth|authentication|authorization|rbac|acl|ip(?:allow|white|deny|block)list|iprestriction|clientvalidation|mtls|iap|securitypolicy)$/;

/** Plugins of Kong that decide who may pass. */
const guardPlugins: ReadonlySet<string> = new Set([
  'acl',
  'ai-mcp-oauth2',
  'application-registration',
  'basic-auth',
  'bot-detection',
  'header-cert-auth',
  'hmac-auth',
  'ip-restriction',
  'jwt',
  'jwt-signer',
  'key-auth',
  'key-auth-enc',
  'konnect-application-auth',
  'ldap-auth',
  'ldap-auth-advanced',
  'mtls-auth',
  'oauth2',
  'oauth2-introspection',
  'opa',
  'openid-connect',
  'saml',
  'vault-auth',
]);

export const isGuardPlugin = (name: string): boolean => guardPlugins.has(name);

/** By what an object decides who may pass; undefined where it does not. */
export function guardIn(group: string, kind: string, spec: unknown): string | undefined {
  return guardKinds[group]?.includes(kind) === true ? kind : guardField(spec, 8);
}

function guardField(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const plainKey = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    const found = guardFields.test(plainKey) && !isOff(member) ? key : guardField(member, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether it is there to say that it is not there. */
function isOff(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  if (typeof value !== 'object') return value === '';
  const { enabled, disable, disabled } = value as Record<string, unknown>;
  return Object.keys(value).length === 0 || enabled === false || (disable ?? disabled ?? false) !== false;
}
