import { describe, expect, it } from 'vitest';
import { stackOfServerless } from './read.ts';

const service = (functions: string, more = ''): string => `
service: shop
provider:
  name: aws
  runtime: nodejs22.x
${more}
functions:
${functions}
`;
const one = (event: string, more = ''): string => service(`  list-all_1:\n    handler: src/list.handler\n    events: [${event}]`, more);

describe('functions', () => {
  it('are called by their keys, and have what the provider says of all', () => {
    const { resources, problems } = stackOfServerless(
      service('  my-fn_2: { handler: a.b, memorySize: 256, environment: { B: own } }', '  environment: { A: all, B: all }\n  timeout: 10'),
    );
    expect(problems).toEqual([]);
    expect(resources['MyDashfnUnderscore2LambdaFunction']).toEqual({
      Type: 'AWS::Lambda::Function',
      Metadata: { 'devgateway:name': 'my-fn_2' },
      Properties: {
        FunctionName: 'shop-dev-my-fn_2',
        Handler: 'a.b',
        Runtime: 'nodejs22.x',
        MemorySize: 256,
        Timeout: 10,
        Environment: { Variables: { A: 'all', B: 'own' } },
        Code: '.',
      },
    });
  });
  it('have the framework’s defaults', () => {
    const { MemorySize, Timeout } = stackOfServerless(service('  a: { handler: a.b }')).resources['ALambdaFunction'].Properties;
    expect([MemorySize, Timeout]).toEqual([1024, 6]);
  });
  it('that are no requests’ make no API', () => {
    const { resources } = stackOfServerless(
      service('  a: { handler: a.b, events: [{ schedule: rate(1 day) }, { sqs: arn:aws:sqs:r:1:q }], url: true }'),
    );
    expect(Object.keys(resources)).toEqual(['ALambdaFunction']);
  });
});

describe('http events', () => {
  it.each(['{ http: GET /users/{id} }', '{ http: { method: get, path: /users/{id}/ } }', '{ http: { method: GET, path: "users/{id}" } }'])(
    '%s',
    (event) => {
      const { resources, problems } = stackOfServerless(
        one(event.replaceAll('/users/{id}/', '"/users/{id}/"').replace('GET /users/{id}', '"GET /users/{id}"')),
      );
      expect(problems).toEqual([]);
      expect(Object.keys(resources)).toEqual([
        'ListDashallUnderscore1LambdaFunction',
        'ApiGatewayRestApi',
        'ApiGatewayDeployment',
        'ApiGatewayStage',
        'ApiGatewayResourceUsers',
        'ApiGatewayResourceUsersIdVar',
        'ApiGatewayMethodUsersIdVarGet',
      ]);
      expect(resources['ApiGatewayResourceUsersIdVar'].Properties).toEqual({
        RestApiId: { Ref: 'ApiGatewayRestApi' },
        ParentId: { Ref: 'ApiGatewayResourceUsers' },
        PathPart: '{id}',
      });
      expect(resources['ApiGatewayMethodUsersIdVarGet'].Properties).toMatchObject({
        ResourceId: { Ref: 'ApiGatewayResourceUsersIdVar' },
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
        ApiKeyRequired: false,
        Integration: { Type: 'AWS_PROXY' },
      });
      expect(resources['ApiGatewayStage'].Properties.StageName).toBe('dev');
    },
  );
  it('at the root are methods of the root', () => {
    const { resources } = stackOfServerless(one('{ http: "POST /" }'));
    expect(resources['ApiGatewayMethodPost'].Properties.ResourceId).toEqual({ 'Fn::GetAtt': ['ApiGatewayRestApi', 'RootResourceId'] });
  });
  it('require parameters and bodies', () => {
    const { resources, problems } = stackOfServerless(
      one(
        `{ http: { method: post, path: a, request: { parameters: { querystrings: { page: true, size: false }, headers: { x-a: { required: false, mappedValue: "'v'" } } }, schemas: { application/json: { type: object }, application/vnd.x+json: shared } } } }`,
        '  apiGateway: { request: { schemas: { shared: { name: Shared, schema: { type: array } } } } }',
      ),
    );
    expect(problems).toEqual([]);
    expect(resources['ApiGatewayMethodAPost'].Properties).toMatchObject({
      RequestParameters: { 'method.request.querystring.page': true, 'method.request.querystring.size': false, 'method.request.header.x-a': false },
      RequestValidatorId: { Ref: 'ApiGatewayShopRequestValidator' },
      RequestModels: {
        'application/json': { Ref: 'ApiGatewayMethodAPostApplicationJsonModel' },
        'application/vnd.x+json': { Ref: 'ApiGatewaySharedModel' },
      },
    });
    expect(resources['ApiGatewaySharedModel'].Properties).toMatchObject({ Name: 'Shared', Schema: { type: 'array' } });
    expect(resources['ApiGatewayShopRequestValidator'].Properties).toMatchObject({ ValidateRequestBody: true, ValidateRequestParameters: true });
  });
  it('need no validator where no parameter is required', () => {
    const { resources } = stackOfServerless(one('{ http: { method: get, path: a, request: { parameters: { querystrings: { page: false } } } } }'));
    expect(resources['ApiGatewayMethodAGet'].Properties.RequestValidatorId).toBeUndefined();
  });
  it('merge what they say of other origins, path by path', () => {
    const { resources } = stackOfServerless(
      one(
        '{ http: { method: get, path: a, cors: { origin: https://a.test, headers: [x-a], maxAge: 5 } } }, { http: { method: any, path: a, cors: { origins: [https://b.test, "https://*.c.test"], headers: [x-b], allowCredentials: true, cacheControl: no-store } } }',
      ),
    );
    const { ResponseParameters: fields, ResponseTemplates: templates } =
      resources['ApiGatewayMethodAOptions'].Properties.Integration.IntegrationResponses[0];
    expect(fields).toEqual({
      'method.response.header.Access-Control-Allow-Origin': "'https://b.test'",
      'method.response.header.Access-Control-Allow-Headers': "'x-b,x-a'",
      'method.response.header.Access-Control-Allow-Methods': "'OPTIONS,DELETE,GET,HEAD,PATCH,POST,PUT,GET'",
      'method.response.header.Access-Control-Allow-Credentials': "'true'",
      'method.response.header.Access-Control-Max-Age': "'5'",
      'method.response.header.Cache-Control': "'no-store'",
    });
    expect(templates['application/json']).toContain('"https://.+[.]c[.]test"');
  });
});

