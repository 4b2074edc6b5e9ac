import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { unfolded } from './unfolded.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-sam-'));
writeFileSync(path.join(folder, 'api.yaml'), "swagger: '2.0'\npaths: {}\n");
afterAll(() => rmSync(folder, { recursive: true }));
const uriOf = (name: string): string =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:${name}/invocations`;
const withEvent = (event: string, api = '', more = ''): string => `
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      ${api}
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders.handler
      CodeUri: src/
      ${more}
      Events:
        Get:
          Type: Api
          Properties: ${event}
`;

describe('events of type Api', () => {
  it('become methods of the API that they name, or of the implied one', () => {
    const { resources, body } = unfolded(`
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: live } }
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders.handler
      CodeUri: src/
      Events:
        Get: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /orders, Method: GET } }
        Any: { Type: Api, Properties: { RestApiId: Api, Path: '/{proxy+}', Method: any } }
        Implied: { Type: Api, Properties: { Path: /implied, Method: post } }
        Queue: { Type: SQS, Properties: { Queue: q } }
`);
    const integration = { type: 'aws_proxy', httpMethod: 'POST', uri: uriOf('Orders') };
    expect(body('Api')).toMatchObject({
      swagger: '2.0',
      paths: {
        '/orders': { get: { 'x-amazon-apigateway-integration': integration } },
        '/{proxy+}': { 'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': integration } },
      },
    });
    expect(Object.keys(body('ServerlessRestApi')['paths'] ?? {})).toEqual(['/implied']);
    expect(resources['ApiliveStage']).toMatchObject({ type: 'AWS::ApiGateway::Stage', properties: { StageName: 'live', RestApiId: 'Api' } });
    expect(resources['ServerlessRestApiProdStage']?.properties).toMatchObject({ StageName: 'Prod' });
    expect(resources['Orders']).toMatchObject({ type: 'AWS::Lambda::Function', properties: { Handler: 'orders.handler', Code: 'src/' } });
  });

  it('ask a function by the alias that it publishes', () => {
    const { resources, body } = unfolded(withEvent('{ RestApiId: !Ref Api, Path: /, Method: get }', '', 'AutoPublishAlias: stable'));
    expect(JSON.stringify(body('Api'))).toContain('function:Orders:stable/invocations');
    expect(resources['OrdersAliasstable']).toMatchObject({ type: 'AWS::Lambda::Alias', properties: { FunctionName: 'Orders', Name: 'stable' } });
  });

  it('say how long to wait and whether the answer is streamed', () => {
    const { body } = unfolded(withEvent('{ RestApiId: !Ref Api, Path: /, Method: get, TimeoutInMillis: 5000, ResponseTransferMode: STREAM }'));
    const text = JSON.stringify(body('Api'));
    expect(text).toContain('"timeoutInMillis":5000');
    expect(text).toContain('path/2021-11-15/functions/');
    expect(text).toContain('/response-streaming-invocations');
  });

  it('ask for a model, and for a validator where they say so', () => {
    const event = '{ RestApiId: !Ref Api, Path: /, Method: post, RequestModel: { Model: Order, Required: true, ValidateBody: true } }';
    const { body } = unfolded(withEvent(event, 'Models: { Order: { type: object } }'));
    expect(body('Api')).toMatchObject({
      definitions: { order: { type: 'object' } },
      'x-amazon-apigateway-request-validators': { 'body-only': { validateRequestBody: true, validateRequestParameters: false } },
      paths: {
        '/': {
          post: {
            'x-amazon-apigateway-request-validator': 'body-only',
            parameters: [{ in: 'body', name: 'order', schema: { $ref: '#/definitions/order' }, required: true }],
          },
        },
      },
    });
    const third = unfolded(withEvent(event, 'OpenApiVersion: 3.0.1\n      Models: { Order: { type: object } }'));
    expect(third.body('Api')).toMatchObject({
      openapi: '3.0.1',
      components: { schemas: { order: { type: 'object' } } },
      paths: {
        '/': { post: { requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/order' } } } } } },
      },
    });
    expect(third.body('Api')).not.toHaveProperty('swagger');
  });

  it.each([
    [true, true, 'body-and-params'],
    [false, true, 'params-only'],
    [false, false, 'no-validation'],
  ])('have the validator for body %s and parameters %s', (body, parameters, name) => {
    const model = `{ Model: Order, ValidateBody: ${body}, ValidateParameters: ${parameters} }`;
    const made = unfolded(withEvent(`{ RestApiId: !Ref Api, Path: /, Method: post, RequestModel: ${model} }`, 'Models: { Order: { type: object } }'));
    expect(made.body('Api')['x-amazon-apigateway-request-validators']).toEqual({
      [name]: { validateRequestBody: body, validateRequestParameters: parameters },
    });
  });

  it('name parameters, which may be required or part of the key of the cache', () => {
    const parameters = "[method.request.header.X-Trace, { method.request.querystring.page.size: { Required: true, Caching: true } }, 'body.x']";
    const { body, ledger } = unfolded(withEvent(`{ RestApiId: !Ref Api, Path: /, Method: get, RequestParameters: ${parameters} }`));
    expect(body('Api')).toMatchObject({
      paths: {
        '/': {
          get: {
            parameters: [
              { in: 'header', name: 'X-Trace', required: false },
              { in: 'query', name: 'page.size', required: true },
            ],
            'x-amazon-apigateway-integration': { cacheKeyParameters: ['method.request.querystring.page.size'] },
          },
        },
      },
    });
    expect(ledger.diagnostics).toMatchObject([{ code: 'DG1203', severity: 'error', line: 18 }]);
  });

  it('refuse a method that another event has already', () => {
    const { ledger } = unfolded(`
