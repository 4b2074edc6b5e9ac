import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { awsRest } from '../../../src/dialects/aws-rest/index.ts';
import { load } from '../../../src/gateway/load.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function folderWith(config: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-import-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'api.json'), JSON.stringify(config));
  return folder;
}
const start = (config: object, options: object = {}): Promise<Gateway> =>
  createGateway({ config: path.join(folderWith(config), 'api.json'), stage: 'dev', ...options });

const integration = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode": 200}' }, responses: { default: { statusCode: 200 } } };
const mock = { 'x-amazon-apigateway-integration': integration };
const lambda = (uri: string, type = 'aws_proxy'): object => ({ 'x-amazon-apigateway-integration': { type, httpMethod: 'POST', uri } });
const openapi = (paths: object, more: object = {}): object => ({ openapi: '3.0.1', info: { title: 't', version: '1' }, paths, ...more });
const status = async (gateway: Gateway, target: string): Promise<number> => (await gateway.fetch(`/dev${target}`)).status;
const told = (gateway: Gateway): string[] => gateway.diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

describe('the path that stands before all others', () => {
  const servers = [{ url: 'https://{host}/a/{version}/', variables: { host: { default: 'x.test' }, version: { default: 'v1' } } }];
  it.each([
    ['ignore', servers, '/x'],
    ['prepend', servers, '/a/v1/x'],
    ['split', servers, '/v1/x'],
    ['prepend', [{ url: 'https://x.test/a', variables: { basePath: { default: 'b' } } }], '/b/x'],
    ['prepend', [{ url: '/c' }], '/c/x'],
    ['prepend', [], '/x'],
  ])('%s', async (basepath, list, target) => {
    await using gateway = await start(openapi({ '/x': { get: mock } }, { servers: list }), { variables: { basepath } });
    expect(await status(gateway, target)).toBe(200);
  });

  it('is that of a RestApi where its Parameters say so', async () => {
    const Body = { swagger: '2.0', basePath: '/base/', paths: { '/x': { get: mock } } };
    const Api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Body, Parameters: { basepath: 'prepend' } } };
    await using gateway = await start({ Resources: { Api } });
    expect(await status(gateway, '/base/x')).toBe(200);
  });
});

