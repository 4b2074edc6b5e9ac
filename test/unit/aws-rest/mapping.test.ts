import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Upstreams = NonNullable<NonNullable<Parameters<typeof createGateway>[0]>['upstreams']>;

/** An API with one resource `/r/{id}` whose integration is given. */
async function api(integration: object, upstreams: Upstreams = {}, more: object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-mapping-'));
  folders.push(folder);
  const paths = { '/r/{id}': { 'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': integration } } };
  writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify({ openapi: '3.0.1', info: { title: 't', version: '1' }, paths, ...more }));
  return createGateway({ config: folder, stage: 'dev', upstreams });
}

const post = (body: string, headers: Record<string, string> = {}): Request =>
  new Request('http://localhost/dev/r/7?q=1&q=2', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

/** A backend that says what came. */
const echo = async (request: Request): Promise<Response> =>
  Response.json(
    {
      method: request.method,
      url: new URL(request.url).pathname + new URL(request.url).search,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    },
    { headers: { 'X-Inner': 'secret' } },
  );
const httpTo = (more: object) => ({
  type: 'http',
  httpMethod: 'POST',
  uri: 'http://back.internal/v1/{id}',
  responses: { default: { statusCode: '200' } },
  ...more,
});
interface Echoed {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe('an HTTP integration', () => {
  it('sends what its template renders, and nothing of the client but what is mapped', async () => {
    const integration = httpTo({
      requestParameters: {
        'integration.request.path.id': 'method.request.path.id',
        'integration.request.querystring.all': 'method.request.multivaluequerystring.q',
        'integration.request.header.X-Name': 'method.request.body.name',
        'integration.request.header.X-Stage': 'context.stage',
      },
      requestTemplates: { 'application/json': '#set($b = $input.path("$"))<$b.name $input.params("id") $input.json("$.list")>' },
    });
    await using gateway = await api(integration, { 'back.internal': echo });
    const answer = await gateway.fetch(post('{"name": "ann", "list": [1, {"a": 2.0}]}', { 'x-own': '1' }));
    const seen = (await answer.json()) as Echoed;
    expect(seen).toMatchObject({ method: 'POST', url: '/v1/7?all=1&all=2', body: '<ann 7 [1,{"a":2.0}]>' });
    expect(seen.headers).toMatchObject({ host: 'back.internal', 'x-name': 'ann', 'x-stage': 'dev', accept: 'application/json' });
    expect(seen.headers['x-own']).toBeUndefined();
    expect(answer.headers.get('x-inner')).toBeNull();
  });

  it('lets overrides of a template win over parameters, on both ways', async () => {
    const integration = httpTo({
      requestParameters: { 'integration.request.header.X-One': "'mapped'" },
      requestTemplates: { 'application/json': '#set($context.requestOverride.header.x-one = "over")#set($context.requestOverride.path.id = "9")' },
      responses: {
        default: {
          statusCode: '200',
          responseParameters: { 'method.response.header.X-Inner': 'integration.response.header.x-inner' },
          responseTemplates: {
            'application/json':
              '#set($context.responseOverride.status = 418)#set($context.responseOverride.header.X-More = "m")$input.path("$.headers.x-one") $input.path("$.url")',
          },
        },
      },
    });
    await using gateway = await api(integration, { 'back.internal': echo });
    const answer = await gateway.fetch(post('{}'));
    expect(answer.status).toBe(418);
    expect(answer.headers.get('x-more')).toBe('m');
    expect(await answer.text()).toBe('over /v1/9');
  });

  it('selects the response by the whole status, else the default, else fails', async () => {
    const responses = { '4\\d{2}': { statusCode: '400' }, '50': { statusCode: '500' } };
    const backend = (status: number) => ({ 'back.internal': () => new Response('x', { status }) });
    await using bad = await api(httpTo({ responses }), backend(404));
    expect((await bad.fetch(post('{}'))).status).toBe(400);
    await using none = await api(httpTo({ responses }), backend(503));
    const failed = await none.fetch(post('{}'));
    expect([failed.status, await failed.json()]).toEqual([500, { message: 'Internal server error' }]);
  });

  it.each([
    ['when_no_match', 'text/plain', 200, 'raw'],
    ['when_no_match', 'application/json; charset=utf-8', 200, 'T'],
    ['when_no_templates', 'text/plain', 415, ''],
    ['never', 'text/plain', 415, ''],
  ])('%s with a body of type %s: %i', async (passthroughBehavior, type, status, body) => {
    const integration = httpTo({ passthroughBehavior, requestTemplates: { 'application/json': 'T' } });
    await using gateway = await api(integration, { 'back.internal': echo });
    const answer = await gateway.fetch(post('raw', { 'content-type': type }));
    expect(answer.status).toBe(status);
    if (status === 200) expect(((await answer.json()) as Echoed).body).toBe(body);
  });

  it.each([
    ['a template that fails', { requestTemplates: { 'application/json': '$input.path("$").substring(9)$util.parseJson("x")' } }],
    ['a template that cannot be read', { requestTemplates: { 'application/json': '#if(' } }],
    ['a reserved field', { requestParameters: { 'integration.request.header.Content-Length': "'1'" } }],
    ['a body that is not base64', { contentHandling: 'CONVERT_TO_BINARY' }],
  ])('answers 500 for %s', async (_, more) => {
    await using gateway = await api(httpTo(more), { 'back.internal': echo });
    expect((await gateway.fetch(post('{"a"'))).status).toBe(500);
  });

  it('gives a binary body to a backend that wants text as base64', async () => {
    await using gateway = await api(
      httpTo({ contentHandling: 'CONVERT_TO_TEXT' }),
      { 'back.internal': echo },
      { 'x-amazon-apigateway-binary-media-types': ['image/png'] },
    );
    const answer = await gateway.fetch(post('abc', { 'content-type': 'image/png' }));
    expect(((await answer.json()) as Echoed).body).toBe('YWJj');
  });
});

describe('an AWS integration of a function', () => {
  const lambda = {
    type: 'aws',
    httpMethod: 'POST',
    uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations',
  };

  it('gives it the rendered event and selects the response by its error', async () => {
    const integration = {
      ...lambda,
      requestTemplates: { 'application/json': '{"id": "$input.params(\'id\')"}' },
      responses: {
        default: { statusCode: '200' },
        '.*missing.*': { statusCode: '404', responseTemplates: { 'application/json': '$input.path("$.errorMessage")' } },
      },
    };
    const f = (event: { id: string }): unknown => {
      if (event.id === '7') throw new Error('it is missing');
      return event;
    };
    await using gateway = await api(integration, { 'function:f': f as never });
    const missing = await gateway.fetch(post('{}'));
    expect([missing.status, await missing.text()]).toEqual([404, 'it is missing']);
    const found = await gateway.fetch(new Request('http://localhost/dev/r/8'));
    expect([found.status, await found.json()]).toEqual([200, { id: '8' }]);
  });
});

describe('a MOCK integration', () => {
  const mock = (request: string, response = '') => ({
    type: 'mock',
    requestTemplates: { 'application/json': request },
    responses: { '200': { statusCode: '200', responseTemplates: { 'application/json': response } } },
  });

  it.each([
    ['{"statusCode": 200}', 200],
    ['{statusCode: 200}', 200],
    ['#if($input.params("id") == 7){"statusCode": 200}#end', 200],
    ['{"statusCode": "200"}', 500],
    ['{"statusCode": 404}', 500],
  ])('%s: %i', async (request, status) => {
    await using gateway = await api(mock(request));
    expect((await gateway.fetch('/dev/r/7')).status).toBe(status);
  });

  it('shares $context between its templates', async () => {
    await using gateway = await api(
      mock(
        '#set($context.requestOverride.path.x = "from there"){"statusCode": 200}',
        '$context.requestOverride.path.x $context.resourcePath $!context.none',
      ),
    );
    expect(await (await gateway.fetch('/dev/r/7')).text()).toBe('from there /r/{id} ');
  });
});

describe('a configuration', () => {
  it('is refused where a parameter is mapped from something that is no source', async () => {
    await expect(api(httpTo({ requestParameters: { 'integration.request.header.X': 'true' } }))).rejects.toThrow(/no request parameter/);
    await expect(api(httpTo({ responses: { '(a+)+': { statusCode: '200' } } }))).rejects.toThrow(/selection pattern/);
  });

  it('fails a proxy integration that maps a reserved field, only when it is asked', async () => {
    const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations';
    await using gateway = await api(
      { type: 'aws_proxy', uri, requestParameters: { 'integration.request.header.TE': "'gzip'" } },
      { 'function:f': (() => ({})) as never },
    );
    expect((await gateway.fetch('/dev/r/7')).status).toBe(500);
  });

  it('puts stage variables into the host, and fails where one is not set', async () => {
    const upstreams = { 'back.internal': () => new Response('ok') };
    await using gateway = await api(httpTo({ uri: 'http://${stageVariables.host}/x' }), upstreams);
    expect((await gateway.fetch(post('{}'))).status).toBe(500);
  });
});
