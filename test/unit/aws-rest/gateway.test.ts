import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const mock = (message: string) => ({
  'x-amazon-apigateway-integration': {
    type: 'mock',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    responses: { default: { statusCode: '200', responseTemplates: { 'application/json': JSON.stringify({ message }) } } },
  },
});

async function api(paths: object, upstreams: Record<string, (request: Request) => Response> = {}, more: object = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-openapi-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify({ openapi: '3.0.1', info: { title: 't', version: '1' }, paths, ...more }));
  return createGateway({ config: folder, stage: 'dev', upstreams });
}

describe('a REST API', () => {
  it('routes on resource and method: a greedy sibling takes what the best resource lacks', async () => {
    await using gateway = await api({ '/orders': { post: mock('post') }, '/{proxy+}': { options: mock('greedy') } });
    expect(await (await gateway.fetch(new Request('http://localhost/dev/orders', { method: 'POST' }))).json()).toEqual({ message: 'post' });
    expect(await (await gateway.fetch(new Request('http://localhost/dev/orders', { method: 'OPTIONS' }))).json()).toEqual({ message: 'greedy' });
  });

  it('answers 403 Missing Authentication Token for what it does not know', async () => {
    await using gateway = await api({ '/orders': { post: mock('post') } });
    const answer = await gateway.fetch('/dev/orders');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(await answer.json()).toEqual({ message: 'Missing Authentication Token' });
  });

  it('passes HTTP_PROXY on with path parameters, mapped fields and its own host', async () => {
    const integration = {
      type: 'http_proxy',
      httpMethod: 'GET',
      uri: 'http://orders.internal:8080/v1/{id}',
      requestParameters: { 'integration.request.path.id': 'method.request.path.id', 'integration.request.header.x-static': "'fixed'" },
    };
    const seen: Request[] = [];
    const upstream = (request: Request): Response => {
      seen.push(request);
      return new Response('ok');
    };
    await using gateway = await api(
      { '/orders/{id}': { get: { 'x-amazon-apigateway-integration': integration } } },
      { 'orders.internal:8080': upstream },
    );
    const answer = await gateway.fetch(new Request('http://localhost/dev/orders/7?a=b', { headers: { 'x-own': '1', 'content-md5': 'x' } }));
    expect(await answer.text()).toBe('ok');
    const [request] = seen;
    expect(request?.url).toBe('http://orders.internal:8080/v1/7?a=b');
    expect(request?.headers.get('x-static')).toBe('fixed');
    expect(request?.headers.get('x-own')).toBe('1');
    expect(request?.headers.has('content-md5')).toBe(false);
  });

  it('tells the integration how long a body is that came chunked', async () => {
    const integration = { type: 'http_proxy', httpMethod: 'POST', uri: 'http://orders.internal:8080/' };
    const upstream = ({ headers }: Request): Response => Response.json([headers.get('content-length'), headers.get('transfer-encoding')]);
    await using gateway = await api({ '/a': { post: { 'x-amazon-apigateway-integration': integration } } }, { 'orders.internal:8080': upstream });
    const sent = (body: string) => fetch(`${gateway.url}/dev/a`, { method: 'POST', body: new Blob([body]).stream(), duplex: 'half' } as RequestInit);
    expect(await (await sent('hello')).json()).toEqual(['5', null]);
  });

  it('closes a method whose guard is not mirrored yet, and serves the others', async () => {
    const guarded = { ...mock('guarded'), security: [{ authorizer: [] }] };
    const authorizer = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authorizer': { type: 'other' } };
    const components = { securitySchemes: { authorizer } };
    await using gateway = await api({ '/guarded': { get: guarded }, '/open': { get: mock('open') } }, {}, { components });
    expect((await gateway.fetch('/dev/open')).status).toBe(200);
    const answer = await gateway.fetch('/dev/guarded');
    expect(answer.status).toBe(501);
    expect(await answer.json()).toEqual({ message: 'devgateway does not serve this: the authorizer authorizer of type "other"' });
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', severity: 'warning' }]);
  });

  it('asks for required parameters: headers, path, query; a blank one is missing', async () => {
    const parameters = [
      { name: 'page', in: 'query', required: true },
      { name: 'id', in: 'path', required: true },
      { name: 'x-tenant', in: 'header', required: true },
      { name: 'sort', in: 'query' },
    ];
    const get = { ...mock('ok'), parameters, 'x-amazon-apigateway-request-validator': 'all' };
    const validators = { all: { validateRequestParameters: true } };
    await using gateway = await api({ '/pets/{id}': { get } }, {}, { 'x-amazon-apigateway-request-validators': validators });
    const refused = await gateway.fetch('/dev/pets/7?page=');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({ message: 'Missing required request parameters: [x-tenant, page]' });
    expect((await gateway.fetch(new Request('http://localhost/dev/pets/7?page=1', { headers: { 'x-tenant': 'a' } }))).status).toBe(200);
  });

  it.each([
    ['something behind a greedy parameter', { '/{proxy+}/{child}': { get: mock('x') } }, 'DG1203'],
    [
      'an HTTP integration without a method',
      { '/a': { get: { 'x-amazon-apigateway-integration': { type: 'http_proxy', uri: 'http://a' } } } },
      'DG1204',
    ],
    ['a validator that is not there', { '/a': { get: { ...mock('x'), 'x-amazon-apigateway-request-validator': 'all' } } }, 'DG1205'],
  ])('does not start with %s', async (_, paths, code) => {
    await expect(api(paths)).rejects.toMatchObject({ code });
  });
});
