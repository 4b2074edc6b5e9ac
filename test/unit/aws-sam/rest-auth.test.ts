import { describe, expect, it } from 'vitest';
import { unfolded, type Unfolded } from './unfolded.ts';

const api = (auth: string, events: string, more = ''): Unfolded =>
  unfolded(`
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      ${more}
      Auth: ${auth}
  Orders: { Type: AWS::Serverless::Function, Properties: { Events: { ${events} } } }
`);
const event = (name: string, auth = '', method = 'get'): string =>
  `${name}: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /${name}, Method: ${method}${auth === '' ? '' : `, Auth: ${auth}`} } }`;
const securityOf = ({ body }: Unfolded, path: string, method = 'get'): unknown =>
  (body('Api')['paths'] as unknown as Record<string, Record<string, { security?: unknown }>>)[path]?.[method]?.security;
const lambda = (name: string): string => `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${name}/invocations`;

describe('authorizers', () => {
  it('are security schemes', () => {
    const { body, ledger } = api(
      `{ Authorizers: { Pool: { UserPoolArn: p, AuthorizationScopes: [a], Identity: { Header: X-Id, ValidationExpression: '.+' } }, Pools: { UserPoolArn: [p, q] }, Token: { FunctionArn: f, FunctionInvokeRole: r, Identity: { Header: X-Token, ValidationExpression: 'a+', ReauthorizeEvery: 20 } }, Plain: { FunctionArn: f, FunctionInvokeRole: NONE }, Request: { FunctionPayloadType: REQUEST, FunctionArn: f, Identity: { Headers: [A, B], QueryStrings: [q], StageVariables: [v], Context: [c], ReauthorizeEvery: 0 } } } }`,
      event('a'),
    );
    const scheme = (name: string, authtype: string, authorizer: object): object => ({
      type: 'apiKey',
      in: 'header',
      name,
      'x-amazon-apigateway-authtype': authtype,
      'x-amazon-apigateway-authorizer': authorizer,
    });
    expect(body('Api')['securityDefinitions']).toEqual({
      Pool: scheme('X-Id', 'cognito_user_pools', { type: 'cognito_user_pools', providerARNs: ['p'], identityValidationExpression: '.+' }),
      Pools: scheme('Authorization', 'cognito_user_pools', { type: 'cognito_user_pools', providerARNs: ['p', 'q'] }),
      Token: scheme('X-Token', 'custom', {
        type: 'token',
        authorizerUri: lambda('f'),
        authorizerCredentials: 'r',
        authorizerResultTtlInSeconds: 20,
        identityValidationExpression: 'a+',
      }),
      Plain: scheme('Authorization', 'custom', { type: 'token', authorizerUri: lambda('f') }),
      Request: scheme('Unused', 'custom', {
        type: 'request',
        authorizerUri: lambda('f'),
        authorizerResultTtlInSeconds: 0,
        identitySource: 'method.request.header.A, method.request.header.B, method.request.querystring.q, stageVariables.v, context.c',
      }),
    });
    expect(ledger.diagnostics).toEqual([]);
  });

  it('hold by default, with their scopes, where an event names no other', () => {
    const made = api(
      '{ DefaultAuthorizer: Pool, Authorizers: { Pool: { UserPoolArn: p, AuthorizationScopes: [read] }, Other: { FunctionArn: f } } }',
      [
        event('usual'),
        event('other', '{ Authorizer: Other }'),
        event('none', '{ Authorizer: NONE }'),
        event('scopes', '{ Authorizer: Pool, AuthorizationScopes: [write] }'),
      ].join(', '),
    );
    expect(securityOf(made, '/usual')).toEqual([{ Pool: ['read'] }]);
    expect(securityOf(made, '/other')).toEqual([{ Other: [] }]);
    expect(securityOf(made, '/none')).toEqual([{ NONE: [] }]);
    expect(securityOf(made, '/scopes')).toEqual([{ Pool: ['write'] }]);
  });

  it.each([
    ['', [{ Pool: [] }]],
    [', AddDefaultAuthorizerToCorsPreflight: false', undefined],
  ])('guard preflights unless that is refused%s', (more, expected) => {
    const made = api(`{ DefaultAuthorizer: Pool, Authorizers: { Pool: { UserPoolArn: p } }${more} }`, event('a'), `Cors: "'*'"`);
    expect(securityOf(made, '/a', 'options')).toEqual(expected);
  });

  it('of AWS_IAM let the function be called with the rights of the caller, or with a role', () => {
    const made = api(
      '{ DefaultAuthorizer: AWS_IAM, InvokeRole: role }',
      [
        event('usual'),
        event('own', '{ Authorizer: AWS_IAM, InvokeRole: CALLER_CREDENTIALS }'),
        event('without', '{ Authorizer: AWS_IAM, InvokeRole: NONE }'),
      ].join(', '),
    );
    const text = (path: string): string => JSON.stringify((made.body('Api')['paths'] as unknown as Record<string, unknown>)[path]);
    expect(text('/usual')).toContain('"credentials":"role"');
    expect(text('/own')).toContain('"credentials":"arn:aws:iam::*:user/*"');
    expect(text('/without')).not.toContain('credentials');
    expect(made.body('Api')['securityDefinitions']).toMatchObject({ AWS_IAM: { 'x-amazon-apigateway-authtype': 'awsSigv4' } });
    expect(securityOf(made, '/usual')).toEqual([{ AWS_IAM: [] }]);
  });

  it('stand below components in OpenAPI 3', () => {
    const { body } = api('{ Authorizers: { Pool: { UserPoolArn: p } } }', event('a'), 'OpenApiVersion: 3.0.1');
    expect(body('Api')).toMatchObject({ openapi: '3.0.1', components: { securitySchemes: { Pool: { type: 'apiKey' } } } });
    expect(body('Api')).not.toHaveProperty('securityDefinitions');
  });

  it('of an event stand above the default in a document of the user, if it says so', () => {
    const document = `DefinitionBody:
        openapi: 3.0.1
        paths: { /a: { get: { x-amazon-apigateway-integration: { type: mock } } }, /b: { get: { x-amazon-apigateway-integration: { type: mock } } } }`;
    const auth = '{ DefaultAuthorizer: Pool, Authorizers: { Pool: { UserPoolArn: p }, Other: { FunctionArn: f } } }';
    const made = api(auth, [event('a', '{ Authorizer: Other, OverrideApiAuth: true }'), event('b', '{ Authorizer: Other }')].join(', '), document);
    expect(securityOf(made, '/a')).toEqual([{ Other: [] }]);
    expect(securityOf(made, '/b')).toEqual([{ Pool: [] }]);
  });
});