describe('authorizers of http events', () => {
  const authorized = (authorizer: string, more = ''): ReturnType<typeof stackOfServerless> =>
    stackOfServerless(
      service(`  a:\n    handler: a.b\n    events: [{ http: { method: get, path: a, authorizer: ${authorizer}${more} } }]\n  auth: { handler: a.c }`),
    );
  it.each([
    ['auth', { Name: 'auth', Type: 'TOKEN', IdentitySource: 'method.request.header.Authorization' }],
    [
      '{ name: auth, type: request, resultTtlInSeconds: 0, identitySource: "method.request.querystring.t" }',
      { Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0, IdentitySource: 'method.request.querystring.t' },
    ],
    ['{ name: auth, identityValidationExpression: "^x" }', { Type: 'TOKEN', IdentityValidationExpression: '^x', AuthorizerResultTtlInSeconds: 300 }],
    ['arn:aws:lambda:us-east-1:123456789012:function:shop-dev-auth', { Name: 'auth', Type: 'TOKEN' }],
  ])('%s', (text, expected) => {
    const { resources, problems } = authorized(text);
    expect(problems).toEqual([]);
    expect(resources['ApiGatewayMethodAGet'].Properties).toMatchObject({
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: 'AuthApiGatewayAuthorizer' },
    });
    expect(resources['AuthApiGatewayAuthorizer'].Properties).toMatchObject(expected);
    expect(JSON.stringify(resources['AuthApiGatewayAuthorizer'].Properties.AuthorizerUri)).toContain('["AuthLambdaFunction","Arn"]');
  });
  it.each([
    ['{ name: shared, arn: "${cf:auth-stack.AuthArn}" }', 'cf-auth-stack.AuthArn'],
    ['{ name: shared, arn: { Fn::ImportValue: auth-arn } }', 'auth-arn'],
  ])('that are made elsewhere go by the name under which they were looked for: %s', (text, name) => {
    const { resources } = authorized(text);
    expect(JSON.stringify(resources['SharedApiGatewayAuthorizer'].Properties.AuthorizerUri)).toContain(`:function:${name}"`);
  });
  it('of user pools', () => {
    const arn = 'arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_x';
    const { resources } = authorized(`{ arn: "${arn}", name: pool, scopes: [a/read] }`);
    expect(resources['ApiGatewayMethodAGet'].Properties).toMatchObject({ AuthorizationType: 'COGNITO_USER_POOLS', AuthorizationScopes: ['a/read'] });
    expect(resources['PoolApiGatewayAuthorizer'].Properties).toMatchObject({ Type: 'COGNITO_USER_POOLS', ProviderARNs: [arn] });
  });
  it('that stand elsewhere, and signatures', () => {
    expect(authorized('{ type: COGNITO_USER_POOLS, authorizerId: { Ref: Mine } }').resources['ApiGatewayMethodAGet'].Properties).toMatchObject({
      AuthorizationType: 'COGNITO_USER_POOLS',
      AuthorizerId: { Ref: 'Mine' },
    });
    expect(authorized('aws_iam').resources['ApiGatewayMethodAGet'].Properties.AuthorizationType).toBe('AWS_IAM');
  });
});

