import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const mock = {
  'x-amazon-apigateway-integration': {
    type: 'mock',
    passthroughBehavior: 'when_no_match',
    requestTemplates: { 'application/json': '{"statusCode": 200}', 'text/plain': '{"statusCode": 200}' },
    responses: { default: { statusCode: 200 } },
  },
};
const detail = {
  BAD_REQUEST_BODY: {
    responseTemplates: { 'application/json': '{"message": $context.error.messageString, "detail": "$context.error.validationErrorString"}' },
  },
};

function start(name: string, config: object): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-models-'));
  folders.push(folder);
  writeFileSync(path.join(folder, name), JSON.stringify(config));
  return createGateway({ config: path.join(folder, name), stage: 'dev' });
}
const document = (schema: unknown, schemas: object = {}, more: object = {}): object => ({
  openapi: '3.0.1',
  paths: {
    '/a': { post: { ...mock, requestBody: { content: { 'application/json': { schema } } }, 'x-amazon-apigateway-request-validator': 'body' } },
  },
  components: { schemas },
  'x-amazon-apigateway-request-validators': { body: { validateRequestBody: true } },
  'x-amazon-apigateway-gateway-responses': detail,
  ...more,
});
const openapi = (schema: unknown, schemas: object = {}): Promise<Gateway> => start('openapi.json', document(schema, schemas));
async function post(gateway: Gateway, body: unknown, type = 'application/json'): Promise<string> {
  const sent = { method: 'POST', headers: { 'content-type': type }, body: typeof body === 'string' ? body : JSON.stringify(body) };
  const answer = await gateway.fetch(new Request('http://localhost/dev/a', sent));
  return answer.status === 200 ? 'ok' : `${answer.status} ${((await answer.json()) as { detail: string }).detail}`;
}