describe('API keys', () => {
  it('are asked for by the API or by an event, which may refuse to', () => {
    const made = api('{ ApiKeyRequired: true }', [event('a'), event('free', '{ ApiKeyRequired: false }')].join(', '), `Cors: "'*'"`);
    expect(securityOf(made, '/a')).toEqual([{ api_key: [] }]);
    expect(securityOf(made, '/free')).toEqual([]);
    expect(securityOf(made, '/a', 'options')).toEqual([{ api_key: [] }]);
    expect(made.body('Api')['securityDefinitions']).toEqual({ api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } });
    const single = api('{}', [event('a'), event('guarded', '{ ApiKeyRequired: true }')].join(', '));
    expect(securityOf(single, '/guarded')).toEqual([{ api_key: [] }]);
    expect(securityOf(single, '/a')).toBeUndefined();
  });

  it('are not asked for in preflights where that is said', () => {
    const made = api('{ ApiKeyRequired: true, AddApiKeyRequiredToCorsPreflight: false }', event('a'), `Cors: "'*'"`);
    expect(securityOf(made, '/a', 'options')).toBeUndefined();
  });

  it('stand beside authorizers', () => {
    const made = api('{ DefaultAuthorizer: Pool, ApiKeyRequired: true, Authorizers: { Pool: { UserPoolArn: p } } }', event('a'));
    expect(securityOf(made, '/a')).toEqual([{ Pool: [] }, { api_key: [] }]);
  });

  it('have a usage plan, of the API or shared', () => {
    const own = api('{ UsagePlan: { CreateUsagePlan: PER_API, Quota: { Limit: 5, Period: DAY } } }', event('a')).resources;
    expect(own['ApiUsagePlan']?.properties).toEqual({ Quota: { Limit: 5, Period: 'DAY' }, ApiStages: [{ ApiId: 'Api', Stage: 'live' }] });
    expect(own['ApiUsagePlanKey']?.properties).toEqual({ KeyId: 'ApiApiKey', KeyType: 'API_KEY', UsagePlanId: 'ApiUsagePlan' });
    expect(own['ApiApiKey']).toMatchObject({ type: 'AWS::ApiGateway::ApiKey', properties: { Enabled: true } });
    const { resources: shared } = unfolded(`
Globals: { Api: { Auth: { UsagePlan: { CreateUsagePlan: SHARED } } } }
Resources:
  One: { Type: AWS::Serverless::Api, Properties: { StageName: one } }
  Two: { Type: AWS::Serverless::Api, Properties: { StageName: two } }
  Three: { Type: AWS::Serverless::Api, Properties: { StageName: three, Auth: { UsagePlan: { CreateUsagePlan: NONE } } } }
`);
    expect(shared['ServerlessUsagePlan']?.properties).toEqual({
      ApiStages: [
        { ApiId: 'One', Stage: 'one' },
        { ApiId: 'Two', Stage: 'two' },
      ],
    });
    expect(Object.keys(shared).filter((id) => id.endsWith('UsagePlan'))).toEqual(['ServerlessUsagePlan']);
  });
});

