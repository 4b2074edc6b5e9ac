import { describe, expect, it } from 'vitest';
import { read } from '../aws-http/start.ts';

const Transform = 'AWS::Serverless-2016-10-31';
const errors = async (Resources: object, Globals: object = {}): Promise<string[]> =>
  (await read({ 'template.json': { Transform, Globals, Resources } })).ledger.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message);

const resource = (kind: string, Properties: unknown): object => ({ Type: `AWS::Serverless::${kind}`, Properties });
const api = (properties: object = {}): object => resource('Api', { StageName: 'prod', ...properties });
const lambda = (properties: object): object => resource('Function', { Handler: 'a.b', Runtime: 'nodejs22.x', InlineCode: 'x', ...properties });
const path = { Path: '/a', Method: 'get' };
const ofEvent = (Properties: unknown, Api = api()): Promise<string[]> => errors({ f: lambda({ Events: { e: { Type: 'Api', Properties } } }), Api });
const asks = (more: object): object => ({ ...path, RestApiId: { Ref: 'Api' }, ...more });
const at = 'Resources.Api.Properties';
const inEvent = 'Resources.f.Properties.Events.e.Properties';

describe('a REST API is refused', () => {
  const document = (more: object): object => ({ openapi: '3.0.1', paths: {}, ...more });
  const withOperation = (get: unknown): object => document({ paths: { '/a': { get } } });
  const Authorizers = { A: { UserPoolArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/a' } };
  it.each([
    ['a property that it has not', { Other: 1 }, `unknown setting "Other" in ${at}`],
    ['an empty stage', { StageName: '' }, 'StageName is empty'],
    ['two documents', { DefinitionBody: document({}), DefinitionUri: 'a.yaml' }, 'both DefinitionUri and DefinitionBody are given'],
    ['MergeDefinitions of a file', { DefinitionUri: 'a.yaml', MergeDefinitions: true }, 'MergeDefinitions works only with DefinitionBody'],
    ['a document that is a text', { DefinitionBody: 'text' }, `${at}.DefinitionBody is no map`],
    [
      'a document without paths',
      { DefinitionBody: { invalid: true }, Models: { M: {} } },
      'Models cannot be laid into DefinitionBody, which is no OpenAPI document',
    ],
    ['a path that is a text', { DefinitionBody: document({ paths: { '/a': 'text' } }) }, 'the path /a is no map'],
    [
      'responses of OPTIONS',
      { DefinitionBody: document({ paths: { '/a': { options: { responses: 'x' } } } }) },
      `${at}.DefinitionBody.paths./a.options.responses is no map`,
    ],
    ['an empty method to guard', { DefinitionBody: withOperation(null), Auth: { ApiKeyRequired: true } }, 'get of /a is no map'],
    [
      'security that is a text',
      { DefinitionBody: withOperation({ security: ['A'] }), Auth: { Authorizers, DefaultAuthorizer: 'A' } },
      'security of get /a is no list of maps',
    ],
    ['models that are texts', { Models: { M: 'text' } }, `${at}.Models.M is no map`],
    ['an unknown member of Cors', { Cors: { AllowOrigins: "'*'" } }, `unknown setting "AllowOrigins" in ${at}.Cors`],
    ['credentials for any origin', { Cors: { AllowOrigin: "'*'", AllowCredentials: true } }, 'AllowCredentials is true for any origin'],
    ['an empty origin', { Cors: { AllowOrigin: '' } }, 'AllowOrigin is empty'],
    ['a gateway response', { GatewayResponses: { DEFAULT_4XX: { StatusCode: 'four' } } }, 'StatusCode is no number'],
    [
      'parameters of a gateway response',
      { GatewayResponses: { DEFAULT_4XX: { ResponseParameters: { Footers: {} } } } },
      `unknown setting "Footers" in ${at}.GatewayResponses.DEFAULT_4XX.ResponseParameters`,
    ],
    ['a domain without name', { Domain: { CertificateArn: 'arn' } }, `${at}.Domain has no DomainName`],
    [
      'an endpoint',
      { Domain: { DomainName: 'a', CertificateArn: 'b', EndpointConfiguration: 'NEAR' } },
      `${at}.Domain.EndpointConfiguration is "NEAR"`,
    ],
    ['a zone that has no name', { Domain: { DomainName: 'a', CertificateArn: 'b', Route53: { IpV6: true } } }, `${at}.Domain.Route53 names no zone`],
    ['Auth that is a text', { Auth: 'text' }, `${at}.Auth is no map`],
    ['an unknown member of Auth', { Auth: { Other: 1 } }, `unknown setting "Other" in ${at}.Auth`],
    ['a default that is no text', { Auth: { Authorizers, DefaultAuthorizer: { What: 'is this' } } }, `${at}.Auth.DefaultAuthorizer is no text`],
    ['a default that is not there', { Auth: { Authorizers, DefaultAuthorizer: 'B' } }, 'the default authorizer B is none of Authorizers'],
    ['an authorizer that is a text', { Auth: { Authorizers: { A: 'AWS_IAM' } } }, 'the authorizer A is no map'],
    ['a payload type', { Auth: { Authorizers: { A: { FunctionArn: 'arn', FunctionPayloadType: 'BOTH' } } } }, 'FunctionPayloadType of A is "BOTH"'],
    [
      'REQUEST without identity',
      { Auth: { Authorizers: { A: { FunctionArn: 'arn', FunctionPayloadType: 'REQUEST' } } } },
      'the authorizer A has no Identity',
    ],
    [
      'scopes that are a text',
      { Auth: { Authorizers: { A: { ...Authorizers.A, AuthorizationScopes: 'a' } } } },
      'AuthorizationScopes of A is no list',
    ],
    ['a usage plan', { Auth: { UsagePlan: 'text' } }, `${at}.Auth.UsagePlan is no map`],
    ['a resource policy', { Auth: { ResourcePolicy: 'text' } }, `${at}.Auth.ResourcePolicy is no map`],
  ])('for %s', async (_name, properties, message) => {
    expect(await errors({ Api: api(properties) })).toContain(message);
  });

  it('for properties that are no map, and without a stage', async () => {
    expect(await errors({ Api: resource('Api', 123) })).toContain('Resources.Api.Properties is no map');
    expect(await errors({ Api: resource('Api', { Name: 'a' }) })).toContain('Resources.Api.Properties has no StageName');
  });

  it('for what Globals cannot say', async () => {
    expect(await errors({ Api: api() }, { Api: { StageName: 'a' } })).toContain('unknown setting "StageName" in Globals.Api');
    expect(await errors({ Api: resource('HttpApi', {}) }, { HttpApi: { StageName: 'a' } })).toContain(
      'unknown setting "StageName" in Globals.HttpApi',
    );
  });
});

describe('an event is refused', () => {
  it.each([
    ['properties that are a text', '/hello', `${inEvent} is no map`],
    ['no path', { Method: 'get' }, 'the event e has no Path'],
    ['no method', { Path: '/a' }, 'the event e has no Method'],
    ['several paths', { Path: ['/a', '/b'], Method: 'get' }, `${inEvent}.Path is no text`],
    ['an API that is not there', { ...path, RestApiId: 'None' }, 'RestApiId names None, which is not in this template'],
    ['an authorizer that is not there', asks({ Auth: { Authorizer: 'A' } }), 'the authorizer A of the event e is not defined'],
    ['NONE in the place of nothing', asks({ Auth: { Authorizer: 'NONE' } }), 'the event e has the authorizer NONE'],
    ['scopes without an authorizer', asks({ Auth: { AuthorizationScopes: ['a'] } }), 'AuthorizationScopes works only with an authorizer'],
    [
      'no key where none is asked for',
      asks({ Auth: { ApiKeyRequired: false } }),
      'the event e does not require an API key, and neither does its API',
    ],
    ['nothing in the place of Auth', asks({ Auth: { OverrideApiAuth: true } }), 'OverrideApiAuth has nothing to put in its place'],
    ['a model that is not there', asks({ RequestModel: { Model: 'M' } }), 'the model M is not defined'],
    ['a parameter of no place', asks({ RequestParameters: ['method.request.body.a'] }), 'method.request.body.a is no parameter of a request'],
    [
      'a parameter that is a text',
      asks({ RequestParameters: [{ 'method.request.header.A': 'x' }] }),
      `${inEvent}.RequestParameters[0].method.request.header.A is no map`,
    ],
    [
      'an unknown member',
      asks({ RequestParameters: [{ 'method.request.header.A': { a: 1 } }] }),
      `unknown setting "a" in ${inEvent}.RequestParameters[0].method.request.header.A`,
    ],
  ])('for %s', async (_name, properties, message) => {
    expect(await ofEvent(properties)).toContain(message);
  });

  it('for an API of another kind, an empty alias, and a state machine that names no authorizer of its API', async () => {
    expect(await ofEvent(asks({}), resource('HttpApi', {}))).toContain('RestApiId names Api, which is an AWS::Serverless::HttpApi');
    expect(await errors({ f: lambda({ AutoPublishAlias: '' }) })).toContain('AutoPublishAlias is empty');
    const Events = { e: { Type: 'Api', Properties: asks({ Auth: { Authorizer: 'A' } }) } };
    expect(await errors({ m: resource('StateMachine', { Events }), Api: api() })).toContain('the authorizer A of the event e is not defined');
  });
});

describe('a WebSocket API', () => {
  const socket = (more: object): Promise<string[]> =>
    errors({
      Api: resource('WebSocketApi', { RouteSelectionExpression: '$request.body.action', Routes: { $connect: { FunctionArn: 'arn' } }, ...more }),
    });

  it('is unfolded, and left to those who serve it', async () => {
    const Auth = { AuthType: 'CUSTOM', AuthArn: 'arn' };
    const Routes = { $connect: { FunctionArn: 'arn', RequestParameters: {} }, sendMessage: { FunctionArn: 'arn', IntegrationTimeout: 100 } };
    const properties = {
      RouteSelectionExpression: '$request.body.action',
      Routes,
      Auth,
      StageName: 'dev',
      Domain: { DomainName: 'a', CertificateArn: 'b' },
    };
    const { ledger } = await read({ 'template.json': { Transform, Resources: { Api: resource('WebSocketApi', properties) } } });
    expect(ledger.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(ledger.entries.filter(({ verdict }) => verdict === 'unknown').map(({ origin }) => origin.pointer)).toEqual([]);
  });

  it.each([
    ['no routes', { Routes: {} }, 'Api has no route'],
    ['no expression', { RouteSelectionExpression: undefined }, 'Api has no RouteSelectionExpression'],
    ['Auth without a type', { Auth: { AuthArn: 'arn' } }, 'Auth has no AuthType'],
    ['Auth of no type', { Auth: { AuthType: 'Nonsense' } }, 'AuthType is NONSENSE'],
    ['CUSTOM without a function', { Auth: { AuthType: 'CUSTOM' } }, 'AuthType is CUSTOM and there is no AuthArn'],
    ['NONE beside more', { Auth: { AuthType: 'NONE', InvokeRole: 'arn' } }, 'AuthType is NONE beside InvokeRole'],
    [
      'Auth without $connect',
      { Auth: { AuthType: 'AWS_IAM' }, Routes: { $default: { FunctionArn: 'arn' } } },
      'Auth guards $connect, and there is no such route',
    ],
    ['parameters of other routes', { Routes: { $default: { FunctionArn: 'arn', RequestParameters: {} } } }, '$default has request parameters'],
    ['settings that are a list', { RouteSettings: [] }, `${at}.RouteSettings is no map`],
  ])('is refused for %s', async (_name, more, message) => {
    expect(await socket(more)).toContain(message);
  });
});
