import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(files: Record<string, string>, options: object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-template-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return createGateway({ config: path.join(folder, 'template.yaml'), ...options });
}
const mock = (status: string): string =>
  `{ Type: MOCK, RequestTemplates: { application/json: '{"statusCode": ${status}}' }, IntegrationResponses: [{ StatusCode: ${status} }] }`;
const method = (name: string, resource: string, rest: string, status = '200'): string => `
  ${name}:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: ${resource}
      HttpMethod: GET
      ${rest}
      Integration: ${mock(status)}`;
const template = (rest: string, head = ''): string => `
AWSTemplateFormatVersion: '2010-09-09'${head}
Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: shop } }
  Orders: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders } }
  Order: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !Ref Orders, PathPart: '{id}' } }
  Table: { Type: AWS::DynamoDB::Table, Properties: { TableName: orders } }
  Live: { Type: AWS::ApiGateway::Stage, Properties: { RestApiId: !Ref Api, StageName: prod, DeploymentId: d } }
${rest}
`;

describe('a REST API made resource by resource', () => {
  it('is served below its root', async () => {
    await using gateway = await start({
      'template.yaml': template(
        method('One', '!Ref Order', 'AuthorizationType: NONE', '202') + method('Root', '!GetAtt Api.RootResourceId', 'AuthorizationType: NONE'),
      ),
    });
    expect((await gateway.fetch('/prod/orders/7')).status).toBe(202);
    expect((await gateway.fetch('/prod')).status).toBe(200);
    expect((await gateway.fetch('/prod/orders')).status).toBe(403);
  });

  it('closes what an authorizer or a key guards', async () => {
    const guarded =
      method('One', '!Ref Orders', 'AuthorizationType: CUSTOM\n      AuthorizerId: !Ref Auth') +
      method('Two', '!Ref Order', 'ApiKeyRequired: "true"');
    await using gateway = await start({ 'template.yaml': template(guarded) });
    expect((await gateway.fetch('/prod/orders')).status).toBe(501);
    expect((await gateway.fetch('/prod/orders/7')).status).toBe(403);
  });

  it('asks for parameters that a validator requires, and answers with gateway responses', async () => {
    const rest = `
  Valid: { Type: AWS::ApiGateway::RequestValidator, Properties: { RestApiId: !Ref Api, ValidateRequestParameters: true } }
  Bad: { Type: AWS::ApiGateway::GatewayResponse, Properties: { RestApiId: !Ref Api, ResponseType: BAD_REQUEST_PARAMETERS, StatusCode: '422' } }`;
    const one = method('One', '!Ref Orders', 'RequestValidatorId: !Ref Valid\n      RequestParameters: { method.request.querystring.page: true }');
    await using gateway = await start({ 'template.yaml': template(rest + one) });
    expect((await gateway.fetch('/prod/orders')).status).toBe(422);
    expect((await gateway.fetch('/prod/orders?page=1')).status).toBe(200);
  });

  it.each([
    ['a method that there is none of', (text: string) => text.replace('HttpMethod: GET', 'HttpMethod: GRAB'), /HttpMethod is "GRAB"/],
    ['an authorizer that is not named', (text: string) => text.replace('AuthorizationType: NONE', 'AuthorizationType: CUSTOM'), /needs AuthorizerId/],
    [
      'a model that is not there',
      (text: string) => text.replace('AuthorizationType: NONE', 'RequestModels: { application/json: Pet }'),
      /there is no model "Pet"/,
    ],
    [
      'one name in two places',
      (text: string) =>
        text.replace('AuthorizationType: NONE', 'RequestParameters: { method.request.querystring.a: true, method.request.header.a: true }'),
      /a is the name of two parameters/,
    ],
  ])('refuses %s', async (_, change, message) => {
    await expect(start({ 'template.yaml': change(template(method('One', '!Ref Orders', 'AuthorizationType: NONE'))) })).rejects.toThrow(message);
  });
});

