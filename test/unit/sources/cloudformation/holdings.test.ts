import { expect, it } from 'vitest';
import { holdingsOf } from '../../../../src/sources/cloudformation/holdings.ts';
import { Source } from '../../../../src/sources/source.ts';

it.each([
  ['serverless.yml', 'service: shop\nprovider: aws\nfunctions:\n  a: { events: [http: GET /a, httpApi: "*"] }\n', ['rest-api', 'http-api']],
  ['serverless.yml', 'service: shop\nresources:\n  Resources:\n    Api: { Type: AWS::ApiGateway::RestApi }\n', ['rest-api']],
  ['a.yaml', 'Resources:\n  Api: { Type: AWS::ApiGateway::RestApi }\n', ['rest-api']],
  ['a.json', '\n{\n  "Resources": { "Api": { "Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"} } }\n}', ['http-api']],
  ['a.yaml', 'Resources:\n  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { ProtocolType: WEBSOCKET } }\n', ['websocket-api']],
  ['a.yaml', 'Resources:\n  F: { Type: AWS::Serverless::Function, Properties: { Events: { Get: { Type: HttpApi } } } }\n', ['http-api']],
  ['a.yaml', 'Resources:\n  Table: { Type: AWS::DynamoDB::Table }\n', []],
  ['a.yaml', 'Resources:\n  Table: { Type: AWS::DynamoDB::Table\n', []],
])('%s: %s', (name, text, held) => {
  expect([...(holdingsOf(new Source(name, `/shop/${name}`, text)) ?? ['no template'])]).toEqual(held);
});

it('a file that speaks of resources somewhere is no template', () => {
  expect(holdingsOf(new Source('notes.yaml', '/notes.yaml', 'notes:\n  Resources: AWS::ApiGateway::RestApi\n'))).toBeUndefined();
});
