import type { Step } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { AuthorizerOptions } from './authorizer.ts';
import type { JwtOptions } from './jwt.ts';
import { functionOf, readPayloadVersion } from './read-integration.ts';
import { compileValue } from './values.ts';

const unsupported = (setting: Setting, what: string): Step => {
  setting.warning('DG1208', `${what} is not supported yet`, 'its routes answer 501 until then');
  setting.leftToOthers('its routes are closed');
  return { kind: 'aws-http/unsupported', options: { what }, origin: setting.origin };
};

/** The guard of a route, by an `AWS::ApiGatewayV2::Authorizer`. */
export function readAuthorizer(name: string, properties: Setting, scopes: readonly string[]): Step {
  for (const key of ['ApiId', 'Name', 'AuthorizerCredentialsArn', 'IdentityValidationExpression'])
    properties.get(key).ignored('names and permissions do nothing on this machine');
  const origin = properties.origin;
  const sources = properties.get('IdentitySource');
  // In a document several stand in one text.
  const identitySources = sources.strings().flatMap((one) => one.split(/\s*,\s*/).filter((part) => part !== ''));
  if (properties.get('AuthorizerType').string()?.toUpperCase() === 'JWT') {
    const config = properties.get('JwtConfiguration');
    const [, place, field] = /^\$request\.(header|querystring)\.(.+)$/.exec(identitySources[0] ?? '$request.header.Authorization') ?? [];
    const issuer = config.get('Issuer').string();
    const audience = config.get('Audience').strings();
    for (const key of ['AuthorizerPayloadFormatVersion', 'EnableSimpleResponses', 'AuthorizerResultTtlInSeconds', 'AuthorizerUri'])
      properties.get(key).ignored('is for authorizers that are functions');
    if (place === undefined || field === undefined || issuer === undefined)
      return unsupported(properties, 'a JWT authorizer without issuer or identity source');
    const options: JwtOptions = { issuer, audience, scopes, from: { in: place === 'header' ? 'header' : 'query', name: field } };
    return { kind: 'aws-http/jwt', options, origin };
  }
  const uri = properties.get('AuthorizerUri').string() ?? '';
  const called = functionOf(uri);
  if (called === undefined || identitySources.some((one) => compileValue(one) === undefined))
    return unsupported(properties, called === undefined ? `an authorizer with the uri ${JSON.stringify(uri)}` : 'an identity source of this kind');
  const options: AuthorizerOptions = {
    name,
    function: called,
    payload: readPayloadVersion(properties.get('AuthorizerPayloadFormatVersion')) ?? '1.0',
    simple: properties.get('EnableSimpleResponses').boolean() ?? false,
    identitySources,
    ttlSeconds: properties.get('AuthorizerResultTtlInSeconds').number({ min: 0, max: 3600 }) ?? 0,
  };
  return { kind: 'aws-http/lambda-authorizer', options, origin };
}