describe('what a template leaves to others, or AWS would not deploy', () => {
  it('is told: a method whose resource is elsewhere is not served', async () => {
    const elsewhere = template(method('One', '!Ref Orders', 'AuthorizationType: NONE')).replace('ResourceId: !Ref Orders', 'ResourceId: !Ref Other');
    await using gateway = await start({ 'template.yaml': elsewhere });
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1205', severity: 'warning', message: 'One is a method of no resource of Api' }]);
    expect((await gateway.fetch('/prod/orders')).status).toBe(403);
  });

  it('is told: a text of a field without quotes of its own is answered as if it had them', async () => {
    const integration = `Integration: { Type: MOCK, RequestTemplates: { application/json: '{"statusCode": 200}' }, IntegrationResponses: [{ StatusCode: 200, ResponseParameters: { method.response.header.X-From: shop.example } }] }`;
    const bare = method('One', '!Ref Orders', 'AuthorizationType: NONE').replace(/Integration: .*/s, integration);
    await using gateway = await start({ 'template.yaml': template(bare) });
    expect(gateway.diagnostics.map(({ message }) => message)).toContainEqual(
      'API Gateway will not deploy method.response.header.X-From: shop.example: Invalid mapping expression specified',
    );
    expect((await gateway.fetch('/prod/orders')).headers.get('x-from')).toBe('shop.example');
  });
});

describe('functions of a template', () => {
  const conditional = `
Parameters: { Env: { Type: String, Default: dev }, Names: { Type: CommaDelimitedList, Default: 'a, b' } }
Mappings: { Codes: { dev: { ok: 203 }, live: { ok: 204 } } }
Conditions: { Live: !Equals [!Ref Env, live], Other: !Not [!Condition Live] }`;
  const resources = `
  More: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: !Join ['-', [!Select [1, !Ref Names], !If [Live, x, y]]] } }
  OnlyLive: { Type: AWS::ApiGateway::Resource, Condition: Live, Properties: { RestApiId: nothing, PathPart: !ImportValue part } }
${method('One', '!Ref More', 'AuthorizationType: !If [Live, AWS_IAM, !Ref AWS::NoValue]', '!FindInMap [Codes, !Ref Env, ok]').replaceAll('{"statusCode": !FindInMap [Codes, !Ref Env, ok]}', '{"statusCode": 200}')}`;

  it('are worked out with the defaults of parameters', async () => {
    await using gateway = await start({ 'template.yaml': template(resources, conditional) });
    expect((await gateway.fetch('/prod/b-y')).status).toBe(203);
  });

  it('are worked out with what is given', async () => {
    await using gateway = await start({ 'template.yaml': template(resources, conditional) }, { variables: { Env: 'live' } });
    expect((await gateway.fetch('/prod/b-x')).status).toBe(403);
  });

  it('include files that stand beside the template', async () => {
    const api =
      '\nResources:\n  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Body: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: api.yaml } } } } }\n';
    const file = `
openapi: 3.0.1
paths: { /a: { get: { x-amazon-apigateway-integration: { type: mock, requestTemplates: { application/json: '{"statusCode": 200}' }, responses: { default: { statusCode: 204 } } } } } }`;
    await using gateway = await start({ 'template.yaml': api, 'api.yaml': file });
    expect((await gateway.fetch('/default/a')).status).toBe(204);
  });
});

it.each([
  ['Fn::If with a map', 'Fn::If: { This: is, no: list }', /Fn::If cannot be worked out.*\n*.*a list of 3 values/s],
  ['Fn::Join without values', 'Fn::Join: [","]', /Fn::Join cannot be worked out/],
  ['Fn::Sub of a list', 'Fn::Sub: "${Zones}"', /Fn::Sub cannot be worked out/],
])('%s is refused where it stands', async (_, call, message) => {
  const text = template(
    method('One', '!Ref Orders', `OperationName: { ${call} }`),
    "\nParameters: { Zones: { Type: CommaDelimitedList, Default: 'a,b' } }",
  );
  await expect(start({ 'template.yaml': text })).rejects.toThrow(message);
});

it('a template that makes no API is no gateway to start', async () => {
  await expect(start({ 'template.yaml': 'Resources:\n  Table: { Type: AWS::DynamoDB::Table }\n' })).rejects.toThrow(
    /nothing in .*template.yaml can be served/,
  );
});
