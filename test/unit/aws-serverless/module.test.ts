import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { load } from '../../../src/gateway/load.ts';

const service = JSON.stringify({
  service: 'shop',
  provider: { name: 'aws', stage: "${opt:stage, 'dev'}" },
  functions: { list: { handler: 'list.handler', events: [{ http: { method: 'get', path: 'orders' } }] } },
});

test.each([
  ['serverless.ts', `export default ${service};`],
  ['serverless.mjs', `export default Promise.resolve(${service});`],
  ['serverless.json', service],
])('a folder with a %s', async (name, text) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-serverless-module-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, name), text);
  const options = { variables: {}, env: {}, stage: 'test' };
  const { sources, gateway, ledger } = await load({ config: folder, dialect: undefined, folder, options }, dialects);
  expect(ledger.diagnostics).toEqual([]);
  expect(sources).toEqual([{ file: name, dialect: 'aws-rest' }]);
  expect(JSON.stringify(gateway)).toContain('/orders');
});

test('what a configuration takes in is none of its own beside it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-serverless-parts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'resources.yml'), 'Resources: { Table: { Type: AWS::DynamoDB::Table } }');
  writeFileSync(
    path.join(folder, 'serverless.yml'),
    'service: a\nprovider: aws\nfunctions: { a: { handler: a.b, events: [http: GET a] } }\nresources:\n  - ${file(./resources.yml)}\n',
  );
  const { sources, ledger } = await load({ config: folder, dialect: undefined, folder, options: { variables: {}, env: {} } }, dialects);
  expect(sources.map(({ file }) => file)).toEqual(['serverless.yml']);
  expect(ledger.diagnostics).toEqual([]);
});

test('APIs that only resources make are found, in lists and in other files', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-serverless-resources-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const api = [
    'Resources:',
    '  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: a, ProtocolType: HTTP } }',
    '  Stage: { Type: AWS::ApiGatewayV2::Stage, Properties: { ApiId: !Ref Api, StageName: $default, AutoDeploy: true } }',
    '  Proxy:',
    '    Type: AWS::ApiGatewayV2::Integration',
    '    Properties: { ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://${self:custom.host}/", PayloadFormatVersion: "1.0" }',
    '  Route: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Api, RouteKey: GET /orders, Target: !Sub "integrations/${Proxy}" } }',
  ];
  writeFileSync(path.join(folder, 'api.yml'), api.join('\n'));
  const list = api.map((line, at) => (at === 0 ? `\n  - ${line}` : `    ${line}`)).join('\n');
  for (const [name, resources] of [
    ['list', list],
    ['file', '${file(api.yml)}'],
  ] as const) {
    writeFileSync(path.join(folder, `${name}.yml`), `service: a\nprovider: aws\ncustom: { host: example.test }\nresources: ${resources}\n`);
    const { gateway, ledger } = await load({ config: `${name}.yml`, dialect: undefined, folder, options: { variables: {}, env: {} } }, dialects);
    expect(ledger.diagnostics).toEqual([]);
    expect(JSON.stringify(gateway)).toContain('example.test');
  }
});
