import { describe, expect, it } from 'vitest';
import { startWith } from './start-traced.ts';

type Handler = (event: any, context: any) => unknown;
const lambda = (config: string, handler: Handler, more: Parameters<typeof startWith>[1] = {}) =>
  startWith(`[{ name: aws-lambda, config: { aws_region: eu-west-1, function_name: hello ${config} } }]`, {
    ...more,
    upstreams: { 'function:hello': handler, ...more.upstreams },
  });
const ask = (path = '/', init: RequestInit = {}): Request => new Request(`http://api.example.com${path}`, init);
const post = (type: string, body: string): Request => ask('/p?a=1', { method: 'POST', headers: { 'content-type': type }, body });

describe('events of aws-lambda', () => {
  const seen = async (config: string, request: Request): Promise<any> => {
    await using node = await lambda(config, (event) => ({ event }));
    return ((await (await node.gateway.fetch(request)).json()) as any).event;
  };

  it('are the arguments alone, of query and body', async () => {
    expect(await seen('', post('application/json', '{"b":[1]}'))).toEqual({ a: '1', b: [1] });
    expect(await seen('', post('application/x-www-form-urlencoded', 'b=2&b=3'))).toEqual({ a: '1', b: ['2', '3'] });
    expect(await seen('', post('text/plain', 'b=2'))).toEqual({ a: '1' });
  });

  it('are what is forwarded', async () => {
    const all = ', forward_request_method: true, forward_request_uri: true, forward_request_headers: true, forward_request_body: true';
    expect(await seen(all, post('application/json', '{"b":1}'))).toMatchObject({
      request_method: 'POST',
      request_uri: '/p?a=1',
      request_uri_args: { a: '1' },
      request_headers: { host: 'api.example.com', 'content-type': 'application/json' },
      request_body: '{"b":1}',
      request_body_args: { b: 1 },
    });
    const body = ', forward_request_body: true';
    expect(await seen(body, post('application/octet-stream', 'x'))).toEqual({
      request_body: 'eA==',
      request_body_base64: true,
      request_body_args: {},
    });
    expect(await seen(`${body}, base64_encode_body: false`, post('application/octet-stream', 'x'))).toEqual({
      request_body: 'x',
      request_body_args: {},
    });
    expect(await seen(body, post('text/plain', 'x'))).toEqual({ request_body: 'x', request_body_args: {} });
    const long = 'x'.repeat(9_000);
    expect(await seen(body, post('text/plain', long))).toEqual({ request_body_args: {} });
    expect(await seen(`${body}, skip_large_bodies: false`, post('text/plain', long))).toEqual({ request_body: long, request_body_args: {} });
  });

  it('are those of API Gateway', async () => {
    const event = await seen(', awsgateway_compatible: true', post('text/plain', 'x'));
    expect(event).toMatchObject({
      version: '1.0',
      path: '/p',
      httpMethod: 'POST',
      headers: { 'content-type': 'text/plain' },
      multiValueHeaders: { 'content-type': ['text/plain'] },
      pathParameters: {},
      queryStringParameters: { a: '1' },
      multiValueQueryStringParameters: { a: ['1'] },
      body: 'eA==',
      isBase64Encoded: true,
      requestContext: { domainName: 'api.example.com', domainPrefix: 'api', protocol: 'HTTP/1.1', resourcePath: '/p' },
    });
    expect(event.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(await seen(', awsgateway_compatible: true', ask('/?a=1&a=2'))).toMatchObject({
      queryStringParameters: { a: '1' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      body: '',
      isBase64Encoded: true,
    });
  });
});

describe('answers of aws-lambda', () => {
  it.each<[string, string, Handler, number, unknown]>([
    ['an object', '', () => ({ a: [], b: { c: [] } }), 200, { a: {}, b: { c: {} } }],
    ['an object, lists as they are', ', empty_arrays_mode: correct', () => ({ a: [] }), 200, { a: [] }],
    ['nothing', '', () => undefined, 200, null],
    ['an error', '', () => Promise.reject(new TypeError('no')), 200, { errorType: 'TypeError', errorMessage: 'no', trace: {} }],
    [
      'an error with a status',
      ', unhandled_status: 412',
      () => Promise.reject(new Error('no')),
      412,
      { errorType: 'Error', errorMessage: 'no', trace: {} },
    ],
    ['a status alone', ', is_proxy_integration: true', () => ({ statusCode: '204' }), 204, undefined],
    [
      'no status',
      ', is_proxy_integration: true',
      () => ({}),
      502,
      { error: 'could not JSON decode Lambda function response: statusCode validation failed' },
    ],
    ['an error behind a proxy', ', is_proxy_integration: true', () => Promise.reject(new Error('no')), 502, { message: 'Bad Gateway' }],
    [
      'a body that is no text',
      ', is_proxy_integration: true',
      () => ({ statusCode: 200, body: {} }),
      502,
      { error: expect.stringContaining('body must be a string') },
    ],
    [
      'headers that are none',
      ', is_proxy_integration: true',
      () => ({ statusCode: 200, headers: 'x' }),
      502,
      { error: expect.stringContaining('headers must be a table') },
    ],
    [
      'a flag that is none',
      ', is_proxy_integration: true',
      () => ({ statusCode: 200, isBase64Encoded: 'yes' }),
      502,
      { error: expect.stringContaining('isBase64Encoded') },
    ],
    ['a text', ', is_proxy_integration: true', () => 'plain', 502, { message: 'Bad Gateway' }],
    ['a text that is JSON', ', is_proxy_integration: true', () => JSON.stringify({ statusCode: 201, body: '{}' }), 201, {}],
  ])('%s', async (_, config, handler, status, body) => {
    await using node = await lambda(config, handler);
    const answer = await node.gateway.fetch(ask());
    const text = await answer.text();
    expect(answer.status).toBe(status);
    if (body === undefined) expect(text).toBe('');
    else if (body === null) expect(text).toBe('null');
    else expect(JSON.parse(text)).toMatchObject(body as object);
  });

  it('carry fields and bytes of the function', async () => {
    const bytes = Buffer.from([0, 255, 7]);
    await using node = await lambda(', is_proxy_integration: true', () => ({
      statusCode: 200,
      headers: { 'content-type': 'image/png', 'X-One': 1, 'X-Bad': 'a\r\nb', 'Content-Length': '99' },
      multiValueHeaders: { 'X-Many': ['a', 'b'] },
      body: bytes.toString('base64'),
      isBase64Encoded: true,
    }));
    const answer = await node.gateway.fetch(ask());
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'x-one': '1',
      'x-many': 'a, b',
      via: expect.stringContaining('kong/'),
    });
    expect(answer.headers.has('x-bad')).toBe(false);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  });

  it('do not wait for events, and call nobody to try', async () => {
    const calls: unknown[] = [];
    const handler: Handler = (event) => new Promise(() => calls.push(event));
    await using event = await lambda(', invocation_type: Event', handler);
    expect((await event.gateway.fetch(ask())).status).toBe(202);
    await using dry = await lambda(', invocation_type: DryRun', handler);
    expect((await dry.gateway.fetch(ask())).status).toBe(204);
    expect(calls.length).toBe(1);
  });
});

it('calls a function by its ARN, or what stands for the host of Lambda; without either it says which is missing', async () => {
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:hello:live';
  const plugin = `[{ name: aws-lambda, config: { aws_region: eu-west-1, qualifier: live, function_name: '${arn}' } }]`;
  await using local = await startWith(plugin, { upstreams: { 'function:hello': (_: unknown, context: any) => context } });
  expect(await (await local.gateway.fetch(ask())).json()).toMatchObject({ functionName: 'hello', functionVersion: 'live' });
  const host = (request: Request): Response => Response.json({ path: new URL(request.url).pathname + new URL(request.url).search });
  await using mapped = await startWith(plugin, { upstreams: { 'lambda.eu-west-1.amazonaws.com': host } });
  expect(await (await mapped.gateway.fetch(ask())).json()).toEqual({
    path: `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations?Qualifier=live`,
  });
  // Kong takes a plugin without a function, too.
  await using none = await startWith('[{ name: aws-lambda, config: { aws_region: eu-west-1 } }]');
  expect((await none.gateway.fetch(ask())).status).toBe(503);
  await using missing = await startWith(plugin);
  expect((await missing.gateway.fetch(ask())).status).toBe(503);
});
