import type { Step } from '../../model/gateway.ts';
import { Setting } from '../../sources/setting.ts';
import { madeTree, type Made, type Tree } from '../../sources/tree.ts';
import { readAuthorizer } from './read-authorizer.ts';

/** How members of `x-amazon-apigateway-authorizer` are called in an `AWS::ApiGatewayV2::Authorizer`. */
const ofAuthorizer: Readonly<Record<string, string>> = {
  type: 'AuthorizerType',
  identitySource: 'IdentitySource',
  authorizerUri: 'AuthorizerUri',
  authorizerPayloadFormatVersion: 'AuthorizerPayloadFormatVersion',
  authorizerResultTtlInSeconds: 'AuthorizerResultTtlInSeconds',
  authorizerCredentials: 'AuthorizerCredentialsArn',
  enableSimpleResponses: 'EnableSimpleResponses',
  identityValidationExpression: 'IdentityValidationExpression',
};

/**
 * The guard of an operation: the first scheme that API Gateway has an authorizer for. Schemes without the extension are not enforced by it;
 * a scheme that is not in the document closes the route. Source: the developer guide, OpenAPI of JWT and Lambda authorizers.
 */
export function readSecurity(security: Setting, schemes: Setting): Step[] {
  const named = security.items().flatMap((one) => one.entries());
  for (const [name, scopes] of named) {
    const scheme = schemes.get(name);
    if (name === 'NONE' && !scheme.exists) scopes.settle();
    else if (!scheme.exists) {
      const what = `the security scheme ${JSON.stringify(name)}, which the document does not define,`;
      scopes.warning('DG1208', `${what} cannot be checked`, 'the route answers 501');
      scopes.settle();
      return [{ kind: 'aws-http/unsupported', options: { what }, origin: security.origin }];
    } else {
      const guard = readScheme(name, scheme, scopes);
      if (guard !== undefined) return [guard];
    }
  }
  return [];
}

function readScheme(name: string, scheme: Setting, scopes: Setting): Step | undefined {
  const extension = scheme.get('x-amazon-apigateway-authorizer');
  const issuer = scheme.get('openIdConnectUrl');
  for (const key of scheme.keys())
    if (!['x-amazon-apigateway-authorizer', 'x-amazon-apigateway-authtype', 'openIdConnectUrl'].includes(key))
      scheme.get(key).ignored('the authorizer says where its token stands');
  if (scheme.get('x-amazon-apigateway-authtype').string()?.toLowerCase() === 'awssigv4') {
    scopes.settle();
    return { kind: 'aws-http/iam', options: null, origin: scheme.origin };
  }
  if (!extension.exists) {
    scheme.warning('DG1204', `the security scheme ${JSON.stringify(name)} has no x-amazon-apigateway-authorizer`, 'API Gateway does not check it');
    scheme.ignored('API Gateway checks only schemes with x-amazon-apigateway-authorizer');
    scopes.settle();
    return undefined;
  }
  const made: Record<string, Made> = {};
  for (const key of extension.keys()) {
    const property = ofAuthorizer[key];
    if (property !== undefined) made[property] = extension.get(key).tree;
    else if (key !== 'jwtConfiguration' && key !== 'openIdConnectUrl') extension.get(key).ignored('is no part of an authorizer of an HTTP API');
  }
  const config = extension.get('jwtConfiguration');
  for (const key of config.keys()) if (key !== 'issuer' && key !== 'audience') config.get(key).ignored('is no part of an authorizer of an HTTP API');
  const url = issuer.exists ? issuer : extension.get('openIdConnectUrl');
  const discovered = url.string()?.replace(/\/\.well-known\/openid-configuration$/, '');
  made['JwtConfiguration'] = { Issuer: config.get('issuer').tree ?? discovered, Audience: config.get('audience').tree };
  return readAuthorizer(name, Setting.made(madeTree(made, extension.tree as Tree), extension.ledger, extension.by), scopes.strings());
}
