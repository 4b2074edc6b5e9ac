import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
const gateways: Gateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(text: string, upstreams: Record<string, unknown>, files: Record<string, string> = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-service-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'serverless.yml'), text);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  const gateway = await createGateway({ config: folder, upstreams: upstreams as never, logLevel: 'silent' });
  gateways.push(gateway);
  return gateway;
}
const get = (gateway: Gateway, at: string, init?: RequestInit): Promise<Response> => gateway.fetch(new Request(new URL(at, gateway.url), init));
const echo = (event: unknown): unknown => ({ statusCode: 200, body: JSON.stringify(event) });

describe('a service with events of both kinds', () => {
  const text = `
service: shop
provider: { name: aws, stage: live, httpApi: { cors: true } }
functions:
  rest:
    handler: a.b
    events:
      - http: GET /items/{id}
      - http: { method: post, path: items, cors: { origins: [https://a.test, https://*.b.test] } }
  http:
    handler: a.b
    events:
      - httpApi: GET /v2/{id}
`;
  it('serves each by its own API, and calls functions by their keys', async () => {
    const gateway = await start(text, { 'function:rest': echo, 'function:http': echo });
    expect(gateway.routes.map((one) => one.id)).toEqual(['OPTIONS /items', 'POST /items', 'GET /items/{id}', 'GET /v2/{id}']);
    const http = await (await fetch(new URL('/v2/7', gateway.urlFor({ name: 'HttpApi' })))).json();
    expect(http).toMatchObject({ version: '2.0', routeKey: 'GET /v2/{id}' });
    const rest = await (await get(gateway, '/live/items/7')).json();
    expect(rest).toMatchObject({ resource: '/items/{id}', pathParameters: { id: '7' }, requestContext: { stage: 'live' } });
  });
});

