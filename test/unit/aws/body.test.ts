import { describe, expect, it } from 'vitest';
import { start } from '../aws-http/start.ts';

const location = { Bucket: 'b', Key: 'docs/api.yaml' };
const include = { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 'docs/api.yaml' } } };
const plain = (type: string, properties: object): object => ({ Resources: { Api: { Type: type, Properties: properties } } });
const serverless = (type: string, properties: object): object => ({ Transform: 'AWS::Serverless-2016-10-31', ...plain(type, properties) });

/** Nobody knows what guards its methods, so that none of them is open; what else the template makes is served. */
describe('an API whose document is not beside the template', () => {
  it.each([
    ['a REST API in a bucket', plain('AWS::ApiGateway::RestApi', { BodyS3Location: location })],
    ['a REST API that includes it', plain('AWS::ApiGateway::RestApi', { Body: include })],
    ['an HTTP API in a bucket', plain('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP', BodyS3Location: location })],
    ['an HTTP API that includes it', plain('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP', Body: include })],
    ['a REST API of SAM', serverless('AWS::Serverless::Api', { StageName: 'default', DefinitionUri: 's3://b/docs/api.yaml' })],
    ['a REST API of SAM that includes it', serverless('AWS::Serverless::Api', { StageName: 'default', DefinitionBody: include })],
    ['an HTTP API of SAM', serverless('AWS::Serverless::HttpApi', { DefinitionUri: 'docs/api.yaml' })],
  ])('answers 501 and says which it is: %s', async (_name, template) => {
    await using gateway = await start({ 'template.json': template });
    const statuses = await Promise.all(['/default', '/default/a/b'].map(async (path) => (await gateway.fetch(path)).status));
    expect(statuses).toEqual([501, 501]);
    expect(gateway.diagnostics[0]).toMatchObject({
      code: 'DG1208',
      severity: 'warning',
      message: 'the document docs/api.yaml is not beside the template',
    });
    expect(gateway.fidelity.counts.unknown).toBe(0);
  });
});
