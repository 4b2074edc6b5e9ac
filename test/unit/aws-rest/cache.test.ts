import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { localEnv, signed } from '../aws/sign.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const sigv4 = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' };
const arn = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations';
const all = { ResourcePath: '/*', HttpMethod: '*', CachingEnabled: true };
const invalidation = (more: object): object[] => [{ ...all, ...more }];

async function start(methods: readonly object[], integration: object = {}, stage: object = {}, operation: object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-cache-'));
  folders.push(folder);
  const file = path.join(folder, 'template.json');
  const proxied = { ...operation, 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: arn, ...integration } };
  const paths = { '/a/{id}': { get: proxied, post: proxied }, '/b': { 'x-amazon-apigateway-any-method': proxied } };
  const Resources = {
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Body: { openapi: '3.0.1', info: { title: 't', version: '1' }, paths, components: { securitySchemes: { sigv4 } } } },
    },
    Live: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api' }, StageName: 'live', CacheClusterEnabled: true, MethodSettings: methods, ...stage },
    },
  };
  writeFileSync(file, JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }));
  let count = 0;
  const f = ({ path: where }: { path: string }): object => ({
    statusCode: where === '/a/bad' ? 404 : 200,
    headers: { 'x-own': '1' },
    body: String((count += 1)),
  });
  const gateway = await createGateway({ config: file, upstreams: { 'function:f': f }, env: localEnv });
  gateway.clock.freeze();
  return gateway;
}
const ask = async (gateway: Gateway, where: string, init: RequestInit = {}): Promise<string> =>
  (await gateway.fetch(new Request(`http://localhost/live${where}`, init))).text();
const anew = { headers: { 'cache-control': 'max-age=0' } };

describe('the cache of a stage', () => {
  it('answers GET for as long as an answer is fresh, on the clock of the gateway', async () => {
    await using gateway = await start([all]);
    expect(await ask(gateway, '/a/1')).toBe('1');
    await gateway.clock.advance(299_999);
    const again = await gateway.fetch('/live/a/1');
    expect([await again.text(), again.headers.get('x-own')]).toEqual(['1', '1']);
    await gateway.clock.advance(1);
    expect(await ask(gateway, '/a/1')).toBe('2');
    expect(await ask(gateway, '/a/1', { method: 'POST' })).toBe('3');
  });

  it('knows answers by what the integration names, and by nothing else', async () => {
    await using gateway = await start([all], { cacheKeyParameters: ['method.request.path.id', 'method.request.querystring.page'] });
    expect(await ask(gateway, '/a/1?page=1&x=1')).toBe('1');
    expect(await ask(gateway, '/a/1?page=1&x=2')).toBe('1');
    expect(await ask(gateway, '/a/2?page=1')).toBe('2');
    expect(await ask(gateway, '/a/1?page=2')).toBe('3');
    await using bare = await start([all]);
    expect([await ask(bare, '/a/1'), await ask(bare, '/a/2')]).toEqual(['1', '1']);
  });

  it('may be shared by methods that name it', async () => {
    await using gateway = await start([all], { cacheNamespace: 'ours' });
    expect([await ask(gateway, '/a/1'), await ask(gateway, '/b')]).toEqual(['1', '1']);
  });

  it('keeps no refusals', async () => {
    await using gateway = await start([all]);
    expect([await ask(gateway, '/a/bad'), await ask(gateway, '/a/bad')]).toEqual(['1', '2']);
  });

  it('holds for GET of a resource for any method', async () => {
    await using gateway = await start([all]);
    expect([await ask(gateway, '/b'), await ask(gateway, '/b')]).toEqual(['1', '1']);
    expect([await ask(gateway, '/b', { method: 'PUT' }), await ask(gateway, '/b', { method: 'PUT' })]).toEqual(['2', '3']);
  });

  it.each<[string, object[], object]>([
    ['without a cluster', [all], { CacheClusterEnabled: false }],
    ['where nothing asks for it', [], {}],
    ['with no time to live', [{ ...all, CacheTtlInSeconds: 0 }], {}],
    ['where a method has it switched off', [all, { ResourcePath: '/a/{id}', HttpMethod: 'GET', CachingEnabled: false }], {}],
  ])('is none %s', async (_, methods, stage) => {
    await using gateway = await start(methods, {}, stage);
    expect([await ask(gateway, '/a/1'), await ask(gateway, '/a/1')]).toEqual(['1', '2']);
  });

  it('holds for another method that asks for it by itself', async () => {
    await using gateway = await start([{ ResourcePath: '/a/{id}', HttpMethod: 'POST', CachingEnabled: true, CacheTtlInSeconds: 60 }]);
    expect([await ask(gateway, '/a/1', { method: 'POST' }), await ask(gateway, '/a/1', { method: 'POST' })]).toEqual(['1', '1']);
    expect([await ask(gateway, '/a/1'), await ask(gateway, '/a/1')]).toEqual(['2', '3']);
    await gateway.clock.advance(60_000);
    expect(await ask(gateway, '/a/1', { method: 'POST' })).toBe('4');
  });

  it('is asked anew by Cache-Control: max-age=0 where nobody needs a right for it', async () => {
    await using gateway = await start(invalidation({ RequireAuthorizationForCacheControl: false }));
    expect([await ask(gateway, '/a/1'), await ask(gateway, '/a/1', anew), await ask(gateway, '/a/1')]).toEqual(['1', '2', '2']);
  });

  it.each<[string, object, number, string | null]>([
    ['warned', {}, 200, '199 Cache-control headers were ignored because the caller was unauthorized.'],
    ['refused', { UnauthorizedCacheControlHeaderStrategy: 'FAIL_WITH_403' }, 403, null],
    ['passed over', { UnauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITHOUT_RESPONSE_HEADER' }, 200, null],
  ])('has those who lack the right %s', async (_, more, status, warning) => {
    await using gateway = await start(invalidation(more));
    expect(await ask(gateway, '/a/1')).toBe('1');
    const answer = await gateway.fetch(new Request('http://localhost/live/a/1', anew));
    expect([answer.status, answer.headers.get('warning')]).toEqual([status, warning]);
    if (status === 200) expect(await answer.text()).toBe('1');
  });
});

it('is asked anew by who signed with the credentials of this machine', async () => {
  const methods = [{ ...all, UnauthorizedCacheControlHeaderStrategy: 'FAIL_WITH_403' }];
  await using gateway = await start(methods, {}, {}, { security: [{ sigv4: [] }] });
  const at = gateway.clock.now();
  const headers = { 'cache-control': 'max-age=0' };
  expect(await (await gateway.fetch(signed('/live/a/1', { at }))).text()).toBe('1');
  expect(await (await gateway.fetch(signed('/live/a/1', { at }))).text()).toBe('1');
  expect(await (await gateway.fetch(signed('/live/a/1', { at, headers }))).text()).toBe('2');
});

it('a cache key that is no parameter is refused', async () => {
  await expect(start([all], { cacheKeyParameters: ['request.path.id'] })).rejects.toMatchObject({ code: 'DG1203' });
});
