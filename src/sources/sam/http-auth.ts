import type { Setting } from '../setting.ts';
import type { Made, Tree } from '../tree.ts';
import type { ApiEvent } from './model.ts';

/** What `Auth` of an HTTP API says. */
export interface HttpAuth {
  /** Security schemes of the document, by the authorizers' names. */
  readonly schemes: Readonly<Record<string, Made>>;
  /** What guards routes that say nothing else. */
  readonly usual: { readonly name: string; readonly scopes: Made; readonly at: Tree | undefined } | undefined;
  readonly scopesOf: (name: string) => Made;
  /** Whether the API defines any authorizers. */
  readonly defines: boolean;
}

const known = ['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer'];
const iam = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' };

/** Source: samtranslator, http_api_generator.py and apigatewayv2.py. */
export function readAuth(auth: Setting): HttpAuth {
  const schemes: Record<string, Made> = {};
  if (auth.exists && auth.kind !== 'map') auth.problem('DG1202', 'Auth is no map', `expected ${known.join(', ')}`);
  auth.expects(known);
  auth.rejectUnknownKeys();
  if (auth.get('EnableIamAuthorizer').boolean() === true) schemes['AWS_IAM'] = iam;
  const authorizers = auth.get('Authorizers');
  if (authorizers.exists && authorizers.kind !== 'map') authorizers.problem('DG1202', 'Authorizers is no map', 'expected authorizers by their names');
  for (const [name, one] of authorizers.kind === 'map' ? authorizers.entries() : [])
    if (one.kind === 'map') schemes[name] = schemeOf(name, one);
    else one.problem('DG1202', `the authorizer ${name} is no map`, 'expected JwtConfiguration or FunctionArn');
  const scopesOf = (name: string): Made => authorizers.get(name).get('AuthorizationScopes').tree ?? [];
  const usual = auth.get('DefaultAuthorizer');
  const name = usual.string();
  if (name !== undefined && schemes[name] === undefined)
    usual.problem('DG1205', `the default authorizer ${name} is none of Authorizers`, 'expected the name of one');
  return {
    schemes,
    scopesOf,
    usual: name === undefined ? undefined : { name, scopes: scopesOf(name), at: usual.tree },
    defines: authorizers.kind === 'map' && authorizers.keys().length > 0,
  };
}

function schemeOf(name: string, one: Setting): Made {
  const [jwt, uri, scopes] = [one.get('JwtConfiguration'), one.get('FunctionArn'), one.get('AuthorizationScopes')];
  if (one.get('OpenIdConnectUrl').exists)
    one.get('OpenIdConnectUrl').problem('DG1201', 'OpenIdConnectUrl is not supported any more', 'expected JwtConfiguration with its issuer');
  scopes.leftToOthers('no route asks for it');
  if (scopes.exists && scopes.kind !== 'list') scopes.problem('DG1202', `AuthorizationScopes of ${name} is no list`, 'expected scopes');
  if (jwt.exists) {
    for (const key of ['FunctionArn', 'FunctionInvokeRole', 'Identity', 'AuthorizerPayloadFormatVersion', 'EnableSimpleResponses'])
      if (one.get(key).exists)
        one.get(key).problem('DG1201', `${key} is for authorizers that are functions`, `take it out, or JwtConfiguration of ${name}`);
    const config = Object.fromEntries(jwt.keys().map((key) => [`${key.charAt(0).toLowerCase()}${key.slice(1)}`, jwt.get(key).tree]));
    return {
      type: 'oauth2',
      'x-amazon-apigateway-authorizer': { type: 'jwt', identitySource: one.get('IdentitySource').tree, jwtConfiguration: config },
    };
  }
  for (const key of ['AuthorizationScopes', 'IdentitySource'])
    if (one.get(key).exists) one.get(key).problem('DG1201', `${key} is for authorizers of tokens`, `expected JwtConfiguration in ${name}`);
  const version = one.get('AuthorizerPayloadFormatVersion');
  if (!version.exists) one.problem('DG1204', `the authorizer ${name} has no AuthorizerPayloadFormatVersion`, "expected '1.0' or '2.0'");
  one.get('EnableFunctionDefaultPermissions').ignored('permissions of functions are not checked');
  const identity = one.get('Identity');
  if (identity.exists && identity.kind !== 'map')
    identity.problem('DG1202', `Identity of ${name} is no map`, 'expected Headers, QueryStrings and the like');
  return {
    type: 'apiKey',
    name: 'Unused',
    in: 'header',
    'x-amazon-apigateway-authorizer': {
      type: 'request',
      authorizerUri: uri.tree,
      authorizerCredentials: one.get('FunctionInvokeRole').tree,
      authorizerPayloadFormatVersion: version.tree,
      enableSimpleResponses: one.get('EnableSimpleResponses').tree,
      authorizerResultTtlInSeconds: identity.get('ReauthorizeEvery').tree,
      identitySource: identity.exists ? sourcesOf(identity) : undefined,
    },
  };
}

const places = { Headers: '$request.header.', QueryStrings: '$request.querystring.', StageVariables: '$stageVariables.', Context: '$context.' };

const sourcesOf = (identity: Setting): string[] =>
  Object.entries(places).flatMap(([name, prefix]) =>
    identity
      .get(name)
      .strings()
      .map((one) => prefix + one),
  );

/** What the event says of its own guard; `there`: what the document says, which it joins. */
export function securityOf({ name: event, setting }: ApiEvent, auth: HttpAuth, there: readonly Setting[]): Record<string, Made> {
  const own = setting.get('Auth');
  if (!own.exists) return {};
  if (own.kind !== 'map') return (own.problem('DG1202', `Auth of the event ${event} is no map`), {});
  for (const key of own.keys()) if (key !== 'Authorizer' && key !== 'AuthorizationScopes') own.get(key).ignored('is nothing to routes of HTTP APIs');
  const [named, scopes] = [own.get('Authorizer'), own.get('AuthorizationScopes')];
  const name = named.exists ? named.string() : auth.usual?.name;
  if (name === undefined) {
    if (!named.exists)
      own.problem('DG1204', `Auth of the event ${event} names no authorizer`, 'expected Authorizer, or DefaultAuthorizer in Auth of the API');
    return {};
  }
  if (name === 'NONE' && auth.usual === undefined)
    named.problem('DG1205', `the event ${event} has the authorizer NONE`, 'this is only for APIs with a DefaultAuthorizer');
  if (name !== 'NONE' && name !== 'AWS_IAM' && auth.schemes[name] === undefined)
    named.problem(
      'DG1205',
      `the authorizer ${name} of the event ${event} is not defined`,
      auth.defines ? 'expected one of Authorizers of its API' : 'its API defines no authorizers',
    );
  const built = name === 'NONE' || name === 'AWS_IAM';
  scopes.leftToOthers('no route asks for it');
  if (scopes.exists && scopes.kind !== 'list') scopes.problem('DG1202', 'AuthorizationScopes is no list', 'expected scopes');
  const asked: Made = built ? [] : scopes.exists && scopes.kind === 'list' && scopes.items().length > 0 ? scopes.tree : auth.scopesOf(name);
  if (built) scopes.ignored(`${name} knows no scopes`);
  return { security: [...there.map(({ tree }) => tree), { [name]: asked }] };
}
