import type { Setting } from '../setting.ts';
import type { Made, Tree } from '../tree.ts';
import { ids } from './naming.ts';
import { arnIn, arnOf, checkKeys, given, invocationOf, isCall, resource, textOf, type Resources, type Service } from './service.ts';

/** Who decides about requests to one method, and the resource that this makes. */
export interface RestAuthorizer {
  /** AuthorizationType, AuthorizerId and AuthorizationScopes of the method. */
  readonly method: Readonly<Record<string, Made>>;
  readonly resources: (restApi: Made) => Resources;
  /** Claims that the event of a mapping integration carries. */
  readonly claims: readonly string[];
}

const iam: RestAuthorizer = { method: { AuthorizationType: 'AWS_IAM' }, resources: () => ({}), claims: [] };
const known = [
  'arn',
  'authorizerId',
  'claims',
  'identitySource',
  'identityValidationExpression',
  'managedExternally',
  'name',
  'resultTtlInSeconds',
  'scopes',
  'type',
];
const types = ['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS', 'AWS_IAM', 'CUSTOM'];
const userPool = /^arn:[a-zA-Z-]*:cognito-idp/;

/**
 * `authorizer` of an http event: a function's key, an ARN, `aws_iam`, or a map.
 * Source: getAuthorizer of lib/validate.js, lib/authorizers.js and lib/method/authorization.js beside the events of API Gateway.
 */
export function readAuthorizer(at: Setting, integration: string, service: Service): RestAuthorizer | undefined {
  if (!at.exists) return undefined;
  const text = at.kind === 'map' && !isCall(at) ? undefined : at;
  if (text !== undefined) {
    const value = textOf(text);
    if (value?.toUpperCase() === 'AWS_IAM') return iam;
    if (value === undefined || value.includes(':')) return ofArn(at, text, value === undefined ? undefined : nameIn(value), '', integration, service);
    return ofFunction(at, text, value, '', integration, service);
  }
  checkKeys(at, known, service);
  at.get('managedExternally').ignored('permissions do nothing on this machine');
  const type = typeOf(at.get('type'));
  const id = at.get('authorizerId');
  if (type !== '' && id.exists) return ofId(at, type, id);
  if (type === 'AWS_IAM') {
    for (const name of at.keys()) if (name !== 'type') at.get(name).ignored('who signs needs no authorizer');
    return iam;
  }
  id.ignored('counts only beside type');
  const [arn, name] = [at.get('arn'), at.get('name')];
  if (arn.exists) {
    const called = textOf(name) ?? (textOf(arn) === undefined ? undefined : nameIn(textOf(arn) as string));
    return ofArn(at, arn, called, type, integration, service);
  }
  const key = textOf(name);
  if (key !== undefined) return ofFunction(at, name, key, type, integration, service);
  at.problem('DG1204', 'the authorizer has neither name nor arn', 'expected the name of a function of this service, or an ARN');
  return undefined;
}

function typeOf(setting: Setting): string {
  const type = textOf(setting)?.toUpperCase() ?? '';
  if (type !== '' && !types.includes(type))
    setting.problem('DG1203', `${type} is no type of authorizer`, `expected ${types.join(', ').toLowerCase()}`);
  return type;
}

/** The framework takes the name behind the last hyphen of the last part. */
const nameIn = (arn: string): string => arn.split(':').at(-1)?.split('-').at(-1) ?? arn;

function ofId(at: Setting, type: string, id: Setting): RestAuthorizer {
  for (const name of at.keys())
    if (!['type', 'authorizerId', 'scopes', 'claims'].includes(name))
      at.get(name).ignored('the authorizer stands elsewhere, which authorizerId names');
  const cognito = type === 'COGNITO_USER_POOLS';
  return {
    method: {
      AuthorizationType: cognito ? type : type === 'AWS_IAM' ? type : 'CUSTOM',
      AuthorizerId: given(id),
      AuthorizationScopes: cognito ? given(at.get('scopes')) : undefined,
    },
    resources: () => ({}),
    claims: claimsOf(at),
  };
}

const claimsOf = (at: Setting): string[] => (at.kind === 'map' ? at.get('claims').strings() : []);

function ofFunction(at: Setting, where: Setting, key: string, type: string, integration: string, service: Service): RestAuthorizer | undefined {
  const called = service.functions.find((one) => one.key === key);
  if (called === undefined)
    return where.problem('DG1205', `there is no function ${JSON.stringify(key)}`, `expected ${service.functions.map((one) => one.key).join(', ')}`);
  return built(at, key, arnOf(called), type, integration, '');
}

function ofArn(at: Setting, arn: Setting, name: string | undefined, type: string, integration: string, service: Service): RestAuthorizer | undefined {
  const text = textOf(arn);
  if (name === undefined)
    return at.problem('DG1204', 'an authorizer whose ARN is worked out by CloudFormation needs a name', 'expected name beside arn');
  // One of the service's own functions, by the name that it has where it is deployed.
  const own = service.functions.find((one) => text?.endsWith(`:function:${one.name}`) === true);
  const isPool = type === 'COGNITO_USER_POOLS' || userPool.test(text ?? '');
  return built(at, name, isPool ? given(arn) : own === undefined ? arnIn(arn) : arnOf(own), type, integration, text ?? '');
}

function built(at: Setting, name: string, arn: Made, type: string, integration: string, text: string): RestAuthorizer | undefined {
  const cognito = type === 'COGNITO_USER_POOLS' || userPool.test(text);
  const of = (key: string): Tree | undefined => (at.kind === 'map' ? given(at.get(key)) : undefined);
  const claims = claimsOf(at);
  if (integration === 'AWS_PROXY' && userPool.test(text) && claims.length > 0)
    at.get('claims').problem('DG1203', 'claims are picked for the lambda integration only', 'expected integration: lambda, or no claims');
  if (!cognito && at.kind === 'map') at.get('scopes').ignored('only user pools are asked for scopes');
  const ttl = at.kind === 'map' ? at.get('resultTtlInSeconds').number({ min: 0, max: 3600, integer: true }) : undefined;
  const uncached = type === 'REQUEST' && ttl === 0;
  const id = ids.authorizer(name);
  const properties = (restApi: Made): Made => ({
    RestApiId: restApi,
    Name: name,
    Type: cognito ? 'COGNITO_USER_POOLS' : type === '' || type === 'CUSTOM' ? 'TOKEN' : type,
    AuthorizerUri: cognito ? undefined : invocationOf(arn),
    ProviderARNs: cognito ? [arn] : undefined,
    IdentitySource: of('identitySource') ?? (uncached ? undefined : 'method.request.header.Authorization'),
    IdentityValidationExpression: of('identityValidationExpression'),
    AuthorizerResultTtlInSeconds: of('resultTtlInSeconds') ?? (at.kind === 'map' ? 300 : undefined),
  });
  return {
    method: {
      AuthorizationType: cognito ? 'COGNITO_USER_POOLS' : 'CUSTOM',
      AuthorizerId: { Ref: id },
      AuthorizationScopes: cognito ? of('scopes') : undefined,
    },
    resources: (restApi) => ({ [id]: resource('AWS::ApiGateway::Authorizer', properties(restApi), at) }),
    claims,
  };
}