Resources:
  One: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: Api, Properties: { Path: /, Method: get } } } } }
  Two: { Type: AWS::Serverless::Function, Properties: { Events: { B: { Type: Api, Properties: { Path: /, Method: GET } } } } }
`);
    expect(ledger.diagnostics).toMatchObject([{ code: 'DG1203', line: 5 }]);
  });

  it('of an API of another stack say nothing here', () => {
    const { resources, ledger } = unfolded(withEvent('{ RestApiId: !ImportValue other, Path: /, Method: get }'));
    expect(resources['ServerlessRestApi']).toBeUndefined();
    expect(ledger.entries.filter(({ note }) => note.includes('import:other')).length).toBe(3);
  });

  it('start a state machine', () => {
    const { body, ledger } = unfolded(`
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      AutoPublishAlias: live
      UseAliasAsEventTarget: true
      Events:
        Start: { Type: Api, Properties: { Path: /start, Method: post, UnescapeMappingTemplate: true } }
`);
    expect(body('ServerlessRestApi')).toMatchObject({
      paths: {
        '/start': {
          post: {
            'x-amazon-apigateway-integration': {
              type: 'aws',
              uri: 'arn:aws:apigateway:us-east-1:states:action/StartExecution',
              credentials: 'FlowStartRole.Arn',
              responses: { 200: { statusCode: '200' }, 400: { statusCode: '400' } },
              requestTemplates: {
                'application/json': `{"input": "$util.escapeJavaScript($input.json('$')).replaceAll("\\\\'","'")", "stateMachineArn": "FlowAliaslive"}`,
              },
            },
          },
        },
      },
    });
    const verdicts = ledger.entries.filter(({ origin }) => origin.pointer.includes('/Events/')).map(({ verdict }) => verdict);
    expect(new Set(verdicts)).toEqual(new Set(['mirrored']));
  });
});

describe('a document of the user', () => {
  const document = `DefinitionBody:
        swagger: '2.0'
        paths:
          /:
            get:
              security: [{ other: [] }]
              x-amazon-apigateway-integration: { type: mock }
          /two: { get: { x-amazon-apigateway-integration: { type: mock } } }`;
  const event = '{ RestApiId: !Ref Api, Path: /, Method: get, TimeoutInMillis: 90 }';

  it('stands alone: an event only lets the API call the function', () => {
    const { body, ledger } = unfolded(withEvent(event, document));
    expect(body('Api')).toMatchObject({ paths: { '/': { get: { 'x-amazon-apigateway-integration': { type: 'mock' } } } } });
    const left = ledger.entries.find(({ origin }) => origin.pointer.endsWith('TimeoutInMillis'));
    expect(left).toMatchObject({ verdict: 'ignored', note: expect.stringContaining('document of the API') as string });
  });

  it('is overlaid by events where MergeDefinitions says so', () => {
    const { body } = unfolded(withEvent(event, `MergeDefinitions: true\n      ${document}`));
    expect(body('Api')).toMatchObject({
      paths: {
        '/': { get: { security: [{ other: [] }], 'x-amazon-apigateway-integration': { type: 'aws_proxy', timeoutInMillis: 90 } } },
        '/two': { get: { 'x-amazon-apigateway-integration': { type: 'mock' } } },
      },
    });
  });

  it('may lie beside the template', () => {
    const { resources, ledger } = unfolded(withEvent(event, 'DefinitionUri: api.yaml'), { folder });
    expect(resources['Api']?.properties).toMatchObject({ BodyS3Location: 'api.yaml' });
    expect(ledger.diagnostics).toEqual([]);
  });

  it.each(['DefinitionUri: s3://bucket/key.yaml', 'DefinitionUri: { Bucket: bucket, Key: key.yaml }'])('may lie in a bucket: %s', (uri) => {
    expect(unfolded(withEvent(event, uri)).resources['Api']?.properties).toMatchObject({ BodyS3Location: { Bucket: 'bucket', Key: 'key.yaml' } });
  });

  it('that AWS::Include names and that is not here stays an include', () => {
    const include = { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 'nowhere.yaml' } } };
    expect(unfolded(withEvent(event, `DefinitionBody: ${JSON.stringify(include)}`)).body('Api')).toMatchObject(include);
  });

  it('elsewhere gets nothing of what SAM would lay into it', () => {
    const { ledger } = unfolded(withEvent(event, `DefinitionUri: api.yaml\n      Cors: "'*'"`), { folder });
    expect(ledger.diagnostics).toMatchObject([{ code: 'DG1203', line: 9 }]);
  });
});

describe('what stands around an API', () => {
  const api = (properties: string): ReturnType<typeof unfolded> => unfolded(withEvent('{ RestApiId: !Ref Api, Path: /, Method: get }', properties));

  it('goes to the resources that have it', () => {
    const { resources } = api(`Variables: { table: orders }
      MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 5 }]
      CanarySetting: { PercentTraffic: 10 }
      CacheClusterEnabled: true
      AccessLogSetting: { Format: x }
      ApiKeySourceType: AUTHORIZER
      MinimumCompressionSize: 100
      Name: shop
      EndpointConfiguration: { Type: PRIVATE, VPCEndpointIds: [vpce-1] }`);
    expect(resources['ApiliveStage']?.properties).toMatchObject({
      Variables: { table: 'orders' },
      MethodSettings: [{ ThrottlingRateLimit: 5 }],
      CanarySetting: { PercentTraffic: 10 },
      CacheClusterEnabled: true,
      AccessLogSetting: { Format: 'x' },
    });
    expect(resources['Api']?.properties).toMatchObject({
      Name: 'shop',
      ApiKeySourceType: 'AUTHORIZER',
      MinimumCompressionSize: 100,
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: ['vpce-1'] },
    });
  });

  it('makes a stage called Stage, unless OpenApiVersion is said', () => {
    expect(api('').resources['ApiDeployment']?.properties).toMatchObject({ StageName: 'Stage' });
    expect(api('OpenApiVersion: 3.0').resources['ApiDeployment']?.properties).not.toHaveProperty('StageName');
    expect(api('OpenApiVersion: 3.0').body('Api')).toMatchObject({ openapi: '3.0' });
  });

  it('spells binary types without slashes', () => {
    expect(api('BinaryMediaTypes: [image~1png, application/zip]').body('Api')['x-amazon-apigateway-binary-media-types']).toEqual([
      'image/png',
      'application/zip',
    ]);
  });

  it('customises gateway responses', () => {
    const made = api(`GatewayResponses:
        DEFAULT_4XX:
          StatusCode: 418
          ResponseParameters: { Headers: { X-Teapot: "'yes'" }, Paths: { a: "'b'" }, QueryStrings: { c: "'d'" } }
          ResponseTemplates: { application/json: '{}' }
        UNAUTHORIZED: {}`);
    expect(made.body('Api')['x-amazon-apigateway-gateway-responses']).toEqual({
      DEFAULT_4XX: {
        statusCode: 418,
        responseParameters: { 'gatewayresponse.header.X-Teapot': "'yes'", 'gatewayresponse.path.a': "'b'", 'gatewayresponse.querystring.c': "'d'" },
        responseTemplates: { 'application/json': '{}' },
      },
      UNAUTHORIZED: { responseParameters: {}, responseTemplates: {} },
    });
  });

  it('closes the endpoint of AWS', () => {
    const key = 'x-amazon-apigateway-endpoint-configuration';
    expect(api('DisableExecuteApiEndpoint: true').body('Api')[key]).toEqual({ disableExecuteApiEndpoint: true });
    expect(api('DisableExecuteApiEndpoint: true\n      OpenApiVersion: 3.0.1').body('Api')['servers']).toEqual([
      { [key]: { disableExecuteApiEndpoint: true } },
    ]);
  });

  it('maps a domain to it, below each base path', () => {
    const { resources } = api('Domain: { DomainName: shop.test, CertificateArn: c, BasePath: [/v1, a-b, ""], Route53: { HostedZoneId: z } }');
    const domains = Object.entries(resources).filter(([, { type }]) => type === 'AWS::ApiGateway::DomainName');
    expect(domains).toMatchObject([
      [expect.stringMatching(/^ApiGatewayDomainName[\da-f]{10}$/), { properties: { DomainName: 'shop.test', RegionalCertificateArn: 'c' } }],
    ]);
    const mapping = { DomainName: domains[0]?.[0], RestApiId: 'Api', Stage: 'live' };
    expect(resources['Apiv1BasePathMapping']?.properties).toEqual({ ...mapping, BasePath: 'v1' });
    expect(resources['ApiabBasePathMapping']?.properties).toEqual({ ...mapping, BasePath: 'ab' });
    expect(resources['ApiBasePathMapping']?.properties).toEqual({ ...mapping, BasePath: '' });
    const written = api('Domain: { DomainName: shop.test, CertificateArn: c, BasePath: a-b, NormalizeBasePath: false }');
    expect(written.resources['ApiabBasePathMapping']?.properties).toMatchObject({ BasePath: 'a-b' });
    const whole = api('Domain: { DomainName: shop.test, CertificateArn: c, EndpointConfiguration: PRIVATE }');
    expect(whole.resources['ApiBasePathMapping']).toMatchObject({
      type: 'AWS::ApiGateway::BasePathMappingV2',
      properties: { RestApiId: 'Api', Stage: 'live' },
    });
  });
});