describe('a REST API', () => {
  it('answers preflights with the origin that asks, where it is one of those named', async () => {
    const gateway = await start(
      `service: s\nprovider: { name: aws }\nfunctions: { f: { handler: a.b, events: [{ http: { method: post, path: items, cors: { origins: [https://a.test, "https://*.b.test"] } } }] } }`,
      { 'function:f': echo },
    );
    const asked = async (origin: string): Promise<string | null> =>
      (await get(gateway, '/dev/items', { method: 'OPTIONS', headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await asked('https://x.b.test')).toBe('https://x.b.test');
    expect(await asked('https://evil.test')).toBe('https://a.test');
    const preflight = await get(gateway, '/dev/items', { method: 'OPTIONS', headers: { origin: 'https://a.test' } });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('OPTIONS,POST');
  });

  it('gives a function behind the lambda integration the framework’s own event, and reads statuses out of its errors', async () => {
    const seen: unknown[] = [];
    const gateway = await start(
      `service: s
provider: { name: aws }
functions:
  f:
    handler: a.b
    events:
      - http: { method: post, path: "items/{id}", integration: lambda, response: { headers: { X-Kind: "'mapped'" }, statusCodes: { 200: { pattern: "" }, 404: { pattern: '[\\s\\S]*\\[404\\][\\s\\S]*', template: '{"missing":true}' } } } }
`,
      {
        'function:f': (event: { body: { fail?: boolean } }) => {
          seen.push(event);
          if (event.body.fail === true) throw new Error('[404] no such item');
          return { ok: true };
        },
      },
    );
    const post = (body: string, type = 'application/json'): Promise<Response> =>
      get(gateway, '/dev/items/7?a=it%27s', { method: 'POST', body, headers: { 'content-type': type } });
    const good = await post('{"n":1}');
    expect([good.status, good.headers.get('x-kind'), await good.json()]).toEqual([200, 'mapped', { ok: true }]);
    expect(seen[0]).toMatchObject({
      body: { n: 1 },
      method: 'POST',
      stage: 'dev',
      path: { id: '7' },
      query: { a: "it's" },
      requestPath: '/items/{id}',
      headers: { 'content-type': 'application/json' },
    });
    await post('a=1&b=x%20y', 'application/x-www-form-urlencoded');
    expect(seen[1]).toMatchObject({ body: { a: '1', b: 'x y' } });
    const missing = await post('{"fail":true}');
    expect([missing.status, await missing.text()]).toEqual([404, '{"missing":true}']);
    expect((await post('x', 'text/plain')).status).toBe(415);
  });

  it('asks for keys, which plans count', async () => {
    const key = 'a-key-of-twenty-or-more';
    const gateway = await start(
      `service: s
provider: { name: aws, apiGateway: { apiKeys: [{ name: k, value: ${key} }], usagePlan: { quota: { limit: 1, period: DAY } } } }
functions: { f: { handler: a.b, events: [{ http: { method: get, path: a, private: true } }] } }
`,
      { 'function:f': echo },
    );
    expect((await get(gateway, '/dev/a')).status).toBe(403);
    const keyed = { headers: { 'x-api-key': key } };
    expect((await get(gateway, '/dev/a', keyed)).status).toBe(200);
    expect((await get(gateway, '/dev/a', keyed)).status).toBe(429);
  });

  it('does not wait for a function that is called asynchronously', async () => {
    let seen: unknown;
    const gateway = await start(
      `service: s\nprovider: { name: aws }\nfunctions: { f: { handler: a.b, events: [{ http: { method: post, path: a, async: true } }] } }`,
      {
        'function:f': (event: unknown) => {
          seen = event;
          throw new Error('[400] never told');
        },
      },
    );
    const answer = await get(gateway, '/dev/a', { method: 'POST', body: '{"n":1}', headers: { 'content-type': 'application/json' } });
    expect([answer.status, await answer.text(), (seen as { body: unknown }).body]).toEqual([200, '', { n: 1 }]);
  });

  it('sends to a server, and answers by itself', async () => {
    const gateway = await start(
      `service: s
provider: { name: aws }
functions:
  f:
    handler: a.b
    events:
      - http: { method: get, path: proxied, integration: http-proxy, request: { uri: http://backend.test/x, parameters: { querystrings: { page: true } } } }
      - http: { method: get, path: mocked, integration: mock, request: { template: { application/json: '{"statusCode": 201}' } }, response: { template: made, statusCodes: { 201: { pattern: "" } } } }
`,
      { 'backend.test': (request: Request) => new Response(new URL(request.url).search) },
    );
    expect((await get(gateway, '/dev/proxied')).status).toBe(400);
    // A mapped parameter is added to those that pass by themselves (recorded of AWS).
    expect(await (await get(gateway, '/dev/proxied?page=2')).text()).toBe('?page=2&page=2');
    const mocked = await get(gateway, '/dev/mocked');
    expect([mocked.status, await mocked.text()]).toEqual([201, 'made']);
  });

  it('goes to a service of AWS where a plugin lays it before one', async () => {
    const gateway = await start(
      `service: s
provider: { name: aws }
plugins: [serverless-apigateway-service-proxy]
custom:
  apiGatewayServiceProxies:
    - kinesis: { path: /stream, method: post, streamName: { Ref: Stream }, partitionKey: { queryStringParam: k } }
    - sqs: { path: /queue, method: post, queueName: jobs, cors: true }
resources: { Resources: { Stream: { Type: AWS::Kinesis::Stream } } }
`,
      {
        kinesis: async (request: Request) => Response.json(await request.json()),
        sqs: (request: Request) => new Response(new URL(request.url).pathname + new URL(request.url).search),
      },
    );
    const stream = await get(gateway, '/dev/stream?k=7', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
    expect(await stream.json()).toEqual({ StreamName: 'Stream', Data: Buffer.from('{"a":1}').toString('base64'), PartitionKey: '7' });
    const queue = await get(gateway, '/dev/queue', { method: 'POST', body: 'hi', headers: { 'content-type': 'application/json' } });
    expect(queue.headers.get('access-control-allow-origin')).toBe('*');
    expect(await queue.text()).toContain('/123456789012/jobs?');
  });
});

describe('an HTTP API', () => {
  it('answers preflights, and has the payload that the function or the provider says', async () => {
    const gateway = await start(
      `service: s
provider: { name: aws, httpApi: { payload: '1.0', cors: { allowedOrigins: [https://a.test], maxAge: 60 } } }
functions:
  old: { handler: a.b, events: [{ httpApi: GET /old }] }
  new: { handler: a.b, httpApi: { payload: '2.0' }, events: [{ httpApi: { path: /new, method: "*" } }] }
  rest: { handler: a.b, events: [{ httpApi: "*" }] }
`,
      { 'function:old': echo, 'function:new': echo, 'function:rest': () => ({ statusCode: 202 }) },
    );
    expect(await (await get(gateway, '/old')).json()).toMatchObject({ version: '1.0' });
    expect(await (await get(gateway, '/new', { method: 'PUT' })).json()).toMatchObject({ version: '2.0' });
    expect((await get(gateway, '/anything')).status).toBe(202);
  });
  it('asks functions whether a request may pass', async () => {
    const gateway = await start(
      `service: s
provider:
  name: aws
  httpApi:
    authorizers:
      asks: { type: request, functionName: auth, enableSimpleResponses: true, identitySource: $request.header.x-token, payloadVersion: '2.0' }
functions:
  f: { handler: a.b, events: [{ httpApi: { path: /a, method: get, authorizer: asks } }] }
  auth: { handler: a.c }
`,
      { 'function:f': echo, 'function:auth': (event: { identitySource: string[] }) => ({ isAuthorized: event.identitySource[0] === 'yes' }) },
    );
    expect((await get(gateway, '/a')).status).toBe(401);
    expect((await get(gateway, '/a', { headers: { 'x-token': 'no' } })).status).toBe(403);
    expect((await get(gateway, '/a', { headers: { 'x-token': 'yes' } })).status).toBe(200);
  });
  it('is made of functions that stand in another file', async () => {
    const gateway = await start(
      `service: s\nprovider: { name: aws }\nfunctions: \${file(functions.yml)}\n`,
      { 'function:f': () => ({ statusCode: 204 }) },
      { 'functions.yml': 'f: { handler: a.b, events: [{ httpApi: GET /a }] }\n' },
    );
    expect((await get(gateway, '/a')).status).toBe(204);
  });
});
