import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function start(files: Record<string, object>, config = '.'): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-assembly-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), JSON.stringify(content));
  }
  const orders = (): unknown => ({ statusCode: 200, body: 'orders' });
  return createGateway({ config: path.join(folder, config), upstreams: { 'function:Orders': orders } });
}
const stack = (templateFile: string): object => ({ type: 'aws:cloudformation:stack', properties: { templateFile } });
const manifest = (...templates: string[]): object => ({
  version: '36.0.0',
  artifacts: {
    Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    'Shop.assets': { type: 'cdk:asset-manifest', properties: { file: 'Shop.assets.json' } },
    ...Object.fromEntries(templates.map((one) => [one, stack(one)])),
  },
});
const property = (more: object): object => ({ RestApiId: { Ref: 'Api' }, ...more });
const method = (Integration: object): object => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: property({ ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, HttpMethod: 'GET', AuthorizationType: 'NONE', Integration }),
});
const mock = { Type: 'MOCK', RequestTemplates: { 'application/json': '{"statusCode": 200}' }, IntegrationResponses: [{ StatusCode: '204' }] };
const proxy = (arn: unknown): object => ({
  Type: 'AWS_PROXY',
  IntegrationHttpMethod: 'POST',
  Uri: { 'Fn::Join': ['', ['arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/', arn, '/invocations']] },
});
const api = (integration: object): object => ({
  Resources: {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'shop' } },
    Get: method(integration),
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: property({ StageName: 'prod', DeploymentId: 'd' }) },
  },
});
const functions = {
  Resources: { Orders: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.12', Handler: 'a.b', Code: { S3Bucket: 'b' } } } },
  Outputs: { Export: { Value: { 'Fn::GetAtt': ['Orders', 'Arn'] }, Export: { Name: 'Functions:OrdersArn' } } },
};

describe('a cloud assembly of the CDK', () => {
  it('is the stacks that its manifest names; assets are none', async () => {
    await using gateway = await start({
      'manifest.json': manifest('Shop.template.json'),
      'Shop.template.json': api(mock),
      'asset.1234.json': { openapi: '3.0.1', paths: { '/x': { get: { 'x-amazon-apigateway-integration': { type: 'mock' } } } } },
      'tree.json': { version: 'tree-0.1' },
      'Shop.assets.json': { version: '36.0.0' },
    });
    expect((await gateway.fetch('/prod')).status).toBe(204);
    expect(gateway.diagnostics).toEqual([]);
  });

  it('knows what one of its stacks exports to another', async () => {
    await using gateway = await start({
      'manifest.json': manifest('Functions.template.json', 'Shop.template.json'),
      'Functions.template.json': functions,
      'Shop.template.json': api(proxy({ 'Fn::ImportValue': 'Functions:OrdersArn' })),
    });
    expect(await (await gateway.fetch('/prod')).text()).toBe('orders');
    expect(gateway.diagnostics).toEqual([]);
  });

  it('reads nested stacks and documents from its assets', async () => {
    const shop = {
      Resources: {
        Inner: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: { TemplateURL: 'https://s3/b/1.json' },
          Metadata: { 'aws:asset:path': 'Inner.nested.template.json' },
        },
      },
    };
    const inner = {
      Resources: {
        Api: {
          Type: 'AWS::ApiGateway::RestApi',
          Properties: { BodyS3Location: { Bucket: 'b', Key: 'k' } },
          Metadata: { 'aws:asset:path': 'asset.1.json' },
        },
        Stage: { Type: 'AWS::ApiGateway::Stage', Properties: property({ StageName: 'prod', DeploymentId: 'd' }) },
      },
    };
    const integration = {
      type: 'mock',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
      responses: { default: { statusCode: 203 } },
    };
    await using gateway = await start({
      'manifest.json': manifest('Shop.template.json'),
      'Shop.template.json': shop,
      'Inner.nested.template.json': inner,
      'asset.1.json': { openapi: '3.0.1', paths: { '/x': { get: { 'x-amazon-apigateway-integration': integration } } } },
    });
    expect((await gateway.fetch('/prod/x')).status).toBe(203);
  });

  it('has stages, which are assemblies of their own', async () => {
    await using gateway = await start(
      {
        'cdk.out/manifest.json': {
          version: '36.0.0',
          artifacts: { live: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-live' } } },
        },
        'cdk.out/assembly-live/manifest.json': manifest('Shop.template.json'),
        'cdk.out/assembly-live/Shop.template.json': api(mock),
      },
      'cdk.out',
    );
    expect((await gateway.fetch('/prod')).status).toBe(204);
  });

  it('gives each of several APIs an address of its own', async () => {
    await using gateway = await start({
      'manifest.json': manifest('A.template.json', 'B.template.json'),
      'A.template.json': api(mock),
      'B.template.json': JSON.parse(JSON.stringify(api(mock)).replaceAll('"Api"', '"Other"')) as object,
    });
    const statuses = await Promise.all(['Api', 'Other'].map(async (name) => (await fetch(`${gateway.urlFor({ name })}/prod`)).status));
    expect(statuses).toEqual([204, 204]);
  });
});

it('a method of an API that no template makes is told', async () => {
  await using gateway = await start({
    'a.json': {
      Resources: {
        Api: { Type: 'AWS::ApiGateway::RestApi', Properties: {} },
        Get: JSON.parse(JSON.stringify(method(mock)).replace('{"Ref":"Api"}', '{"Fn::ImportValue":"api"}')) as object,
      },
    },
  });
  expect(gateway.diagnostics).toMatchObject([{ code: 'DG1205', severity: 'warning', message: 'no template here makes the API import:api' }]);
});
