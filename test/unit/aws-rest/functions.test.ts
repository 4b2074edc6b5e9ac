import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface ProxyEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
}
const arn = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:orders/invocations';
const proxied = (more: object = {}): object => ({
  'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: arn, ...more },
});

async function api(operation: object, upstreams: object, options: object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-functions-'));
  folders.push(folder);
  const paths = { '/orders/{id}': { 'x-amazon-apigateway-any-method': operation } };
  writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify({ openapi: '3.0.1', info: { title: 't', version: '1' }, paths }));
  return createGateway({ config: folder, stage: 'dev', upstreams, ...options } as Parameters<typeof createGateway>[0]);
}
const request = (init: RequestInit = {}): Request => new Request('http://api.local:3000/dev/orders/7?a=1&a=2', init);

describe('the event of a proxy integration', () => {
  it('has what the gateway adds, and not what is the connection’s', async () => {
    const seen: ProxyEvent[] = [];
    await using gateway = await api(proxied(), { 'function:orders': (event: ProxyEvent) => (seen.push(event), {}) }, { variables: { color: 'red' } });
    gateway.clock.freeze();
    const headers = { authorization: 'x', 'x-OWN': '1', 'content-md5': 'm', 'x-forwarded-for': '10.0.0.1' };
    const answer = await gateway.fetch(request({ headers }));
    const [event] = seen as [ProxyEvent];
    expect(event).toMatchObject({
      path: '/orders/7',
      pathParameters: { id: '7' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      stageVariables: { color: 'red' },
      body: null,
    });
    expect(event.headers).toMatchObject({ Authorization: 'x', Host: 'api.local:3000', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '443' });
    expect(event.headers['X-Forwarded-For']).toMatch(/^10\.0\.0\.1, \S+$/);
    expect(event.headers['X-Amzn-Trace-Id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(Object.keys(event.headers).map((name) => name.toLowerCase())).not.toContain('content-md5');
    expect(event.requestContext).toMatchObject({
      accountId: '123456789012',
      domainName: 'api.local',
      domainPrefix: 'api',
      path: '/dev/orders/7',
      resourcePath: '/orders/{id}',
      stage: 'dev',
      extendedRequestId: answer.headers.get('x-amz-apigw-id'),
      requestId: answer.headers.get('x-amzn-requestid'),
      requestTimeEpoch: gateway.clock.now(),
      identity: { accessKey: null, userArn: null },
    });
    expect(Object.keys(event.requestContext)).not.toContain('requestOverride');
    expect(answer.headers.get('x-amzn-trace-id')).toMatch(new RegExp(`^${event.headers['X-Amzn-Trace-Id']};Parent=[0-9a-f]{16};Sampled=0;Lineage=`));
  });

  it('is about the function that a stage variable names', async () => {
    const uri = arn.replace(':orders/', ':${stageVariables.fn}/');
    await using gateway = await api(proxied({ uri }), { 'function:named': () => ({ statusCode: 201 }) }, { variables: { fn: 'named' } });
    expect((await gateway.fetch(request())).status).toBe(201);
  });

  it('goes on with the trace of the client', async () => {
    const root = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8';
    await using gateway = await api(proxied(), { 'function:orders': ({ headers }: ProxyEvent) => ({ body: headers['X-Amzn-Trace-Id'] }) });
    const answer = await gateway.fetch(request({ headers: { 'x-amzn-trace-id': `${root};Parent=53995c3f42cd8ad8;Sampled=1` } }));
    expect(await answer.text()).toBe(root);
  });
});

describe('the answer of a function', () => {
  it('keeps names that the gateway needs for itself under others', async () => {
    const headers = { Date: 'yesterday', Server: 'mine', 'WWW-Authenticate': 'Basic', 'Transfer-Encoding': 'chunked', 'x-own': 'a\r\nb: c' };
    await using gateway = await api(proxied(), { 'function:orders': () => ({ headers, body: 'x' }) });
    const answer = await gateway.fetch(request());
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-amzn-remapped-date': 'yesterday',
      'x-amzn-remapped-server': 'mine',
      'x-amzn-remapped-www-authenticate': 'Basic',
      'x-own': 'ab: c',
    });
    expect(answer.headers.has('www-authenticate')).toBe(false);
  });

  it.each([['{"a b": "c"}'], ['{"": "c"}']])('is none with fields like %s', async (fields) => {
    await using gateway = await api(proxied(), { 'function:orders': () => ({ headers: JSON.parse(fields) as object }) });
    expect((await gateway.fetch(request())).status).toBe(502);
  });

  it.each([[undefined, 29_000] as const, [100, 100] as const])('has the time of the integration: %s', async (timeoutInMillis, ms) => {
    let asked = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const never = (): Promise<never> => (asked(), new Promise(() => {}));
    await using gateway = await api(proxied({ timeoutInMillis }), { 'function:orders': never });
    gateway.clock.freeze();
    const pending = gateway.fetch(request());
    await waiting;
    await gateway.clock.advance(ms - 1);
    expect(await Promise.race([pending, Promise.resolve('waits')])).toBe('waits');
    await gateway.clock.advance(1);
    const answer = await pending;
    expect([answer.status, await answer.json()]).toEqual([504, { message: 'Endpoint request timed out' }]);
    expect(answer.headers.has('x-amzn-trace-id')).toBe(false);
  });

  it('tells the error with its trace where an integration maps it', async () => {
    const integration = {
      type: 'aws',
      httpMethod: 'POST',
      uri: arn,
      responses: { default: { statusCode: '200' }, '.*sold.*': { statusCode: '409' } },
    };
    const fail = (): never => {
      throw Object.assign(new Error('all sold'), { name: 'SoldOut' });
    };
    await using gateway = await api({ 'x-amazon-apigateway-integration': integration }, { 'function:orders': fail });
    const answer = await gateway.fetch(request());
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      errorMessage: 'all sold',
      errorType: 'SoldOut',
      trace: expect.arrayContaining([expect.any(String)]) as unknown,
    });
  });
});