describe('the body of a request', () => {
  it('is held against an inline schema', async () => {
    await using gateway = await openapi({ type: 'object', required: ['b', 'a'], properties: { a: { type: 'number' }, b: { enum: ['x', 'y'] } } });
    expect(await post(gateway, { a: 1, b: 'x' })).toBe('ok');
    expect(await post(gateway, {})).toBe('400 [object has missing required properties (["a","b"])]');
    expect(await post(gateway, { a: '1', b: 'z' })).toBe(
      '400 [instance type (string) does not match any allowed primitive type (allowed: ["integer","number"]), instance value ("z") not found in enum (possible values: ["x","y"])]',
    );
    expect(await post(gateway, 'no json')).toBe('400 ');
    expect(await post(gateway, '')).toBe('400 [object has missing required properties (["a","b"])]');
  });

  it('is refused as AWS words it where no gateway response asks for more', async () => {
    await using gateway = await start(
      'openapi.json',
      document({ type: 'object', required: ['a'] }, {}, { 'x-amazon-apigateway-gateway-responses': {} }),
    );
    const answer = await gateway.fetch(
      new Request('http://localhost/dev/a', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
    );
    expect([answer.status, answer.headers.get('x-amzn-errortype'), await answer.text()]).toEqual([
      400,
      'BadRequestException',
      '{"message":"Invalid request body"}',
    ]);
  });

  it('passes where no model is of its content type; no type is that of JSON', async () => {
    await using gateway = await openapi({ type: 'array' });
    expect(await post(gateway, '{}', 'text/plain')).toBe('ok');
    expect(await post(gateway, '{}', 'Application/JSON; charset=utf-8')).toMatch(/^400/);
    expect((await gateway.fetch(new Request('http://localhost/dev/a', { method: 'POST' }))).status).toBe(400);
  });

  it('is held against $default where no other type fits', async () => {
    const content = { $default: { schema: { type: 'array' } }, 'application/json': { schema: { type: 'object' } } };
    const paths = { '/a': { post: { ...mock, requestBody: { content }, 'x-amazon-apigateway-request-validator': 'body' } } };
    await using gateway = await start('openapi.json', document({}, {}, { paths }));
    expect(await post(gateway, '{}', 'text/plain')).toMatch(/^400/);
    expect(await post(gateway, '[]', 'text/plain')).toBe('ok');
    expect(await post(gateway, '{}')).toBe('ok');
  });

  it.each(['#/components/schemas/List', 'https://apigateway.amazonaws.com/restapis/abc/models/List'])(
    'is held against the model %s, which refers to itself',
    async ($ref) => {
      const List = { type: 'object', required: ['value'], properties: { value: { type: 'integer' }, next: { $ref } } };
      await using gateway = await openapi({ $ref }, { List });
      expect(await post(gateway, { value: 1, next: { value: 2 } })).toBe('ok');
      expect(await post(gateway, { value: 1, next: { value: 2, next: {} } })).toBe('400 [object has missing required properties (["value"])]');
    },
  );

  it('knows draft 4 and no more: nullable, const and numeric bounds of later drafts do nothing', async () => {
    await using gateway = await openapi({
      type: 'object',
      properties: { a: { type: 'string', nullable: true }, b: { const: 1 }, c: { exclusiveMinimum: 5 } },
    });
    expect(await post(gateway, { b: 2, c: 1 })).toBe('ok');
    expect(await post(gateway, { a: null })).toMatch(/^400 \[instance type \(null\)/);
  });

  it.each([
    [
      { oneOf: [{ type: 'null' }, { type: 'object', required: ['a'] }] },
      { b: 1 },
      'instance failed to match exactly one schema (matched 0 out of 2)',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'array' }] }, {}, 'instance failed to match at least one required schema among 2'],
    [{ allOf: [{ type: 'object' }, { required: ['a'] }] }, {}, 'instance failed to match all required schemas (matched only 1 out of 2)'],
    [
      { additionalProperties: false, properties: { a: {} } },
      { a: 1, c: 1, b: 1 },
      'object instance has properties which are not allowed by the schema: ["b","c"]',
    ],
    [{ properties: { n: { maximum: 5 } } }, { n: 6 }, 'numeric instance is greater than the required maximum (maximum: 5, found: 6)'],
    [{ properties: { n: { minimum: 5, exclusiveMinimum: true } } }, { n: 5 }, 'numeric instance is not strictly greater than the required minimum 5'],
    [{ properties: { n: { minLength: 3 } } }, { n: 'ab' }, 'string "ab" is too short (length: 2, required minimum: 3)'],
    [{ properties: { n: { pattern: '^a+$' } } }, { n: 'b' }, 'ECMA 262 regex "^a+$" does not match input string "b"'],
    [{ items: { type: 'integer' } }, [1, 1.5], 'instance type (number) does not match any allowed primitive type (allowed: ["integer"])'],
    [{ uniqueItems: true }, [1, 1], 'array must not contain duplicate elements'],
  ])('is told what is wrong with it: %j', async (schema, body, words) => {
    await using gateway = await openapi(schema);
    expect(await post(gateway, body)).toBe(`400 [${words}]`);
  });

  it('is a parameter in Swagger 2, of the types that are consumed', async () => {
    const post2 = { ...mock, consumes: ['text/plain'], parameters: [{ $ref: '#/parameters/Body' }], 'x-amazon-apigateway-request-validator': 'body' };
    const config = {
      swagger: '2.0',
      paths: { '/a': { post: post2 } },
      parameters: { Body: { in: 'body', name: 'b', schema: { $ref: '#/definitions/Pet' } } },
      definitions: { Pet: { type: 'object', required: ['name'] } },
      'x-amazon-apigateway-request-validators': { body: { validateRequestBody: true } },
      'x-amazon-apigateway-gateway-responses': detail,
    };
    await using gateway = await start('swagger.json', config);
    expect(await post(gateway, '{}', 'text/plain')).toMatch(/^400/);
    expect(await post(gateway, '{}')).toBe('ok');
  });

  it('closes a method whose model cannot be used', async () => {
    await using gateway = await openapi({ type: 'string', pattern: '(a+)+$' });
    expect((await gateway.fetch(new Request('http://localhost/dev/a', { method: 'POST', body: '"a"' }))).status).toBe(501);
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', severity: 'warning' }]);
  });

  it('is not held against a model that there is none of, as API Gateway imports it', async () => {
    await using gateway = await openapi({ $ref: '#/components/schemas/Gone' });
    expect(await post(gateway, {})).toBe('ok');
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1205', severity: 'warning' }]);
  });

  it('is held against models of a template, which go by their names', async () => {
    const properties = (more: object): object => ({ RestApiId: { Ref: 'Api' }, ...more });
    const Resources = {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'x' } },
      Valid: { Type: 'AWS::ApiGateway::RequestValidator', Properties: properties({ ValidateRequestBody: true }) },
      Pet: {
        Type: 'AWS::ApiGateway::Model',
        Properties: properties({ Name: 'Animal', ContentType: 'application/json', Schema: { enum: ['true', 'false'] } }),
      },
      Pets: {
        Type: 'AWS::ApiGateway::Model',
        Properties: properties({
          ContentType: 'application/json',
          Schema: { type: 'array', items: { $ref: { 'Fn::Sub': 'https://apigateway.amazonaws.com/restapis/${Api}/models/${Pet}' } } },
        }),
      },
      Part: { Type: 'AWS::ApiGateway::Resource', Properties: properties({ ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart: 'a' }) },
      Post: {
        Type: 'AWS::ApiGateway::Method',
        Properties: properties({
          ResourceId: { Ref: 'Part' },
          HttpMethod: 'POST',
          AuthorizationType: 'NONE',
          RequestValidatorId: { 'Fn::GetAtt': ['Valid', 'RequestValidatorId'] },
          RequestModels: { 'application/json': { Ref: 'Pets' } },
          Integration: { Type: 'MOCK', RequestTemplates: { 'application/json': '{"statusCode": 200}' }, IntegrationResponses: [{ StatusCode: 200 }] },
        }),
      },
    };
    await using gateway = await start('template.json', { Resources });
    expect(await post(gateway, ['true'])).toBe('ok');
    expect(await post(gateway, [true])).toMatch(/^400/);
    expect(await post(gateway, ['x'])).toMatch(/^400/);
  });
});
