import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { localEnv, signed } from '../aws/sign.ts';
import { ask, policy, type AuthorizerEvent } from './guarded-api.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Properties = Readonly<Record<string, unknown>>;
const resource = (type: string, properties: Properties): object => ({ Type: `AWS::ApiGateway::${type}`, Properties: properties });
const mine = (type: string, properties: Properties): object => resource(type, { RestApiId: { Ref: 'Api' }, ...properties });
const method = (verb: string, properties: Properties): object =>
  mine('Method', {
    ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
    HttpMethod: verb,
    Integration: { Type: 'MOCK', RequestTemplates: { 'application/json': '{"statusCode": 200}' }, IntegrationResponses: [{ StatusCode: 200 }] },
    ...properties,
  });
const uri = {
  'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Auth.Arn}/invocations',
};

async function start(resources: object, { own = {}, auth }: { own?: Properties; auth?: (event: never) => unknown } = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-guards-'));
  folders.push(folder);
  const Resources = {
    Api: resource('RestApi', { Name: 'shop', ...own }),
    Live: mine('Stage', { StageName: 'prod', DeploymentId: 'd' }),
    Auth: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: '' } } },
    ...resources,
  };
  writeFileSync(path.join(folder, 'template.json'), JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }));
  const upstreams = auth === undefined ? {} : { 'function:Auth': auth };
  return createGateway({ config: folder, upstreams: upstreams as never, env: localEnv });
}

describe('a template', () => {
  it('makes authorizers of each type, and says something of every property', async () => {
    const events: AuthorizerEvent[] = [];
    const auth = (event: AuthorizerEvent): object => (events.push(event), policy('Allow', event.methodArn));
    const common = { Name: 'n', AuthType: 'custom', AuthorizerUri: uri, AuthorizerCredentials: 'arn:aws:iam::1:role/r' };
    await using gateway = await start(
      {
        Token: mine('Authorizer', {
          ...common,
          Type: 'TOKEN',
          IdentitySource: 'method.request.header.X-Token',
          IdentityValidationExpression: 'a.*',
          AuthorizerResultTtlInSeconds: 0,
        }),
        Request: mine('Authorizer', {
          ...common,
          Type: 'REQUEST',
          IdentitySource: 'method.request.querystring.who',
          IdentityValidationExpression: 'x',
        }),
        Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
        Cognito: mine('Authorizer', {
          Name: 'c',
          Type: 'COGNITO_USER_POOLS',
          IdentitySource: 'method.request.header.Authorization',
          ProviderARNs: [{ 'Fn::GetAtt': ['Pool', 'Arn'] }],
          AuthorizerResultTtlInSeconds: 300,
        }),
        M1: method('GET', { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Token' } }),
        M2: method('POST', { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Request' }, AuthorizationScopes: ['ignored'] }),
        M3: method('PUT', { AuthorizationType: 'COGNITO_USER_POOLS', AuthorizerId: { Ref: 'Cognito' }, AuthorizationScopes: ['api/write'] }),
        M4: method('PATCH', { AuthorizationType: 'AWS_IAM' }),
        M5: method('DELETE', { AuthorizationType: 'CUSTOM', AuthorizerId: 'of-another-stack' }),
      },
      { auth },
    );
    expect((await gateway.fetch(ask('/prod', { 'x-token': 'allow' }))).status).toBe(200);
    expect((await gateway.fetch(ask('/prod', { 'x-token': 'x' }))).status).toBe(401);
    expect((await gateway.fetch(ask('/prod?who=me', {}, 'POST'))).status).toBe(200);
    const issuer = 'https://cognito-idp.us-east-1.amazonaws.com/Pool';
    const authorization = await gateway.token({ iss: issuer, scope: 'api/write' });
    expect((await gateway.fetch(ask('/prod', { authorization }, 'PUT'))).status).toBe(200);
    expect((await gateway.fetch(ask('/prod', { authorization: await gateway.token({ iss: issuer, scope: 'a' }) }, 'PUT'))).status).toBe(401);
    expect((await gateway.fetch(signed('/prod', { method: 'PATCH' }))).status).toBe(200);
    expect((await gateway.fetch(ask('/prod', {}, 'DELETE'))).status).toBe(501);
    expect(events.map(({ methodArn }) => methodArn)).toEqual([
      'arn:aws:execute-api:us-east-1:123456789012:Api/prod/GET/',
      'arn:aws:execute-api:us-east-1:123456789012:Api/prod/POST/',
    ]);
    expect(gateway.fidelity.leaves.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });

  it('may answer refusals in words of its own', async () => {
    const auth = ({ authorizationToken }: AuthorizerEvent): object => (authorizationToken === 'bad' ? {} : policy('Deny', '*'));
    const response = (ResponseType: string, more: Properties): object => mine('GatewayResponse', { ResponseType, ...more });
    await using gateway = await start(
      {
        Token: mine('Authorizer', { Name: 't', Type: 'TOKEN', AuthorizerUri: uri, IdentitySource: 'method.request.header.X-Token' }),
        M: method('GET', { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Token' } }),
        Denied: response('ACCESS_DENIED', {
          StatusCode: '404',
          ResponseTemplates: { 'application/json': '{"why":$context.error.messageString,"type":"$context.error.responseType"}' },
        }),
        Cors: response('DEFAULT_5XX', { ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" } }),
      },
      { auth },
    );
    const denied = await gateway.fetch(ask('/prod', { 'x-token': 'a' }));
    expect([denied.status, await denied.json()]).toEqual([
      404,
      { why: 'User is not authorized to access this resource with an explicit deny', type: 'ACCESS_DENIED' },
    ]);
    const failed = await gateway.fetch(ask('/prod', { 'x-token': 'bad' }));
    expect([failed.headers.get('access-control-allow-origin'), await failed.json()]).toEqual(['*', { message: null }]);
  });

  it('guards the whole API by its policy', async () => {
    const Policy = {
      Statement: { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: { 'Fn::Sub': 'execute-api:/prod/GET/*' } },
    };
    await using gateway = await start({ M: method('ANY', {}) }, { own: { Policy } });
    expect((await gateway.fetch('/prod')).status).toBe(200);
    expect((await gateway.fetch(ask('/prod', {}, 'POST'))).status).toBe(403);
  });
});
