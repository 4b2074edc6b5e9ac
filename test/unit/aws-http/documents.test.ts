import { describe, expect, it } from 'vitest';
import { arnOf, read, resource, says, start } from './start.ts';

const integration = (more: object): object => ({ 'x-amazon-apigateway-integration': more });
const proxy = (uri: string, more: object = {}): object =>
  integration({ type: 'http_proxy', httpMethod: 'ANY', uri, payloadFormatVersion: '1.0', ...more });
const call = (name: string, more: object = {}): object => integration({ type: 'aws_proxy', uri: arnOf(name), payloadFormatVersion: '2.0', ...more });

const document = (paths: object, more: object = {}): object => ({
  openapi: '3.0.1',
  info: { title: 't', version: '1' },
  'x-amazon-apigateway-importexport-version': '1.0',
  paths,
  ...more,
});
const template = (properties: object, more: object = {}): object => ({
  Resources: { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', ...properties } }, ...more },
});

describe('an OpenAPI document of an HTTP API', () => {
  const paths = {
    '/pets/{id}': { get: proxy('http://a.test/{id}'), 'x-amazon-apigateway-any-method': proxy('http://b.test/') },
    $default: { 'x-amazon-apigateway-any-method': { ...proxy('http://d.test'), isDefaultRoute: true } },
  };
  const upstreams = { 'a.test': says('a'), 'b.test': says('b'), 'd.test': says('d') };

  it('is served by itself, and read from a template and from a file beside it', async () => {
    const all = [
      { 'api.json': document(paths) },
      { 'template.json': template({ Body: document(paths) }) },
      { 'template.json': template({ BodyS3Location: './api.yaml' }), 'api.yaml': document(paths) },
      { 'template.json': template({ BodyS3Location: { Bucket: 'b', Key: 'docs/api.yaml' } }), 'docs/api.yaml': document(paths) },
    ];
    for (const files of all) {
      await using gateway = await start(files, upstreams);
      const asked = await Promise.all(
        [
          ['GET', '/pets/1'],
          ['PUT', '/pets/1'],
          ['GET', '/x/y'],
        ].map(async ([method, path]) => (await gateway.fetch(new Request(`http://localhost${path}`, { method: method as string }))).text()),
      );
      expect(asked).toEqual(['a', 'b', 'd']);
    }
  });

  it('is known by what only HTTP APIs have, and is left to REST APIs otherwise', async () => {
    const dialects = async (more: object): Promise<readonly string[]> => {
      const { sources } = await read({ 'api.json': { openapi: '3.0.1', info: {}, paths: { '/a': { get: call('f', more) } } } });
      return sources.map(({ dialect }) => dialect);
    };
    expect(await dialects({})).toEqual(['aws-http']);
    expect(await dialects({ passthroughBehavior: 'never' })).toEqual(['aws-rest']);
  });

  it('puts the base path of its server before its paths when the API says so', async () => {
    const body = document(
      { '/a': { get: proxy('http://a.test/') } },
      { servers: [{ url: 'https://x/{base}', variables: { base: { default: 'v1/in' } } }] },
    );
    const statuses = async (BasePath?: string): Promise<number[]> => {
      await using gateway = await start({ 'template.json': template({ Body: body, ...(BasePath === undefined ? {} : { BasePath }) }) }, upstreams);
      return Promise.all(['/a', '/in/a', '/v1/in/a'].map(async (one) => (await gateway.fetch(one)).status));
    };
    expect(await statuses()).toEqual([200, 404, 404]);
    expect(await statuses('prepend')).toEqual([404, 404, 200]);
    expect(await statuses('split')).toEqual([404, 200, 404]);
  });

  it('names integrations in components, and maps parameters', async () => {
    const shared = { type: 'http_proxy', uri: 'http://a.test/', httpMethod: 'GET', requestParameters: { 'overwrite:path': '/new' } };
    const body = document(
      { '/a': { get: integration({ $ref: '#/components/x-amazon-apigateway-integrations/one' }) } },
      { components: { 'x-amazon-apigateway-integrations': { one: shared } } },
    );
    const seen: string[] = [];
    await using gateway = await start({ 'api.json': body }, { 'a.test': ({ url }: Request) => (seen.push(url), new Response('')) });
    await gateway.fetch('/a');
    expect(seen).toEqual(['http://a.test/new']);
  });

  it('answers preflights by x-amazon-apigateway-cors', async () => {
    const cors = { allowOrigins: ['https://a.example'], allowMethods: ['GET'], maxAge: 5 };
    await using gateway = await start(
      { 'api.json': document({ '/a': { get: proxy('http://a.test/') } }, { 'x-amazon-apigateway-cors': cors }) },
      upstreams,
    );
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
    const answer = await gateway.fetch(new Request('http://localhost/a', { method: 'OPTIONS', headers }));
    expect([answer.status, answer.headers.get('access-control-max-age')]).toEqual([204, '5']);
  });

  it('gives every member a verdict', async () => {
    const body = document(
      {
        '/a': {
          parameters: [],
          summary: 's',
          get: { ...call('f', { connectionType: 'INTERNET', timeoutInMillis: 100 }), responses: {}, operationId: 'x' },
        },
      },
      {
        tags: [{ name: 't' }],
        servers: [{ url: '/' }],
        components: { schemas: { A: { type: 'object' } }, securitySchemes: { spare: { type: 'oauth2' } } },
      },
    );
    const { ledger } = await read({ 'api.json': body });
    expect(ledger.entries.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });
});

describe('security of a document', () => {
  const authorizer = (more: object): object => ({ type: 'apiKey', in: 'header', name: 'Unused', 'x-amazon-apigateway-authorizer': more });
  const schemes = {
    jwt: {
      type: 'oauth2',
      'x-amazon-apigateway-authorizer': {
        type: 'jwt',
        identitySource: '$request.header.Authorization',
        jwtConfiguration: { issuer: 'https://issuer.example', audience: ['app'] },
      },
    },
    oidc: {
      type: 'openIdConnect',
      openIdConnectUrl: 'https://issuer.example/.well-known/openid-configuration',
      'x-amazon-apigateway-authorizer': { type: 'jwt', jwtConfiguration: { audience: ['app'] } },
    },
    simple: authorizer({
      type: 'request',
      identitySource: '$request.header.x-a, $request.querystring.b',
      authorizerUri: arnOf('auth'),
      authorizerPayloadFormatVersion: 2.0,
      enableSimpleResponses: true,
    }),
    AWS_IAM: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
    described: { type: 'http', scheme: 'bearer' },
  };
  const guarded = (security: object): object => ({ ...proxy('http://a.test/'), security });
  const paths = {
    '/jwt': { get: guarded([{ jwt: ['read'] }]) },
    '/oidc': { get: guarded([{ oidc: [] }]) },
    '/simple': { get: guarded([{ simple: [] }]) },
    '/iam': { get: guarded([{ AWS_IAM: [] }]) },
    '/signed': { get: { ...proxy('http://a.test/'), security: [], 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } } },
    '/described': { get: guarded([{ described: [] }]) },
    '/nowhere': { get: guarded([{ missing: [] }]) },
    '/none': { get: guarded([{ NONE: [] }]) },
    '/usual': { get: proxy('http://a.test/') },
  };
  const auth = ({ headers }: { headers: Record<string, string> }): object => ({ isAuthorized: headers['x-a'] === 'good' });
  const upstreams = { 'a.test': says('a'), 'function:auth': auth };
  const begin = (): ReturnType<typeof start> =>
    start({ 'api.json': document(paths, { components: { securitySchemes: schemes }, security: [{ oidc: [] }] }) }, upstreams);

  it('is checked by the authorizer that it names', async () => {
    await using gateway = await begin();
    const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await gateway.fetch(new Request(`http://localhost${path}`, { headers }))).status;
    const bearer = async (claims: object): Promise<Record<string, string>> => ({
      authorization: `Bearer ${await gateway.token({ iss: 'https://issuer.example', aud: 'app', ...claims })}`,
    });
    expect([await status('/jwt'), await status('/jwt', await bearer({ scope: 'read' })), await status('/jwt', await bearer({ scope: 'x' }))]).toEqual(
      [401, 200, 403],
    );
    expect([await status('/oidc'), await status('/oidc', await bearer({})), await status('/oidc', await bearer({ aud: 'x' }))]).toEqual([
      401, 200, 401,
    ]);
    expect([await status('/usual'), await status('/usual', await bearer({}))]).toEqual([401, 200]);
    expect([await status('/simple?b=1'), await status('/simple?b=1', { 'x-a': 'good' }), await status('/simple', { 'x-a': 'good' })]).toEqual([
      401, 200, 401,
    ]);
    expect([await status('/iam'), await status('/signed')]).toEqual([403, 403]);
  });

  it('is none where API Gateway has no authorizer for the scheme, and closes the route where there is no scheme', async () => {
    await using gateway = await begin();
    const statuses = await Promise.all(['/described', '/none', '/nowhere'].map(async (one) => (await gateway.fetch(one)).status));
    expect(statuses).toEqual([200, 200, 501]);
  });
});

describe('quick create', () => {
  it('makes one route to a URL or a function', async () => {
    await using toUrl = await start(
      { 'template.json': template({ Target: 'http://a.test/base' }) },
      { 'a.test': ({ url }: Request) => new Response(url) },
    );
    expect(await (await toUrl.fetch('/x/y')).text()).toBe('http://a.test/base/x/y');
    await using toFunction = await start(
      { 'template.json': template({ Target: arnOf('f'), RouteKey: 'GET /a' }) },
      { 'function:f': ({ version }: { version: string }) => version },
    );
    expect([await (await toFunction.fetch('/a')).text(), (await toFunction.fetch('/b')).status]).toEqual(['2.0', 404]);
  });
});

describe('a template with a WebSocket API', () => {
  it('leaves that to others', async () => {
    const files = template(
      { Target: 'http://a.test/' },
      { Socket: resource('Api', { ProtocolType: 'WEBSOCKET' }), Connect: resource('Route', { ApiId: { Ref: 'Socket' }, RouteKey: '$connect' }) },
    );
    await using gateway = await start({ 'template.json': files }, { 'a.test': says('a') });
    expect(await (await gateway.fetch('/')).text()).toBe('a');
  });
});