describe('a document', () => {
  it('may refer to its parts: paths, parameters, bodies, integrations', async () => {
    const components = {
      pathItems: {
        X: {
          parameters: [{ $ref: '#/components/parameters/Q' }],
          post: { requestBody: { $ref: '#/components/requestBodies/B' }, 'x-amazon-apigateway-integration': { $ref: '#/components/x-i/M' } },
        },
      },
      parameters: { Q: { name: 'q', in: 'query', required: true } },
      requestBodies: { B: { content: { 'application/json': { schema: { type: 'array' } } } } },
      'x-i': { M: integration },
    };
    const validators = {
      'x-amazon-apigateway-request-validator': 'all',
      'x-amazon-apigateway-request-validators': { all: { validateRequestBody: true, validateRequestParameters: true } },
    };
    await using gateway = await start(openapi({ '/x': { $ref: '#/components/pathItems/X' } }, { components, ...validators }));
    const post = async (target: string, body: string): Promise<number> =>
      (await gateway.fetch(new Request(`http://h${target}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))).status;
    expect([await post('/dev/x?q=1', '[]'), await post('/dev/x', '[]'), await post('/dev/x?q=1', '{}')]).toEqual([200, 400, 400]);
  });

  it('has what its method says of a parameter above what its path says', async () => {
    const parameters = (required: boolean): object[] => [{ name: 'q', in: 'query', required }];
    const get = { ...mock, parameters: parameters(false), 'x-amazon-apigateway-request-validator': 'p' };
    await using gateway = await start(
      openapi(
        { '/x': { parameters: parameters(true), get } },
        { 'x-amazon-apigateway-request-validators': { p: { validateRequestParameters: true } } },
      ),
    );
    expect(await status(gateway, '/x')).toBe(200);
  });

  it('names functions by variables of AWS, by --var, or by what another tool would fill in', async () => {
    const paths = {
      '/a': {
        get: lambda(
          'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:one/invocations',
        ),
      },
      '/b': { get: lambda('arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${fn}/invocations') },
      '/c': { get: lambda('${open_arn}') },
    };
    const says = (body: string) => (): unknown => ({ statusCode: 200, body });
    const upstreams = { 'function:one': says('one'), 'function:two': says('two'), 'function:open_arn': says('three') };
    await using gateway = await start(openapi(paths), { upstreams, variables: { fn: 'arn:aws:lambda:eu-west-1:1:function:two:live' } });
    const texts = await Promise.all(['/dev/a', '/dev/b', '/dev/c'].map(async (one) => (await gateway.fetch(one)).text()));
    expect(texts).toEqual(['one', 'two', 'three']);
    expect(told(gateway)).toEqual(['warning DG1205 ${open_arn} is filled in by something else before API Gateway reads this']);
  });

  it('is taken with a warning where a method has no integration, is of a kind that there is none of, or its version is 3.1', async () => {
    await using gateway = await start({ ...openapi({ '/a': { get: {}, trace: mock }, '/b': { get: mock } }), openapi: '3.1.0' });
    expect([await status(gateway, '/a'), await status(gateway, '/b')]).toEqual([501, 200]);
    expect(told(gateway).map((one) => one.replace(/[(:].*/, ''))).toEqual([
      'warning DG1208 API Gateway has refused documents of OpenAPI 3.1 ',
      'warning DG1208 GET /a needs an integration, which it has none of',
      'warning DG1208 TRACE /a is not made',
    ]);
  });

  it('drops mappings that are no texts', async () => {
    const mapped = { 'x-amazon-apigateway-integration': { ...integration, requestParameters: { 'integration.request.header.x': true } } };
    await using gateway = await start(openapi({ '/a': { get: mapped } }));
    expect(await status(gateway, '/a')).toBe(200);
    expect(told(gateway)).toEqual(['warning DG1203 integration.request.header.x is no text']);
  });

  it.each([
    ['two variable children of one parent', { '/a/{x}': { get: mock }, '/a/{y+}': { get: mock } }, 'DG1206'],
    ['a parameter that is part of a segment', { '/a/x{y}': { get: mock } }, 'DG1203'],
    ['a version that there is none of', { '/a': { get: mock } }, 'DG1203', '4.0'],
  ])('is refused with %s', async (_, paths, code, version = '3.0.1') => {
    await expect(start({ ...openapi(paths), openapi: version })).rejects.toMatchObject({ code });
  });

  it('has a verdict for everything', async () => {
    const get = {
      ...mock,
      summary: 's',
      callbacks: {},
      'x-other': 1,
      requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/A' }, example: 1 } } },
    };
    const config = openapi(
      { '/a': { summary: 's', servers: [{ url: '/' }], get, 'x-more': {} } },
      {
        servers: [{ url: '/' }],
        tags: [{ name: 'x' }],
        components: {
          schemas: { A: { type: 'object' } },
          responses: { R: { description: 'x' } },
          securitySchemes: { S: { type: 'http', scheme: 'basic' } },
        },
        'x-amazon-apigateway-documentation': { version: '1' },
        'x-amazon-apigateway-endpoint-configuration': { types: ['REGIONAL'] },
        'x-amazon-apigateway-request-validators': { v: { validateRequestBody: true } },
        'x-vendor': { a: 1 },
      },
    );
    const folder = folderWith(config);
    const { ledger } = await load({ config: 'api.json', dialect: undefined, folder, options: { variables: {}, env: {} } }, [awsRest]);
    expect(ledger.diagnostics).toEqual([]);
    expect(ledger.entries.filter(({ verdict }) => verdict === 'unknown').map(({ origin }) => origin.pointer)).toEqual([]);
    expect(ledger.entries.find(({ origin }) => origin.pointer === '/components/schemas/A/type')?.verdict).toBe('ignored');
  });
});

it('tells what a method maps and does not declare', async () => {
  const method = {
    RestApiId: { Ref: 'Api' },
    ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
    HttpMethod: 'GET',
    AuthorizationType: 'NONE',
    RequestParameters: { 'method.request.querystring.a': false },
    MethodResponses: [{ StatusCode: 200, ResponseParameters: { 'method.response.header.A': true } }],
    Integration: {
      Type: 'MOCK',
      RequestParameters: {
        'integration.request.header.a': 'method.request.querystring.a',
        'integration.request.header.b': 'method.request.querystring.b',
      },
      RequestTemplates: { 'application/json': '{"statusCode": 200}' },
      IntegrationResponses: [
        { StatusCode: '200', ResponseParameters: { 'method.response.header.A': "'a'", 'method.response.header.B': "'b'" } },
        { StatusCode: '404', SelectionPattern: '404' },
      ],
    },
  };
  const Resources = { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: {} }, Get: { Type: 'AWS::ApiGateway::Method', Properties: method } };
  await using gateway = await start({ Resources });
  expect(await status(gateway, '')).toBe(200);
  expect(told(gateway).map((one) => one.replace(/^warning DG1205 API Gateway refuses such a method: /, ''))).toEqual([
    'Invalid mapping expression parameter specified: method.request.querystring.b',
    'Invalid mapping expression parameter specified: method.response.header.B',
    'Invalid Response status code specified: 404',
  ]);
});
