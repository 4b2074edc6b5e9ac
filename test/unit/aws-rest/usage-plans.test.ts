import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(name: string, text: string, options: GatewayOptions | object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-plans-'));
  folders.push(folder);
  writeFileSync(path.join(folder, name), text);
  return createGateway({ config: folder, ...options });
}

const key = 'a-key-of-twenty-or-more';
const other = 'another-key-of-twenty-or-more';
const method = (security: string) => `
              ${security}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: { application/json: '{"statusCode": 200}' }
                responses: { default: { statusCode: '200' } }`;
const template = (plan: string, stage = '') => `
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: { Type: String, Default: prod }
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: shop
      Body:
        openapi: 3.0.1
        info: { title: shop, version: '1' }
        components: { securitySchemes: { key: { type: apiKey, name: x-api-key, in: header } } }
        x-amazon-apigateway-gateway-responses:
          INVALID_API_KEY:
            statusCode: 401
            responseParameters: { gatewayresponse.header.X-Stage: context.stage, gatewayresponse.header.X-Plain: "'yes'" }
            responseTemplates: { application/json: '{"error":$context.error.messageString,"type":"$context.error.responseType"}' }
          DEFAULT_4XX:
            responseParameters: { gatewayresponse.header.Access-Control-Allow-Origin: "'*'" }
        paths:
          /orders:
            get:${method('security: [{ key: [] }]')}
            put:${method('security: [{ key: [] }]')}
          /open:
            get:${method('security: []')}
  Deployment: { Type: AWS::ApiGateway::Deployment, Properties: { RestApiId: !Ref Api } }
  Live:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: !Sub '\${Stage}'
      ${stage}
  Key: { Type: AWS::ApiGateway::ApiKey, Properties: { Value: ${key}, Enabled: true } }
  Other: { Type: AWS::ApiGateway::ApiKey, Properties: { Value: ${other}, Enabled: true } }
  Disabled: { Type: AWS::ApiGateway::ApiKey, Properties: { Value: disabled-key-of-twenty-characters } }
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      ApiStages: [{ ApiId: !Ref Api, Stage: !Ref Live }]
      ${plan}
  PlanKey: { Type: AWS::ApiGateway::UsagePlanKey, Properties: { KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan } }
  PlanOther: { Type: AWS::ApiGateway::UsagePlanKey, Properties: { KeyId: !Ref Other, KeyType: API_KEY, UsagePlanId: !Ref Plan } }
  PlanDisabled: { Type: AWS::ApiGateway::UsagePlanKey, Properties: { KeyId: !Ref Disabled, KeyType: API_KEY, UsagePlanId: !Ref Plan } }
`;
const ask = (gateway: Gateway, value: string | null = key, init: RequestInit = {}, where = '/prod/orders'): Promise<Response> =>
  gateway.fetch(new Request(`http://localhost${where}`, { ...init, headers: value === null ? {} : { 'x-api-key': value } }));

describe('API keys of a template', () => {
  it('let a key of the stage pass, and nothing else', async () => {
    await using gateway = await start('template.yaml', template('Description: no limits'));
    expect((await ask(gateway)).status).toBe(200);
    for (const wrong of [null, 'wrong', 'disabled-key-of-twenty-characters', '']) expect((await ask(gateway, wrong)).status).toBe(401);
    expect((await ask(gateway, null, {}, '/prod/open')).status).toBe(200);
  });

  it('are limited by their plan, each on its own, until the bucket fills again', async () => {
    await using gateway = await start('template.yaml', template('Throttle: { RateLimit: 2, BurstLimit: 1 }'));
    gateway.clock.freeze();
    expect((await ask(gateway)).status).toBe(200);
    const refused = await ask(gateway);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('x-amzn-errortype')).toBe('TooManyRequestsException');
    expect(await refused.json()).toEqual({ message: 'Too Many Requests' });
    expect((await ask(gateway, other)).status).toBe(200);
    await gateway.clock.advance(500);
    expect((await ask(gateway)).status).toBe(200);
  });

  it('have a quota for a day of the calendar', async () => {
    await using gateway = await start('template.yaml', template('Quota: { Limit: 2, Period: DAY }'));
    gateway.clock.freeze();
    await gateway.clock.travel('2026-01-01T23:59:59Z');
    expect([(await ask(gateway)).status, (await ask(gateway)).status]).toEqual([200, 200]);
    const refused = await ask(gateway);
    expect([refused.status, await refused.json()]).toEqual([429, { message: 'Limit Exceeded' }]);
    await gateway.clock.advance(1_000);
    expect((await ask(gateway)).status).toBe(200);
  });

  it('may have a limit of their own for one method', async () => {
    const plan = `Throttle: { RateLimit: 100, BurstLimit: 100 }`;
    const text = template(plan).replace('Stage: !Ref Live }]', 'Stage: !Ref Live, Throttle: { /orders/GET: { RateLimit: 1, BurstLimit: 1 } } }]');
    await using gateway = await start('template.yaml', text);
    gateway.clock.freeze();
    expect([(await ask(gateway)).status, (await ask(gateway)).status]).toEqual([200, 429]);
    expect((await ask(gateway, key, { method: 'PUT' })).status).toBe(200);
  });

  it('stand beside the limit of the stage, whoever asks', async () => {
    const stage = "MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 }]";
    await using gateway = await start('template.yaml', template('Description: none', stage));
    gateway.clock.freeze();
    expect([(await ask(gateway)).status, (await ask(gateway, other)).status]).toEqual([200, 429]);
    expect((await ask(gateway, null, {}, '/prod/open')).status).toBe(200);
  });

  it('of a bare document are given by hand', async () => {
    const document = JSON.stringify({
      openapi: '3.0.1',
      info: { title: 't', version: '1' },
      components: { securitySchemes: { key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } },
      security: [{ key: [] }],
      paths: {
        '/orders': {
          get: {
            'x-amazon-apigateway-integration': {
              type: 'mock',
              requestTemplates: { 'application/json': '{"statusCode": 200}' },
              responses: { default: { statusCode: '200' } },
            },
          },
        },
      },
    });
    await using gateway = await start('openapi.json', document, { stage: 'prod', variables: { apiKey: `x,${key}` } });
    expect([(await ask(gateway)).status, (await ask(gateway, 'x')).status, (await ask(gateway, 'y')).status]).toEqual([200, 200, 403]);
  });
});

describe('gateway responses', () => {
  it('replace status, fields and body of the refusal that they name', async () => {
    await using gateway = await start('template.yaml', template('Description: none'));
    const refused = await ask(gateway, 'wrong');
    expect(await refused.json()).toEqual({ error: 'Forbidden', type: 'INVALID_API_KEY' });
    expect(refused.headers.get('x-stage')).toBe('prod');
    expect(refused.headers.get('x-plain')).toBe('yes');
    expect(refused.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('take what they lack from DEFAULT_4XX, with the status that the refusal has', async () => {
    await using gateway = await start('template.yaml', template('Description: none'));
    const unknown = await ask(gateway, key, {}, '/prod/nothing');
    expect(unknown.status).toBe(403);
    expect(unknown.headers.get('access-control-allow-origin')).toBe('*');
    expect(await unknown.json()).toEqual({ message: 'Missing Authentication Token' });
  });

  it('are refused under a name that API Gateway does not know', async () => {
    const text = template('Description: none').replace('INVALID_API_KEY', 'NO_SUCH_TYPE');
    await expect(start('template.yaml', text)).rejects.toMatchObject({ code: 'DG1203' });
  });
});