describe('httpApi events', () => {
  it('share the integration of their function', () => {
    const { resources, problems } = stackOfServerless(
      one('{ httpApi: "GET /a/{id}" }, { httpApi: { path: /b, method: "*" } }, { httpApi: "*" }', '  httpApi: { payload: 1.0 }').replace(
        '1.0',
        "'1.0'",
      ),
    );
    expect(problems).toEqual([]);
    expect(resources['HttpApiRouteDefault'].Properties.RouteKey).toBe('$default');
    expect(resources['HttpApiRouteAnyB'].Properties.RouteKey).toBe('ANY /b');
    expect(resources['HttpApiRouteGetAIdVar'].Properties).toEqual({
      ApiId: { Ref: 'HttpApi' },
      RouteKey: 'GET /a/{id}',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'HttpApiIntegrationListDashallUnderscore1' }]] },
    });
    expect(resources['HttpApiIntegrationListDashallUnderscore1'].Properties).toMatchObject({
      IntegrationUri: { 'Fn::GetAtt': ['ListDashallUnderscore1LambdaFunction', 'Arn'] },
      PayloadFormatVersion: '1.0',
      TimeoutInMillis: 30_000,
    });
  });
  it('say which methods other origins may use', () => {
    const { resources } = stackOfServerless(
      one('{ httpApi: "GET /a" }, { httpApi: "PUT /b" }', '  httpApi: { cors: { allowedOrigins: [https://a.test] } }'),
    );
    expect(resources['HttpApi'].Properties.CorsConfiguration).toMatchObject({
      AllowOrigins: ['https://a.test'],
      AllowMethods: ['OPTIONS', 'GET', 'PUT'],
    });
  });
  it('are guarded by tokens and by functions', () => {
    const { resources, problems } = stackOfServerless(
      one(
        '{ httpApi: { path: /a, method: get, authorizer: { name: jwt, scopes: [x] } } }, { httpApi: { path: /b, method: get, authorizer: asks } }, { httpApi: { path: /c, method: get, authorizer: { type: aws_iam } } }',
        `  httpApi:
    authorizers:
      jwt: { identitySource: $request.header.Authorization, issuerUrl: https://i.test, audience: shop }
      asks: { type: request, functionName: list-all_1, enableSimpleResponses: true }`,
      ),
    );
    expect(problems).toEqual([]);
    expect(resources['HttpApiRouteGetA'].Properties).toMatchObject({
      AuthorizationType: 'JWT',
      AuthorizerId: { Ref: 'HttpApiAuthorizerJwt' },
      AuthorizationScopes: ['x'],
    });
    expect(resources['HttpApiRouteGetB'].Properties).toMatchObject({ AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'HttpApiAuthorizerAsks' } });
    expect(resources['HttpApiRouteGetC'].Properties).toMatchObject({ AuthorizationType: 'AWS_IAM' });
    expect(resources['HttpApiAuthorizerJwt'].Properties).toMatchObject({
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://i.test', Audience: ['shop'] },
    });
    expect(resources['HttpApiAuthorizerAsks'].Properties).toMatchObject({
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: [],
    });
  });
});

