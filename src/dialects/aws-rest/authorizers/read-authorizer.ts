import type { Step } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import { withStageVariables } from '../endpoint.ts';
import { functionIn, uriOf } from '../function-uri.ts';
import { compileSource, sourcesOf, wholePattern } from './identity-source.ts';
import type { LambdaAuthorizerOptions } from './lambda-authorizer.ts';
import type { Place } from './place.ts';
import type { TokenAuthorizerOptions } from './token-authorizer.ts';

/** An authorizer as methods use it, each with its own scopes. `asks`: a function decides, or a token does. */
export type Authorizer =
  | { readonly asks: 'function' | 'token'; readonly step: (scopes: readonly string[]) => Step }
  | { readonly unsupported: string };

/** `x-amazon-apigateway-authorizer` of a security scheme. Every member has a say, or a reason why not. */
export function readAuthorizer(name: string, scheme: Setting, place: Place): Authorizer {
  const setting = scheme.get('x-amazon-apigateway-authorizer');
  const type = setting.get('type').string()?.toLowerCase() ?? '';
  setting.get('authorizerCredentials').ignored('permissions do nothing on this machine');
  for (const key of ['authorizerPayloadFormatVersion', 'enableSimpleResponses']) setting.get(key).ignored('is for HTTP APIs');
  switch (type) {
    case 'token':
    case 'request':
      for (const key of ['providerARNs', 'jwtConfiguration']) setting.get(key).ignored('authorizers that are functions have none');
      return readFunction(name, scheme, setting, place, type === 'token' ? 'TOKEN' : 'REQUEST');
    case 'cognito_user_pools':
    case 'jwt':
      setting.get('authorizerUri').ignored('no function is asked');
      setting.get('authorizerResultTtlInSeconds').ignored('tokens are checked on each request, which costs little here');
      return readToken(scheme, setting, place, type);
    default:
      return { unsupported: `the authorizer ${name} of type ${JSON.stringify(type)}` };
  }
}

function readFunction(name: string, scheme: Setting, setting: Setting, { api, stage, variables }: Place, type: 'TOKEN' | 'REQUEST'): Authorizer {
  const uri = setting.get('authorizerUri');
  const called = functionIn(withStageVariables(uriOf(uri, variables), variables));
  if (called === undefined) {
    const expected = 'expected arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations';
    uri.warning('DG1208', `the uri of the authorizer ${name} does not name a function`, `${expected}; methods behind it answer 501`);
    return { unsupported: `the authorizer ${name}` };
  }
  const written = setting.get('identitySource');
  const sources = sourcesFor(setting, scheme, type === 'TOKEN');
  for (const source of sources)
    if (compileSource(source, { stage, variables }) === undefined || (type === 'TOKEN' && !source.startsWith('method.request.header.'))) {
      const expected =
        type === 'TOKEN' ? 'method.request.header.NAME' : 'method.request.header|querystring.NAME, stageVariables.NAME or context.NAME';
      written.problem('DG1203', `${JSON.stringify(source)} is no identity source of a ${type} authorizer`, `expected ${expected}`);
      return { unsupported: `the authorizer ${name}` };
    }
  if (type === 'TOKEN' && sources.length !== 1) {
    setting.problem('DG1204', `the authorizer ${name} needs one identity source`, 'expected identitySource: method.request.header.NAME');
    return { unsupported: `the authorizer ${name}` };
  }
  const expression = setting.get('identityValidationExpression');
  if (type === 'REQUEST') expression.ignored('does not apply to REQUEST authorizers');
  const validation = type === 'TOKEN' ? readPattern(expression) : null;
  if (validation === undefined) return { unsupported: `the authorizer ${name} with its identityValidationExpression` };
  const ttlSeconds = setting.get('authorizerResultTtlInSeconds').number({ min: 0, max: 3600, integer: true }) ?? 300;
  const options: LambdaAuthorizerOptions = { api, stage, variables, name, function: called, type, sources, validation, ttlSeconds };
  const step: Step = { kind: 'aws-rest/lambda-authorizer', options, origin: setting.origin };
  return { asks: 'function', step: () => step };
}

function readToken(scheme: Setting, setting: Setting, { variables }: Place, type: 'cognito_user_pools' | 'jwt'): Authorizer {
  const from = placeOf(sourcesFor(setting, scheme, true)[0] ?? '');
  const expression = setting.get('identityValidationExpression');
  const arns = setting.get('providerARNs');
  const config = setting.get('jwtConfiguration').approximately('documented for HTTP APIs only; tokens are checked as there');
  const isPool = type === 'cognito_user_pools';
  if (isPool) config.ignored('is for JWT authorizers');
  else for (const one of [expression, arns]) one.ignored('is for Cognito user pools');
  const validation = isPool ? readPattern(expression) : null;
  const issuers = isPool
    ? arns.strings().map((arn) => issuerOf(withStageVariables(arn, variables)))
    : [config.get('issuer').string() ?? ''].filter((issuer) => issuer !== '');
  const audience = isPool ? [] : config.get('audience').strings();
  const what = isPool ? 'a Cognito authorizer' : 'a JWT authorizer';
  if (issuers.length === 0)
    setting.warning('DG1208', `${what} needs ${isPool ? 'providerARNs' : 'jwtConfiguration.issuer'}`, 'methods behind it answer 501');
  if (from === undefined) setting.warning('DG1208', `${what} needs an identity source`, 'methods behind it answer 501');
  if (from === undefined || validation === undefined || issuers.length === 0) return { unsupported: what };
  const options = { kind: isPool ? 'cognito' : 'jwt', issuers, audience, validation, from } as const;
  return {
    asks: 'token',
    step: (scopes) => ({
      kind: 'aws-rest/token-authorizer',
      options: { ...options, scopes } satisfies TokenAuthorizerOptions,
      origin: setting.origin,
    }),
  };
}

/** The sources that an authorizer names, else the header field that its scheme names. */
function sourcesFor(setting: Setting, scheme: Setting, otherwise: boolean): string[] {
  const written = setting.get('identitySource').strings().flatMap(sourcesOf);
  const [where, field] = [scheme.get('in'), scheme.get('name')];
  if (written.length === 0 && otherwise && where.string() === 'header') return [`method.request.header.${field.string() ?? ''}`];
  for (const one of [where, field]) one.ignored('the authorizer names its identity sources itself');
  return written;
}

/** JWT authorizers write their sources as those of HTTP APIs do. */
function placeOf(source: string): TokenAuthorizerOptions['from'] | undefined {
  const [, place, name] = /^(?:method\.|\$)request\.(header|querystring)\.(\S+)$/.exec(source.trim()) ?? [];
  return place === undefined || name === undefined ? undefined : { in: place === 'header' ? 'header' : 'query', name };
}

/** `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID`; a pool of the template itself goes by its name. */
function issuerOf(arn: string): string {
  const [, region = 'us-east-1', id = arn.replace(/\.Arn$/, '')] = /^arn:[^:]*:cognito-idp:([^:]*):[^:]*:userpool\/(.+)$/.exec(arn) ?? [];
  return `https://cognito-idp.${region}.amazonaws.com/${id}`;
}

/** A pattern that holds for the whole of a text; undefined where it cannot be run. */
function readPattern(setting: Setting): string | null | undefined {
  const pattern = setting.string();
  if (pattern === undefined || pattern === '') return null;
  try {
    wholePattern(pattern);
    return pattern;
  } catch (error) {
    setting.warning('DG1208', `${JSON.stringify(pattern)} cannot be run: ${(error as Error).message}`, 'methods behind it answer 501');
    return undefined;
  }
}
