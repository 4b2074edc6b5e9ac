import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readReply } from '../../../src/dialects/aws-http/reply.ts';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { localEnv, signed } from '../aws/sign.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Properties = Record<string, unknown>;
const lambda = (name: string, payload = '2.0'): Properties => ({
  IntegrationType: 'AWS_PROXY',
  IntegrationUri: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
  PayloadFormatVersion: payload,
});
const http = (uri: string, more: Properties = {}): Properties => ({
  IntegrationType: 'HTTP_PROXY',
  IntegrationMethod: 'ANY',
  IntegrationUri: uri,
  ...more,
});

/** One API; each route has its own integration. */
async function api(
  routes: Record<string, Properties>,
  upstreams: Record<string, unknown>,
  {
    stage = {},
    own = {},
    route = {},
    more = {},
    env = {},
  }: { stage?: Properties; own?: Properties; route?: Properties; more?: Properties; env?: Record<string, string> } = {},
): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-http-api-'));
  folders.push(folder);
  const resource = (type: string, properties: Properties): object => ({
    Type: `AWS::ApiGatewayV2::${type}`,
    Properties: { ApiId: { Ref: 'Api' }, ...properties },
  });
  const each = Object.entries(routes).flatMap(([key, integration], at) => [
    [`I${at}`, resource('Integration', integration)],
    [`R${at}`, resource('Route', { RouteKey: key, Target: { 'Fn::Sub': `integrations/\${I${at}}` }, ...route })],
  ]);
  const Resources = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 't', ProtocolType: 'HTTP', ...own } },
    Stage: resource('Stage', { StageName: '$default', ...stage }),
    ...Object.fromEntries(each as [string, object][]),
    ...more,
  };
  writeFileSync(path.join(folder, 'template.json'), JSON.stringify({ Resources }));
  return createGateway({ config: folder, upstreams: upstreams as never, env });
}

const says = (text: string) => (): Response => new Response(text);