describe('resources', () => {
  it('are merged over what the framework makes, and extended property by property', () => {
    const { resources, problems } = stackOfServerless(`${one('{ http: GET /a }')}
resources:
  Resources:
    ApiGatewayRestApi: { Properties: { Description: mine, Body: { a: 1 } } }
    Table: { Type: AWS::DynamoDB::Table }
  extensions:
    ApiGatewayMethodAGet: { Properties: { Integration: { Type: MOCK } }, DeletionPolicy: Retain }
`);
    expect(problems).toEqual([]);
    expect(resources['ApiGatewayRestApi'].Properties).toEqual({ Name: 'dev-shop', Description: 'mine', Body: { a: 1 } });
    expect(resources['ApiGatewayMethodAGet'].Properties).toMatchObject({ HttpMethod: 'GET', Integration: { Type: 'MOCK' } });
    expect(Object.keys(resources['ApiGatewayMethodAGet'].Properties.Integration)).toEqual(['Type']);
    expect(resources['Table'].Type).toBe('AWS::DynamoDB::Table');
  });
});

it('resources may say no more than a condition', () => {
  const { resources } = stackOfServerless(`${one('{ http: GET /a }')}\nresources: { Resources: { ApiGatewayRestApi: { Condition: Live } } }\n`);
  expect(resources['ApiGatewayRestApi']).toMatchObject({ Type: 'AWS::ApiGateway::RestApi', Condition: 'Live' });
});

describe('what is made elsewhere', () => {
  it('is served as an API of its own', () => {
    const { resources } = stackOfServerless(
      one(
        '{ http: GET /a }, { httpApi: GET /b }',
        '  apiGateway: { restApiId: { Fn::ImportValue: api }, restApiRootResourceId: { Fn::ImportValue: root } }\n  httpApi: { id: abc123 }',
      ),
    );
    expect(resources['ApiGatewayResourceA'].Properties.ParentId).toEqual({ 'Fn::GetAtt': ['ApiGatewayRestApi', 'RootResourceId'] });
    expect(resources['HttpApi']).toBeDefined();
  });
  it('is the service’s own where its resources make it', () => {
    const { resources } = stackOfServerless(
      `${one('{ http: GET /a }', '  apiGateway: { restApiId: { Ref: Shared }, restApiRootResourceId: { Fn::GetAtt: [Shared, RootResourceId] } }')}
resources: { Resources: { Shared: { Type: AWS::ApiGateway::RestApi } } }
`,
    );
    expect(resources['ApiGatewayRestApi']).toBeUndefined();
    expect(resources['ApiGatewayResourceA'].Properties).toMatchObject({
      RestApiId: { Ref: 'Shared' },
      ParentId: { 'Fn::GetAtt': ['Shared', 'RootResourceId'] },
    });
  });
});

describe('keys and plans', () => {
  it('stand alone, or by the name of a plan', () => {
    const plain = stackOfServerless(
      one(
        '{ http: GET /a }',
        '  apiGateway: { apiKeys: [a, { name: b, value: "12345678901234567890" }], usagePlan: { quota: { limit: 5, period: DAY } } }',
      ),
    ).resources;
    expect(plain['ApiGatewayApiKey2'].Properties).toMatchObject({ Name: 'b', Value: '12345678901234567890', Enabled: true });
    expect(plain['ApiGatewayUsagePlan'].Properties).toMatchObject({
      Quota: { Limit: 5, Period: 'DAY' },
      ApiStages: [{ ApiId: { Ref: 'ApiGatewayRestApi' }, Stage: 'dev' }],
    });
    expect(plain['ApiGatewayUsagePlanKey2'].Properties).toEqual({
      KeyId: { Ref: 'ApiGatewayApiKey2' },
      KeyType: 'API_KEY',
      UsagePlanId: { Ref: 'ApiGatewayUsagePlan' },
    });
    const named = stackOfServerless(
      one(
        '{ http: GET /a }',
        '  apiGateway: { apiKeys: [{ free: [f] }, { paid: [p, q] }], usagePlan: [{ free: { throttle: { burstLimit: 1, rateLimit: 2 } } }, { paid: {} }] }',
      ),
    ).resources;
    expect(named['ApiGatewayUsagePlanFree'].Properties.Throttle).toEqual({ BurstLimit: 1, RateLimit: 2 });
    expect(named['ApiGatewayUsagePlanKeyPaid2'].Properties).toMatchObject({
      KeyId: { Ref: 'ApiGatewayApiKeyPaid2' },
      UsagePlanId: { Ref: 'ApiGatewayUsagePlanPaid' },
    });
  });
});

