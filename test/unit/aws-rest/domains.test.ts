import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const told =
  '{"api": "$context.apiId", "stage": "$context.stage", "path": "$context.path", "resource": "$context.resourcePath", "domain": "$context.domainName"}';
const api = (greedy = false): object => ({
  Type: 'AWS::ApiGateway::RestApi',
  Properties: {
    Body: {
      openapi: '3.0.1',
      info: { title: 't', version: '1' },
      paths: {
        [greedy ? '/{proxy+}' : '/a']: {
          get: {
            'x-amazon-apigateway-integration': {
              type: 'mock',
              requestTemplates: { 'application/json': '{"statusCode": 200}' },
              responses: { default: { statusCode: '200', responseTemplates: { 'application/json': told } } },
            },
          },
        },
        '/f': {
          get: {
            'x-amazon-apigateway-integration': {
              type: 'aws_proxy',
              httpMethod: 'POST',
              uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations',
            },
          },
        },
      },
    },
  },
});
const stage = (of: string, name: string): object => ({
  Type: 'AWS::ApiGateway::Stage',
  Properties: { RestApiId: { Ref: of }, StageName: name, DeploymentId: 'd' },
});
const mapping = (properties: object): object => ({ Type: 'AWS::ApiGateway::BasePathMapping', Properties: properties });
const domain = (more: object = {}): object => ({ Type: 'AWS::ApiGateway::DomainName', Properties: { DomainName: 'api.example.com', ...more } });
const orders = { Orders: api(), OrdersLive: stage('Orders', 'live'), OrdersDev: stage('Orders', 'dev') };

async function start(resources: object, upstreams: object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-domains-'));
  folders.push(folder);
  const file = path.join(folder, 'template.json');
  writeFileSync(file, JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources }));
  return createGateway({ config: file, upstreams } as Parameters<typeof createGateway>[0]);
}
const ask = async (gateway: Gateway, where: string, host = 'api.example.com'): Promise<unknown> => {
  const answer = await gateway.fetch(`http://${host}${where}`);
  return answer.status === 200 ? answer.json() : [answer.status, answer.headers.get('x-amzn-errortype'), await answer.json()];
};

describe('a custom domain', () => {
  const forbidden = [403, 'ForbiddenException', { message: 'Forbidden' }];

  it('serves stages below base paths, the longest first, and nothing else', async () => {
    await using gateway = await start({
      ...orders,
      Pets: api(true),
      PetsLive: stage('Pets', 'live'),
      Domain: domain(),
      A: mapping({ DomainName: { Ref: 'Domain' }, BasePath: 'orders', RestApiId: { Ref: 'Orders' }, Stage: { Ref: 'OrdersLive' } }),
      B: {
        Type: 'AWS::ApiGatewayV2::ApiMapping',
        Properties: { DomainName: 'api.example.com', ApiMappingKey: 'orders/v2', ApiId: { Ref: 'Pets' }, Stage: 'live' },
      },
    });
    expect(await ask(gateway, '/orders/a')).toEqual({ api: 'Orders', stage: 'live', path: '/orders/a', resource: '/a', domain: 'api.example.com' });
    expect(await ask(gateway, '/orders/v2/x/y')).toMatchObject({ api: 'Pets', resource: '/{proxy+}' });
    expect(await ask(gateway, '/orders/b')).toEqual([403, 'MissingAuthenticationTokenException', { message: 'Missing Authentication Token' }]);
    expect(await ask(gateway, '/ordersa')).toEqual(forbidden);
    expect(await ask(gateway, '/live/a')).toEqual(forbidden);
  });

  it.each(['(none)', '/', undefined])('may serve one stage at its root: %s', async (BasePath) => {
    await using gateway = await start({
      ...orders,
      Domain: domain(),
      A: mapping({ DomainName: 'API.example.com', BasePath, RestApiId: 'Orders', Stage: 'dev' }),
    });
    expect(await ask(gateway, '/a')).toMatchObject({ stage: 'dev', path: '/a' });
    expect(await ask(gateway, '/dev/a', 'localhost')).toMatchObject({ stage: 'dev', path: '/dev/a', domain: 'localhost' });
  });

  it('leaves the stage to its callers where the mapping names none', async () => {
    await using gateway = await start({ ...orders, A: mapping({ DomainName: 'api.example.com', BasePath: 'o', RestApiId: 'Orders' }) });
    expect(await ask(gateway, '/o/live/a')).toMatchObject({ stage: 'live' });
    expect(await ask(gateway, '/o/dev/a')).toMatchObject({ stage: 'dev' });
    expect(await ask(gateway, '/o/a')).toEqual(forbidden);
  });

  it('is found by the ARN of a private one', async () => {
    await using gateway = await start({
      ...orders,
      Domain: { Type: 'AWS::ApiGateway::DomainNameV2', Properties: { DomainName: 'api.example.com' } },
      A: {
        Type: 'AWS::ApiGateway::BasePathMappingV2',
        Properties: { DomainNameArn: { Ref: 'Domain' }, BasePath: 'o', RestApiId: 'Orders', Stage: 'dev' },
      },
    });
    expect(await ask(gateway, '/o/a')).toMatchObject({ stage: 'dev' });
  });

  it('keeps the base path in the path of an event', async () => {
    const f = ({
      path: where,
      resource,
      requestContext,
    }: {
      path: string;
      resource: string;
      requestContext: { path: string; domainName: string };
    }): object => ({
      body: JSON.stringify([where, resource, requestContext.path, requestContext.domainName]),
    });
    await using gateway = await start(
      { ...orders, A: mapping({ DomainName: 'api.example.com', BasePath: 'o', RestApiId: 'Orders', Stage: 'dev' }) },
      { 'function:f': f },
    );
    expect(await ask(gateway, '/o/f')).toEqual(['/o/f', '/f', '/o/f', 'api.example.com']);
    expect(await ask(gateway, '/dev/f', 'localhost')).toEqual(['/f', '/f', '/dev/f', 'localhost']);
  });

  it.each([
    ['certificates of clients', { MutualTlsAuthentication: { TruststoreUri: 's3://a/b.pem' } }],
    ['endpoints of a VPC', { Policy: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }] } }],
  ])('stays closed where it asks for %s', async (_, guard) => {
    await using gateway = await start({
      ...orders,
      Domain: domain(guard),
      A: mapping({ DomainName: { Ref: 'Domain' }, RestApiId: 'Orders', Stage: 'dev' }),
    });
    expect(await ask(gateway, '/a')).toMatchObject({ 0: 501 });
    expect(await ask(gateway, '/dev/a', 'localhost')).toMatchObject({ stage: 'dev' });
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', severity: 'warning' }]);
  });
});

it('several APIs have addresses of their own', async () => {
  await using gateway = await start({ ...orders, Pets: api(true), PetsLive: stage('Pets', 'live') });
  const at = async (name: string, where: string): Promise<unknown> => {
    const listener = gateway.listeners.find(({ gateway: of }) => of === name);
    return (await fetch(`${listener?.url}${where}`)).json();
  };
  expect(await at('Orders', '/live/a')).toMatchObject({ api: 'Orders' });
  expect(await at('Pets', '/live/a')).toMatchObject({ api: 'Pets' });
});