describe('an HTTP API', () => {
  it('chooses the full match, then the greedy one, then $default', async () => {
    await using gateway = await api(
      {
        $default: http('http://d.test'),
        'ANY /{proxy+}': http('http://c.test/'),
        'GET /a/{id}': http('http://b.test/'),
        'GET /a/1': http('http://a.test/'),
      },
      { 'a.test': says('a'), 'b.test': says('b'), 'c.test': says('c'), 'd.test': says('d') },
    );
    const asked = await Promise.all(['/a/1', '/a/2', '/x/y', '/'].map(async (one) => (await gateway.fetch(one)).text()));
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
  });

  it('serves a named stage below its name only, and says Not Found otherwise', async () => {
    await using gateway = await api({ 'GET /a': http('http://a.test/') }, { 'a.test': says('a') }, { stage: { StageName: 'dev' } });
    expect(await (await gateway.fetch('/dev/a')).text()).toBe('a');
    const refused = await gateway.fetch('/a');
    expect(refused.status).toBe(404);
    expect(refused.headers.get('apigw-requestid')).toMatch(/^[\w-]{15}=$/);
    expect(await refused.json()).toEqual({ message: 'Not Found' });
  });

  it('gives a function a 2.0 event, and takes what it returns for a JSON answer', async () => {
    await using gateway = await api(
      { 'POST /a/{id}': lambda('f') },
      { 'function:f': (event: unknown) => ({ event }) },
      { stage: { StageVariables: { v: '1' } } },
    );
    const request = new Request('http://localhost/a/7?p=1&p=2', {
      method: 'POST',
      headers: { cookie: 'a=1; b=2', 'content-type': 'text/plain' },
      body: 'hi',
    });
    const { event } = (await (await gateway.fetch(request)).json()) as { event: Record<string, unknown> };
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /a/{id}',
      rawPath: '/a/7',
      rawQueryString: 'p=1&p=2',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { p: '1,2' },
      pathParameters: { id: '7' },
      stageVariables: { v: '1' },
      body: 'hi',
      isBase64Encoded: false,
    });
    expect(event['headers']).not.toHaveProperty('cookie');
  });

  it('answers 503 when a function takes too long', async () => {
    await using gateway = await api({ 'GET /a': { ...lambda('f'), TimeoutInMillis: 100 } }, { 'function:f': () => new Promise(() => {}) });
    gateway.clock.freeze();
    const answer = gateway.fetch('/a');
    await new Promise((resolve) => setImmediate(resolve));
    await gateway.clock.advance(100);
    expect((await answer).status).toBe(503);
  });

  it('maps parameters of requests and responses', async () => {
    const mapping = {
      RequestParameters: {
        'overwrite:header.x-stage': '$context.stage',
        'remove:header.x-gone': "''",
        'append:querystring.a': '2',
        'overwrite:path': '/new',
      },
      ResponseParameters: { 404: { ResponseParameters: [{ Destination: 'overwrite:statuscode', Source: '410' }] } },
    };
    const seen: Request[] = [];
    const upstream = (request: Request): Response => (seen.push(request), new Response('', { status: 404 }));
    await using gateway = await api({ 'GET /a': http('http://a.test/old', mapping) }, { 'a.test': upstream });
    const answer = await gateway.fetch(new Request('http://localhost/a?a=1', { headers: { 'x-gone': '1' } }));
    expect(answer.status).toBe(410);
    expect(seen[0]?.url).toBe('http://a.test/new?a=1&a=2');
    expect(seen[0]?.headers.get('x-stage')).toBe('$default');
    expect(seen[0]?.headers.has('x-gone')).toBe(false);
  });

  it('answers a preflight itself, and its CORS fields replace those of the integration', async () => {
    const backend = (): Response => new Response('', { headers: { 'access-control-allow-origin': 'https://other.example' } });
    const own = { CorsConfiguration: { AllowOrigins: ['https://a.example'], AllowMethods: ['GET'] } };
    await using gateway = await api({ 'GET /a': http('http://a.test/') }, { 'a.test': backend }, { own });
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
    const preflight = await gateway.fetch(new Request('http://localhost/a', { method: 'OPTIONS', headers }));
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'GET']);
    expect((await gateway.fetch(new Request('http://localhost/a', { headers }))).headers.get('access-control-allow-origin')).toBe(
      'https://a.example',
    );
  });

  it('throttles each route by what the stage says', async () => {
    const stage = { DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } };
    await using gateway = await api({ 'GET /a': http('http://a.test/') }, { 'a.test': says('a') }, { stage });
    gateway.clock.freeze();
    expect((await gateway.fetch('/a')).status).toBe(200);
    const refused = await gateway.fetch('/a');
    expect([refused.status, await refused.json()]).toEqual([429, { message: 'Too Many Requests' }]);
  });

  it('asks a Lambda authorizer, keeps its answer for its time, and does not ask without an identity', async () => {
    let calls = 0;
    const auth = ({ headers }: { headers: Record<string, string> }): object => (calls++, { isAuthorized: headers['x-token'] === 'good' });
    const more = {
      Auth: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: {
          ApiId: { Ref: 'Api' },
          AuthorizerType: 'REQUEST',
          AuthorizerPayloadFormatVersion: '2.0',
          EnableSimpleResponses: true,
          AuthorizerResultTtlInSeconds: 60,
          IdentitySource: ['$request.header.X-Token'],
          AuthorizerUri: 'arn:aws:lambda:us-east-1:123456789012:function:auth',
        },
      },
    };
    const route = { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Auth' } };
    await using gateway = await api({ 'GET /a': http('http://a.test/') }, { 'a.test': says('a'), 'function:auth': auth }, { route, more });
    gateway.clock.freeze();
    const ask = async (token?: string): Promise<number> =>
      (await gateway.fetch(new Request('http://localhost/a', token === undefined ? {} : { headers: { 'x-token': token } }))).status;
    expect([await ask(), await ask('bad'), await ask('good'), await ask('good')]).toEqual([401, 403, 200, 200]);
    expect(calls).toBe(2);
    await gateway.clock.advance(61_000);
    expect([await ask('good'), calls]).toEqual([200, 3]);
  });

  it('lets through a route under IAM who signed with the credentials of this machine', async () => {
    const events: { requestContext: { authorizer?: unknown } }[] = [];
    const echo = (event: (typeof events)[number]): object => (events.push(event), { statusCode: 200 });
    await using gateway = await api(
      { 'GET /a': lambda('f'), 'POST /a': lambda('f') },
      { 'function:f': echo },
      { route: { AuthorizationType: 'AWS_IAM' }, env: localEnv },
    );
    expect((await gateway.fetch('/a')).status).toBe(403);
    expect((await gateway.fetch(signed('/a?b=1'))).status).toBe(200);
    expect((await gateway.fetch(signed('/a', { method: 'POST', body: '{"n":1}' }))).status).toBe(200);
    expect(events[0]?.requestContext.authorizer).toMatchObject({ iam: { accessKey: 'AKIDLOCAL', accountId: '123456789012' } });
    const refused = await gateway.fetch(signed('/a', { secret: 'another' }));
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }]);
  });
  it('lets nobody through a route under IAM where there are no credentials', async () => {
    await using gateway = await api({ 'GET /a': http('http://a.test/') }, {}, { route: { AuthorizationType: 'AWS_IAM' }, env: {} });
    expect((await gateway.fetch(signed('/a'))).status).toBe(403);
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1204', message: expect.stringMatching(/no signature is good/) as string }]);
  });
});

describe('the parts', () => {
  it('call replies of payload 1.0 without a status malformed', () => {
    expect(readReply({ body: 'x' }, '1.0')).toBeUndefined();
    expect(readReply({ statusCode: 201, multiValueHeaders: { a: ['1', '2'] } }, '1.0')?.headers.slice(0, 4)).toEqual(['a', '1', 'a', '2']);
  });
});
