import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const arn = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations';

async function start(format: string): Promise<{ readonly gateway: Gateway; readonly lines: () => string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-log-'));
  folders.push(folder);
  const [config, accessLog] = [path.join(folder, 'template.json'), path.join(folder, 'access.log')];
  const get = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: arn } };
  const Resources = {
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Body: { openapi: '3.0.1', info: { title: 't', version: '1' }, paths: { '/a': { get } } } },
    },
    Live: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api' }, StageName: 'live', AccessLogSetting: { DestinationArn: 'arn:aws:logs:x', Format: format } },
    },
    Quiet: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, StageName: 'quiet' } },
  };
  writeFileSync(config, JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }));
  const f = ({ stageVariables }: { stageVariables: unknown }): object => ({ statusCode: 201, body: JSON.stringify(stageVariables) });
  const gateway = await createGateway({ config, upstreams: { 'function:f': f }, variables: { accessLog } });
  gateway.clock.freeze();
  return { gateway, lines: () => readFileSync(accessLog, 'utf8').split('\n').slice(0, -1) };
}

it('writes a line of its format for each request to a stage', async () => {
  const format =
    '{"id": "$context.requestId", "ip": "$context.identity.sourceIp", "at": "$context.requestTime", "what": "$context.httpMethod $context.resourcePath $context.protocol", "status": $context.status, "length": $context.responseLength, "ms": "$context.responseLatency $context.integration.latency", "integration": "$context.integrationStatus", "error": "$context.error.responseType $context.error.message", "user": "$context.authorizer.principalId"}';
  const { gateway, lines } = await start(format);
  await using _ = gateway;
  const answer = await gateway.fetch('/live/a');
  expect(await answer.text()).toBe('null');
  await gateway.fetch('/live/none');
  await gateway.fetch('/quiet/a');
  await vi.waitFor(() => expect(lines()).toHaveLength(2));
  const [good, bad] = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(good).toMatchObject({
    id: answer.headers.get('x-amzn-requestid'),
    what: 'GET /a HTTP/1.1',
    status: 201,
    length: 4,
    ms: '0 0',
    integration: '201',
    error: '- -',
    user: '-',
  });
  expect(good?.['at']).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  expect(bad).toMatchObject({ status: 403, ms: '0 -', integration: '-', error: 'MISSING_AUTHENTICATION_TOKEN Missing Authentication Token' });
});

it.each([
  [
    'CLF',
    '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.path" $context.status $context.requestId',
    /^\S+ - - \[\S+ \+0000\] "GET \/live\/a" 201 [0-9a-f-]{36}$/,
  ],
  [
    'XML',
    '<request id="$context.extendedRequestId">\n<status>$context.status</status></request>',
    /^<request id="\S{15}="> <status>201<\/status><\/request>$/,
  ],
])('may be %s', async (_, format, expected) => {
  const { gateway, lines } = await start(format);
  await using _gateway = gateway;
  await gateway.fetch('/live/a');
  await vi.waitFor(() => expect(lines()).toHaveLength(1));
  expect(lines()[0]).toMatch(expected);
});

it('needs a request id in its format', async () => {
  await expect(start('$context.status')).rejects.toMatchObject({ code: 'DG1203' });
});