describe('custom domains', () => {
  it.each([
    ['domain: api.test', '$default', undefined],
    ['domains: [{ name: api.test, basePath: /v1/, apiType: http, certificateArn: x }]', '$default', 'v1'],
  ])('%s', (text, stage, base) => {
    const { resources, problems } = stackOfServerless(one('{ http: GET /a }, { httpApi: GET /b }', `  ${text}`));
    expect(problems).toEqual([]);
    expect(resources['CustomDomain0'].Properties).toEqual({ DomainName: 'api.test' });
    expect(resources['CustomDomainMapping0'].Properties).toMatchObject({ ApiId: { Ref: 'HttpApi' }, Stage: stage });
    expect(resources['CustomDomainMapping0'].Properties.ApiMappingKey).toBe(base);
  });
  it('stand before the API that there is', () => {
    const { resources } = stackOfServerless(one('{ http: GET /a }', '  domain: { name: api.test, basePath: v1 }'));
    expect(resources['CustomDomainMapping0'].Properties).toMatchObject({ RestApiId: { Ref: 'ApiGatewayRestApi' }, BasePath: 'v1' });
  });
});

describe('plugins', () => {
  it('of keys add them, each with its plan', () => {
    const { resources, problems } = stackOfServerless(`${one('{ http: GET /a }')}
plugins: [serverless-add-api-key]
custom:
  apiKeys:
    dev:
      - { name: a, value: a-key-of-twenty-or-more, usagePlan: { name: both, quota: { limit: 5, period: DAY } } }
      - { name: b, value: b-key-of-twenty-or-more, usagePlan: { name: both } }
      - name: c
    prod: [{ name: p }]
`);
    expect(problems).toEqual([]);
    expect(Object.keys(resources).filter((id) => id.startsWith('Added'))).toEqual([
      'AddedApiKey0',
      'AddedUsagePlan both',
      'AddedUsagePlanKey0',
      'AddedApiKey1',
      'AddedUsagePlanKey1',
      'AddedApiKey2',
      'AddedUsagePlan c-usage-plan',
      'AddedUsagePlanKey2',
    ]);
    expect(resources['AddedUsagePlan both'].Properties).toMatchObject({ Quota: { Limit: 5 }, ApiStages: [{ Stage: 'dev' }] });
  });
  it('of domains map them', () => {
    const domains = (plugins: string): Record<string, any> =>
      stackOfServerless(
        `${one('{ http: GET /a }, { httpApi: GET /b }')}
plugins: ${plugins}
custom: { customDomains: [{ rest: { domainName: api.test, basePath: v1, certificateName: x } }, { http: { domainName: http.test } }, { domainName: off.test, enabled: false }] }
`,
      ).resources;
    const made = domains('[serverless-domain-manager]');
    expect(made['CustomDomainMapping0'].Properties).toMatchObject({
      DomainName: 'api.test',
      BasePath: 'v1',
      RestApiId: { Ref: 'ApiGatewayRestApi' },
    });
    expect(made['CustomDomainMapping1'].Properties).toMatchObject({ DomainName: 'http.test', ApiId: { Ref: 'HttpApi' }, Stage: '$default' });
    expect(made['CustomDomain2']).toBeUndefined();
    expect(domains('[]')['CustomDomain0']).toBeUndefined();
  });
});

it('another provider makes nothing, and says so', () => {
  const { resources, problems } = stackOfServerless(
    'service: x\nprovider: { name: google }\nfunctions: { a: { handler: http, events: [{ http: path }] } }',
  );
  expect(resources).toEqual({});
  expect(problems).toEqual([expect.stringContaining('the provider of this service is google, not aws')]);
});