describe('an HTTP_PROXY integration', () => {
  const proxy = (requestParameters: object): object => ({
    'x-amazon-apigateway-integration': { type: 'http_proxy', httpMethod: 'POST', uri: 'http://orders.internal/', requestParameters },
  });

  it('takes parameters from the body', async () => {
    const upstream = ({ headers }: Request): Response => new Response(headers.get('x-name'));
    await using gateway = await api(proxy({ 'integration.request.header.x-name': 'method.request.body.pet.name' }), { 'orders.internal': upstream });
    const ask = (body: string): Promise<Response> => gateway.fetch(request({ method: 'POST', body }));
    expect(await (await ask('{"pet": {"name": "Tom"}}')).text()).toBe('Tom');
    const refused = await ask('{"pet": ');
    expect([refused.status, await refused.json()]).toEqual([400, { message: 'Invalid JSON in request body' }]);
  });

  it('answers with what the server said, under other names where the gateway needs them', async () => {
    const upstream = (): Response => new Response('ok', { headers: { date: 'then', via: 'me', 'x-amzn-requestid': 'theirs', 'x-own': '1' } });
    await using gateway = await api(proxy({}), { 'orders.internal': upstream });
    const answer = await gateway.fetch(request());
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({ 'x-amzn-remapped-x-amzn-requestid': 'theirs', 'x-amzn-remapped-connection': 'keep-alive', 'x-own': '1' });
    expect(headers['x-amzn-requestid']).not.toBe('theirs');
    expect(headers['via']).toBeUndefined();
    expect(await answer.text()).toBe('ok');
  });
});

it('a function that writes its answer says bytes and cookies', async () => {
  const answer = { statusCode: 200, cookies: ['a=1', 'b=2'], body: Buffer.from([0xff, 0x00]).toString('base64'), isBase64Encoded: true };
  const uri = arn.replace('2015-03-31', '2021-11-15').replace(/invocations$/, 'response-streaming-invocations');
  await using gateway = await api(proxied({ uri, responseTransferMode: 'STREAM' }), { 'function:orders': () => answer });
  const streamed = await gateway.fetch(request());
  expect(streamed.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect([...new Uint8Array(await streamed.arrayBuffer())]).toEqual([0xff, 0x00]);
  await using plain = await api(proxied(), { 'function:orders': () => answer });
  expect((await plain.fetch(request())).status).toBe(502);
});

it('routes name the function that is mapped', async () => {
  const mapped = { type: 'aws', httpMethod: 'POST', uri: arn, responses: { default: { statusCode: '200' } } };
  for (const operation of [proxied(), { 'x-amazon-apigateway-integration': mapped }]) {
    await using gateway = await api(operation, {});
    expect(gateway.routes).toMatchObject([{ upstream: 'function:orders' }]);
  }
});
