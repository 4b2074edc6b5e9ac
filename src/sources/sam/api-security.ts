import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import type { Made, Tree } from '../tree.ts';
import { methodsOf } from './api-document.ts';

const iamScheme = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' };
const apiKeyScheme = { type: 'apiKey', name: 'x-api-key', in: 'header' };
/** Marks by which an event says that a default of its API does not hold for it. */
const [noAuthorizer, noApiKey] = ['NONE', 'api_key_false'];

const namesIn = (requirement: Tree): string[] => (requirement.kind === 'map' ? [...requirement.entries.keys()] : []);
const names = (requirement: Tree, wanted: ReadonlySet<string>): boolean => namesIn(requirement).some((name) => wanted.has(name));

/** The requirements of an operation; undefined where something else than a list stands there. */
function requirementsOf(operation: Draft): readonly Tree[] | undefined {
  const security = operation.get('security');
  if (security === undefined) return [];
  return security.kind === 'list' ? security.items : undefined;
}

const require = (operation: Draft, requirement: Made): void => operation.set('security', [...(requirementsOf(operation) ?? []), requirement]);

const addScheme = (document: Draft, name: string, scheme: Made): void => {
  const schemes = document.below('securityDefinitions');
  if (!schemes.has(name)) schemes.set(name, scheme);
};

/** What an event says of authorization, laid into its operation. */
export function guardOperation(document: Draft, operation: Draft, auth: Setting, apiAuth: Setting): void {
  const name = auth.get('Authorizer').string();
  const scopes = auth.get('AuthorizationScopes').exists
    ? auth.get('AuthorizationScopes')
    : apiAuth
        .get('Authorizers')
        .get(name ?? '')
        .get('AuthorizationScopes');
  if (name !== undefined) {
    const isOwn = name !== noAuthorizer && apiAuth.get('Authorizers').get(name).exists;
    require(operation, { [name]: isOwn && scopes.exists ? scopes.tree : [] });
    if (name === 'AWS_IAM') addScheme(document, name, iamScheme);
  }
  const key = auth.get('ApiKeyRequired').boolean();
  if (key === undefined) return;
  require(operation, { [key ? 'api_key' : noApiKey]: [] });
  if (key) addScheme(document, 'api_key', apiKeyScheme);
}

/**
 * The authorizer of every method that names none. A method that says NONE has no other requirement left, or keeps the mark where it has none:
 * no scheme goes by that name.
 */
export function requireByDefault(document: Draft, name: string, authorizers: Setting, preflight: boolean): void {
  const known = new Set(['AWS_IAM', ...authorizers.keys()]);
  if (name === 'AWS_IAM') addScheme(document, name, iamScheme);
  const scopes = authorizers.get(name).get('AuthorizationScopes').tree ?? [];
  for (const { method, operation } of methodsOf(document)) {
    const given = requirementsOf(operation);
    if (given === undefined || (method === 'options' && !preflight)) continue;
    const own = given.filter((one) => names(one, known));
    const others = given.filter((one) => !names(one, known));
    const none = others.findIndex((one) => namesIn(one).includes(noAuthorizer));
    const left = none >= 0 ? others.toSpliced(none, 1) : [...others, ...(own.length > 0 ? own : [{ [name]: scopes }])];
    if (left.length > 0) operation.set('security', left);
  }
}

/** A key for every method that does not refuse to ask for one. */
export function requireApiKey(document: Draft, preflight: boolean): void {
  addScheme(document, 'api_key', apiKeyScheme);
  const marks = new Set(['api_key', noApiKey]);
  for (const { method, operation } of methodsOf(document)) {
    const given = requirementsOf(operation);
    if (given === undefined) continue;
    const others = given.filter((one) => !names(one, marks));
    const refuses = given.some((one) => namesIn(one).includes(noApiKey)) || (method === 'options' && !preflight);
    if (given.length > 0 || !refuses) operation.set('security', refuses ? others : [...others, { api_key: [] }]);
  }
}