describe('resource policies', () => {
  const statements = (made: Unfolded, id = 'Api'): unknown =>
    (made.body(id)['x-amazon-apigateway-policy'] as { Statement?: unknown } | undefined)?.Statement;

  it('allow and deny by address, account and network, method by method', () => {
    const on = { Action: 'execute-api:Invoke', Resource: ['execute-api:/live/GET/a'] };
    const allow = { Effect: 'Allow', ...on, Principal: '*' };
    const deny = (condition: object): object => ({ Effect: 'Deny', ...on, Principal: '*', Condition: condition });
    const made = api(
      '{ ResourcePolicy: { IpRangeWhitelist: [1.2.3.4], SourceVpcBlacklist: [vpc-1, vpce-2], AwsAccountBlacklist: ["12"] } }',
      event('a'),
    );
    expect(statements(made)).toEqual([
      { Effect: 'Deny', ...on, Principal: { AWS: ['12'] } },
      allow,
      deny({ NotIpAddress: { 'aws:SourceIp': ['1.2.3.4'] } }),
      deny({ StringEquals: { 'aws:SourceVpc': ['vpc-1'], 'aws:SourceVpce': ['vpce-2'] } }),
    ]);
    const other = api('{ ResourcePolicy: { IpRangeBlacklist: 1.2.3.4, IntrinsicVpcWhitelist: [x], AwsAccountWhitelist: "12" } }', event('a'));
    expect(statements(other)).toEqual([
      { Effect: 'Allow', ...on, Principal: { AWS: ['12'] } },
      allow,
      deny({ IpAddress: { 'aws:SourceIp': ['1.2.3.4'] } }),
      deny({ StringNotEquals: { 'aws:SourceVpc': ['x'] } }),
    ]);
  });

  it('name every method of a path, parameters as wildcards, and statements of the user once', () => {
    const made = unfolded(`
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Any: { Type: Api, Properties: { Path: '/a/{id}/{rest+}', Method: any, Auth: { ResourcePolicy: { AwsAccountWhitelist: ["1"] } } } }
        Own: { Type: Api, Properties: { Path: /own, Method: get, Auth: { ResourcePolicy: { CustomStatements: [{ Effect: Deny }, { Effect: Deny }] } } } }
`);
    expect(statements(made, 'ServerlessRestApi')).toEqual([
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: ['execute-api:/Prod/*/a/*/*'], Principal: { AWS: ['1'] } },
      { Effect: 'Deny' },
    ]);
  });
});
