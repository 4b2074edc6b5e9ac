import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { ids } from './naming.ts';
import { arnIn, arnOf, checkKeys, given, invocationOf, resource, textOf, type Resources, type Service } from './service.ts';

const knownOfJwt = ['audience', 'identitySource', 'issuerUrl', 'name', 'type'];
const knownOfRequest = [
  'enableSimpleResponses',
  'functionArn',
  'functionName',
  'identitySource',
  'managedExternally',
  'name',
  'payloadVersion',
  'resultTtlInSeconds',
  'type',
];

/** `provider.httpApi.authorizers`. Source: lib/plugins/aws/package/compile/events/http-api.js. */
export const httpAuthorizersOf = (service: Service, api: Made): Resources =>
  Object.fromEntries(
    service.provider
      .get('httpApi')
      .get('authorizers')
      .entries()
      .map(([name, setting]) => [idOf(name, setting), authorizerOf(name, setting, service, api)]),
  );

/** The name that production shows names the resource, too. */
const idOf = (name: string, setting: Setting): string => ids.httpAuthorizer(textOf(setting.get('name')) ?? name);

function authorizerOf(name: string, at: Setting, service: Service, api: Made): Resources[string] {
  const isRequest = at.get('type').oneOf('jwt', 'request') === 'request';
  checkKeys(at, isRequest ? knownOfRequest : knownOfJwt, service);
  const source = at.get('identitySource');
  const common = {
    ApiId: api,
    Name: textOf(at.get('name')) ?? name,
    IdentitySource: source.kind === 'list' ? source.tree : source.exists ? [source.tree] : [],
  };
  if (isRequest) {
    at.get('managedExternally').ignored('permissions do nothing on this machine');
    const ttl = at.get('resultTtlInSeconds');
    if (!source.exists && (ttl.number({ min: 0, max: 3600, integer: true }) ?? 0) > 0)
      ttl.problem('DG1204', 'resultTtlInSeconds needs identitySource', 'expected where the identity is found, by which answers are kept');
    const properties = {
      ...common,
      AuthorizerType: 'REQUEST',
      AuthorizerUri: invocationOf(functionOf(name, at, service)),
      AuthorizerPayloadFormatVersion: given(at.get('payloadVersion')) ?? '2.0',
      EnableSimpleResponses: given(at.get('enableSimpleResponses')),
      AuthorizerResultTtlInSeconds: given(ttl),
    };
    return resource('AWS::ApiGatewayV2::Authorizer', properties, at);
  }
  for (const key of ['identitySource', 'issuerUrl', 'audience'])
    if (!at.get(key).exists) at.problem('DG1204', `the authorizer ${name} has no ${key}`, 'expected identitySource, issuerUrl and audience');
  const audience = at.get('audience');
  const properties = {
    ...common,
    AuthorizerType: 'JWT',
    JwtConfiguration: { Issuer: given(at.get('issuerUrl')), Audience: audience.kind === 'list' ? audience.tree : [given(audience) ?? ''] },
  };
  return resource('AWS::ApiGatewayV2::Authorizer', properties, at);
}

function functionOf(name: string, at: Setting, { functions }: Service): Made {
  const [arn, key] = [at.get('functionArn'), at.get('functionName')];
  if (arn.exists === key.exists) at.problem('DG1204', `the authorizer ${name} needs either functionName or functionArn`, 'expected one of them');
  const text = textOf(key);
  const own = functions.find((one) => (text === undefined ? textOf(arn)?.endsWith(`:function:${one.name}`) === true : one.key === text));
  if (own !== undefined) return arnOf(own);
  if (text !== undefined)
    key.problem('DG1205', `there is no function ${JSON.stringify(text)}`, `expected ${functions.map((one) => one.key).join(', ')}`);
  return arn.exists ? arnIn(arn) : '';
}

/** What guards a route. */
export function guardOf(event: Setting, service: Service): Record<string, Made> {
  const at = event.kind === 'map' ? event.get('authorizer') : undefined;
  if (at?.exists !== true) return {};
  const isMap = at.kind === 'map';
  if (isMap) checkKeys(at, ['id', 'name', 'scopes', 'type'], service);
  const kind = isMap ? at.get('type').oneOf('request', 'jwt', 'aws_iam') : undefined;
  if (kind === 'aws_iam') {
    if (['id', 'name', 'scopes'].some((key) => at.get(key).exists))
      at.problem('DG1206', 'aws_iam takes no other properties', 'expected authorizer: { type: aws_iam }');
    return { AuthorizationType: 'AWS_IAM' };
  }
  const settings = service.provider.get('httpApi');
  const scopes = isMap ? given(at.get('scopes')) : undefined;
  const id = isMap ? at.get('id') : undefined;
  if (id?.exists === true) {
    if (!settings.get('id').exists)
      id.problem(
        'DG1206',
        'the route names an authorizer from elsewhere, but the API is made here',
        'expected name, of one of provider.httpApi.authorizers',
      );
    return { AuthorizationType: kind === 'request' ? 'CUSTOM' : 'JWT', AuthorizerId: id.tree, AuthorizationScopes: scopes };
  }
  const where = isMap ? at.get('name') : at;
  const name = textOf(where) ?? '';
  const called = settings.get('authorizers').get(name);
  if (!called.exists) {
    where.problem(
      'DG1205',
      `there is no authorizer ${JSON.stringify(name)}`,
      `expected one of provider.httpApi.authorizers: ${settings.get('authorizers').keys().join(', ') || '(there are none)'}`,
    );
    return {};
  }
  const type = textOf(called.get('type')) === 'request' ? 'CUSTOM' : 'JWT';
  return { AuthorizationType: type, AuthorizerId: { Ref: idOf(name, called) }, AuthorizationScopes: scopes };
}
