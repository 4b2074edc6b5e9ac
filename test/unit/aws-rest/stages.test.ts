import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const told = '{"stage": "$context.stage", "color": "$stageVariables.color", "size": "$stageVariables.size", "canary": "$context.isCanaryRequest"}';
const resources = {
  Api: {
    Type: 'AWS::ApiGateway::RestApi',
    Properties: {
      Body: {
        openapi: '3.0.1',
        info: { title: 't', version: '1' },
        paths: {
          '/a': {
            get: {
              'x-amazon-apigateway-integration': {
                type: 'mock',
                requestTemplates: { 'application/json': '{"statusCode": 200}' },
                responses: { default: { statusCode: '200', responseTemplates: { 'application/json': told } } },
              },
            },
          },
        },
      },
    },
  },
};
const stage = (properties: object): object => ({ Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, ...properties } });
const deployment = (properties: object): object => ({
  Type: 'AWS::ApiGateway::Deployment',
  Properties: { RestApiId: { Ref: 'Api' }, ...properties },
});

async function start(more: object, options: object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-stages-'));
  folders.push(folder);
  const file = path.join(folder, 'template.json');
  writeFileSync(file, JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: { ...resources, ...more } }));
  return createGateway({ config: file, ...options });
}
const at = async (gateway: Gateway, where: string): Promise<unknown> => (await gateway.fetch(where)).json();

describe('stages', () => {
  const two = {
    Dev: stage({ StageName: 'dev', Variables: { color: 'red' } }),
    Prod: stage({ StageName: 'prod', Variables: { color: 'blue' } }),
  };

  it('are all served, each below its name and with its variables', async () => {
    await using gateway = await start(two);
    expect(await at(gateway, '/dev/a')).toEqual({ stage: 'dev', color: 'red', size: '', canary: '' });
    expect(await at(gateway, 'http://localhost//prod/a')).toMatchObject({ stage: 'prod', color: 'blue' });
    expect((await gateway.fetch('/test/a')).status).toBe(403);
  });

  it('give way to the one that is asked for', async () => {
    await using gateway = await start(two, { stage: 'prod', variables: { size: 'xl' } });
    expect(await at(gateway, '/prod/a')).toMatchObject({ color: 'blue', size: 'xl' });
    expect((await gateway.fetch('/dev/a')).status).toBe(403);
  });

  it('may be made by a deployment that describes them', async () => {
    const limits = { Variables: { color: 'green' }, ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 };
    await using gateway = await start({
      ...two,
      Live: deployment({ StageName: 'live', StageDescription: limits }),
      Again: deployment({ StageName: 'dev', StageDescription: { Variables: { color: 'no' } } }),
    });
    gateway.clock.freeze();
    expect(await at(gateway, '/live/a')).toMatchObject({ stage: 'live', color: 'green' });
    expect((await gateway.fetch('/live/a')).status).toBe(429);
    expect(await at(gateway, '/dev/a')).toMatchObject({ color: 'red' });
  });

  it('say what holds for a method, the nearest first', async () => {
    const methods = (limits: object[]): object => stage({ StageName: 'dev', MethodSettings: limits });
    const all = { ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 };
    const mine = { ResourcePath: '/~1a', HttpMethod: 'GET', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 };
    await using gateway = await start({ Dev: methods([all, { ...mine, ResourcePath: '/a' }]) });
    gateway.clock.freeze();
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await gateway.fetch('/dev/a')).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('a canary', () => {
  const canary = (percent: number): object => ({ PercentTraffic: percent, StageVariableOverrides: { color: 'yellow', size: 's' } });

  it('takes its share of the requests, with variables of its own', async () => {
    await using gateway = await start({ Dev: stage({ StageName: 'dev', Variables: { color: 'red' }, CanarySetting: canary(50) }) });
    const seen = new Set<string>();
    for (let count = 0; count < 40; count += 1) seen.add(JSON.stringify(await at(gateway, '/dev/a')));
    expect([...seen].toSorted()).toEqual([
      '{"stage":"dev","color":"red","size":"","canary":"false"}',
      '{"stage":"dev","color":"yellow","size":"s","canary":"true"}',
    ]);
  });

  it.each([
    [0, 'false'],
    [100, 'true'],
  ])('of %i percent is %s for every request', async (percent, expected) => {
    await using gateway = await start({ Dev: deployment({ StageName: 'dev', DeploymentCanarySettings: canary(percent) }) });
    for (let count = 0; count < 5; count += 1) expect(await at(gateway, '/dev/a')).toMatchObject({ canary: expected });
  });
});

it('a template may be indented as a whole, and its document may be elsewhere', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-stages-'));
  folders.push(folder);
  const file = path.join(folder, 'template.yaml');
  writeFileSync(
    file,
    `
  Resources:
    Api: { Type: AWS::ApiGateway::RestApi, Properties: { BodyS3Location: { Bucket: b, Key: api.yaml } } }
    Dev: { Type: AWS::ApiGateway::Stage, Properties: { RestApiId: !Ref Api, StageName: dev, DeploymentId: d } }
`,
  );
  await using gateway = await createGateway({ config: file });
  expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', severity: 'warning' }]);
  expect((await gateway.fetch('/dev/a')).status).toBe(403);
});
