import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(files: Record<string, string>, options: object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-sam-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return createGateway({ config: path.join(folder, 'template.yaml'), ...options });
}
const ask = (gateway: Gateway, where: string, init: RequestInit): Promise<Response> => gateway.fetch(new Request(`http://localhost${where}`, init));
const upstreams = {
  'function:Orders': (event: { readonly resource: string; readonly requestContext: { readonly stage: string } }) => ({
    statusCode: 200,
    body: `${event.requestContext.stage} ${event.resource}`,
  }),
};

describe('a SAM template', () => {
  it('is served: implied API, greedy paths, preflights', async () => {
    await using gateway = await start(
      {
        'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals: { Api: { Cors: { AllowOrigin: "'https://shop.test'" } } }
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders.handler
      Runtime: nodejs22.x
      AutoPublishAlias: live
      Events:
        One: { Type: Api, Properties: { Path: '/orders/{id}', Method: get } }
        Rest: { Type: Api, Properties: { Path: '/{proxy+}', Method: any } }
`,
      },
      { upstreams },
    );
    expect(await (await gateway.fetch('/Prod/orders/7')).text()).toBe('Prod /orders/{id}');
    expect(await (await ask(gateway, '/Prod/else/where', { method: 'PUT' })).text()).toBe('Prod /{proxy+}');
    const preflight = await ask(gateway, '/Prod/orders/7', { method: 'OPTIONS' });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.test');
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET,OPTIONS');
    expect((await gateway.fetch('/Prod')).status).toBe(403);
  });

  it('asks for the keys of its usage plan', async () => {
    await using gateway = await start(
      {
        'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: live, Auth: { ApiKeyRequired: true } } }
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Key: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /key, Method: get } }
        Free: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /free, Method: get, Auth: { ApiKeyRequired: false } } }
  Key: { Type: AWS::ApiGateway::ApiKey, Properties: { Enabled: true, Value: a-key-of-twenty-or-more } }
  Plan: { Type: AWS::ApiGateway::UsagePlan, Properties: { ApiStages: [{ ApiId: !Ref Api, Stage: !Ref Api.Stage }] } }
  Link: { Type: AWS::ApiGateway::UsagePlanKey, Properties: { KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan } }
`,
      },
      { upstreams },
    );
    expect((await gateway.fetch('/live/key')).status).toBe(403);
    expect((await ask(gateway, '/live/key', { headers: { 'x-api-key': 'a-key-of-twenty-or-more' } })).status).toBe(200);
    expect((await gateway.fetch('/live/free')).status).toBe(200);
  });

  it('decodes the binary types that it names', async () => {
    await using gateway = await start(
      {
        'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals: { Api: { BinaryMediaTypes: [image~1png] } }
Resources:
  Orders: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: Api, Properties: { Path: /, Method: get } } } } }
`,
      },
      { upstreams: { 'function:Orders': () => ({ statusCode: 200, isBase64Encoded: true, body: Buffer.from('picture').toString('base64') }) } },
    );
    expect(await (await ask(gateway, '/Prod', { headers: { accept: 'image/png' } })).text()).toBe('picture');
    expect(await (await ask(gateway, '/Prod', { headers: { accept: 'image/gif' } })).text()).toBe('cGljdHVyZQ==');
  });

  it.each([
    ['DefinitionUri: docs/api.yaml', 403],
    [`Cors: "'*'", DefinitionBody: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: docs/api.yaml } } }`, 200],
  ])('reads the document beside it: %s', async (where, preflight) => {
    await using gateway = await start({
      'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Parameters: { Status: { Type: String, Default: 202 } }
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: live, ${where} } }
`,
      'docs/api.yaml': `
openapi: 3.0.1
paths:
  /orders:
    get:
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: !Sub '{"statusCode": \${Status}}' }
        responses: { default: { statusCode: !Ref Status } }
`,
    });
    expect((await gateway.fetch('/live/orders')).status).toBe(202);
    expect((await ask(gateway, '/live/orders', { method: 'OPTIONS' })).status).toBe(preflight);
  });
});
