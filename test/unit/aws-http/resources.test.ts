import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../src/index.ts';
import { arnOf, resource, says, start } from './start.ts';

const ApiId = { Ref: 'Api' };
interface Parts {
  readonly integration?: object;
  readonly route?: object;
  readonly stage?: object;
  readonly more?: object;
}
/** One API with one route, `GET /a/{id}` to `http://a.test/` unless the parts say otherwise. */
const template = ({ integration, route, stage, more }: Parts): Record<string, object> => ({
  'template.json': {
    Resources: {
      Api: resource('Api', { ProtocolType: 'HTTP', Name: 't' }),
      Stage: resource('Stage', { ApiId, StageName: '$default', ...stage }),
      Integration: resource('Integration', {
        ApiId,
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'ANY',
        IntegrationUri: 'http://a.test/',
        ...integration,
      }),
      Route: resource('Route', { ApiId, RouteKey: 'GET /a/{id}', Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] }, ...route }),
      ...more,
    },
  },
});
const call = (name: string, payload: string): object => ({
  IntegrationType: 'AWS_PROXY',
  IntegrationUri: arnOf(name),
  PayloadFormatVersion: payload,
});
const ask = (gateway: Gateway, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  gateway.fetch(new Request(`http://localhost${path}`, { headers }));

describe('a JWT authorizer', () => {
  const Issuer = 'https://issuer.example';
  const guarded = (config: object, scopes: string[] = [], identity = ['$request.header.Authorization']): Parts => ({
    integration: call('f', '2.0'),
    route: { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Jwt' }, AuthorizationScopes: scopes },
    more: {
      Jwt: resource('Authorizer', { ApiId, Name: 'j', AuthorizerType: 'JWT', IdentitySource: identity, JwtConfiguration: { Issuer, ...config } }),
    },
  });
  const claimsSeen = ({ requestContext }: { requestContext: { authorizer: object } }): object => requestContext.authorizer;
  const begin = (parts: Parts): Promise<Gateway> => start(template(parts), { 'function:f': claimsSeen });

  it('takes a token with the word Bearer and without it, and gives its claims to the function', async () => {
    await using gateway = await begin(guarded({ Audience: ['app', 'other'] }, ['read', 'write']));
    const token = await gateway.token({ iss: Issuer, aud: 'other', sub: 'ann', scope: 'read more' });
    for (const authorization of [`Bearer ${token}`, token]) {
      const answer = await ask(gateway, '/a/1', { authorization });
      expect([answer.status, await answer.json()]).toMatchObject([200, { jwt: { claims: { sub: 'ann', aud: 'other' }, scopes: ['read'] } }]);
    }
  });

  it('looks at client_id where the token has no audience', async () => {
    await using gateway = await begin(guarded({ Audience: ['app'] }));
    const status = async (claims: object): Promise<number> =>
      (await ask(gateway, '/a/1', { authorization: await gateway.token({ iss: Issuer, ...claims }) })).status;
    expect([
      await status({ aud: null, client_id: 'app' }),
      await status({ aud: 'x', client_id: 'app' }),
      await status({ iss: 'https://x', aud: 'app' }),
    ]).toEqual([200, 401, 401]);
  });

  it('challenges who has no token, an expired one, or one for other scopes', async () => {
    await using gateway = await begin(guarded({ Audience: ['app'] }, ['write']));
    const challenge = async (authorization?: string): Promise<unknown[]> => {
      const answer = await ask(gateway, '/a/1', authorization === undefined ? {} : { authorization });
      return [answer.status, await answer.json(), /error="(\w+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1]];
    };
    const token = (more: object): Promise<string> => gateway.token({ iss: Issuer, aud: 'app', ...more });
    expect(await challenge()).toEqual([401, { message: 'Unauthorized' }, undefined]);
    expect(await challenge(await gateway.token({ iss: Issuer, aud: 'app' }, { broken: 'expired' }))).toEqual([
      401,
      { message: 'Unauthorized' },
      'invalid_token',
    ]);
    expect(await challenge(await token({ scope: 'read' }))).toEqual([403, { message: 'Forbidden' }, 'insufficient_scope']);
  });

  it('reads the token from the query where its identity source says so', async () => {
    await using gateway = await begin(guarded({ Audience: ['app'] }, [], ['$request.querystring.token']));
    const token = await gateway.token({ iss: Issuer, aud: 'app' });
    expect([(await ask(gateway, `/a/1?token=${token}`)).status, (await ask(gateway, '/a/1', { authorization: token })).status]).toEqual([200, 401]);
  });
});

describe('custom domains', () => {
  const mapping = (key: string, more: object = {}): object =>
    resource('ApiMapping', { ApiId, DomainName: { Ref: 'Domain' }, Stage: { Ref: 'Stage' }, ...(key === '' ? {} : { ApiMappingKey: key }), ...more });
  const domain = resource('DomainName', {
    DomainName: 'api.example',
    DomainNameConfigurations: [{ CertificateArn: 'arn', EndpointType: 'REGIONAL' }],
  });

  it('serve a stage below the keys of its mappings, on their host only, the longest key first', async () => {
    const more = { Domain: domain, One: mapping('v1'), Two: mapping('v1/deep') };
    await using gateway = await start(template({ stage: { StageName: 'dev' }, integration: call('f', '2.0'), more }), {
      'function:f': ({ rawPath, requestContext }: { rawPath: string; requestContext: { stage: string } }) => ({
        rawPath,
        stage: requestContext.stage,
      }),
    });
    const host = { host: 'api.example' };
    expect(await (await ask(gateway, '/v1/a/1', host)).json()).toEqual({ rawPath: '/v1/a/1', stage: 'dev' });
    expect(await (await ask(gateway, '/v1/deep/a/1', host)).json()).toEqual({ rawPath: '/v1/deep/a/1', stage: 'dev' });
    expect([(await ask(gateway, '/a/1', host)).status, (await ask(gateway, '/v1/a/1')).status, (await ask(gateway, '/dev/a/1')).status]).toEqual([
      404, 404, 200,
    ]);
  });

  it('serve a stage at the root without a key, and know it by the name of the domain too', async () => {
    const more = { Domain: domain, One: mapping('', { DomainName: 'API.example' }) };
    await using gateway = await start(template({ more }), { 'a.test': says('a') });
    expect((await ask(gateway, '/a/1', { host: 'api.example' })).status).toBe(200);
  });
});

describe('a private integration', () => {
  const uri = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/1/2';
  const isPrivate = { ConnectionType: 'VPC_LINK', ConnectionId: { Ref: 'Link' }, IntegrationUri: uri };
  const echo = ({ url, headers }: Request): Response => new Response(`${new URL(url).pathname} ${headers.get('x-id')}`);

  it.each(['Link', uri])('goes to the upstream that is mapped under %s, with the stage in its path', async (name) => {
    const parts = { integration: { ...isPrivate, RequestParameters: { 'append:header.x-id': '$request.path.id' } }, stage: { StageName: 'dev' } };
    await using gateway = await start(template({ ...parts, more: { Link: resource('VpcLink', { Name: 'l', SubnetIds: [] }) } }), { [name]: echo });
    expect(await (await ask(gateway, '/dev/a/7')).text()).toBe('/dev/a/7 7');
  });

  it('takes another path where a mapping overwrites it', async () => {
    await using gateway = await start(
      template({ integration: { ...isPrivate, RequestParameters: { 'overwrite:path': '/new/${request.path.id}' } } }),
      { Link: echo },
    );
    expect(await (await ask(gateway, '/a/7')).text()).toBe('/new/7 null');
  });
});

describe('a function that gets payload 1.0', () => {
  it('sees single and multiple values, the resource and the claims of its caller', async () => {
    const seen: Record<string, unknown>[] = [];
    const f = (event: Record<string, unknown>): object => (
      seen.push(event),
      { statusCode: 201, multiValueHeaders: { 'x-a': ['1', '2'] }, headers: { 'x-b': 3 }, body: 'ok' }
    );
    await using gateway = await start(template({ integration: call('f', '1.0'), stage: { StageName: 'dev', StageVariables: { v: '1' } } }), {
      'function:f': f,
    });
    const answer = await ask(gateway, '/dev/a/x%20y?p=1&p=2&q=', { 'x-c': 'c' });
    expect([answer.status, answer.headers.get('x-a'), answer.headers.get('x-b'), await answer.text()]).toEqual([201, '1, 2', '3', 'ok']);
    expect(seen[0]).toMatchObject({
      version: '1.0',
      resource: '/a/{id}',
      path: '/dev/a/x%20y',
      httpMethod: 'GET',
      queryStringParameters: { p: '2', q: '' },
      multiValueQueryStringParameters: { p: ['1', '2'], q: [''] },
      pathParameters: { id: 'x y' },
      stageVariables: { v: '1' },
      body: null,
      isBase64Encoded: false,
      requestContext: { stage: 'dev', resourcePath: '/a/{id}', httpMethod: 'GET', authorizer: { claims: null, scopes: null } },
    });
    expect(seen[0]).toHaveProperty(['multiValueHeaders', 'x-c'], ['c']);
  });

  it('answers 500 for a reply without a status', async () => {
    await using gateway = await start(template({ integration: call('f', '1.0') }), { 'function:f': () => ({ body: 'x' }) });
    const answer = await ask(gateway, '/a/1');
    expect([answer.status, await answer.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  it('gets bytes as base64 and text as it is', async () => {
    const bodies: unknown[] = [];
    const f = ({ body, isBase64Encoded }: Record<string, unknown>): object => (bodies.push([body, isBase64Encoded]), { statusCode: 200 });
    await using gateway = await start(template({ integration: call('f', '1.0'), route: { RouteKey: 'POST /a' } }), { 'function:f': f });
    for (const type of ['text/plain', 'application/octet-stream'])
      await gateway.fetch(new Request('http://localhost/a', { method: 'POST', headers: { 'content-type': type }, body: 'hi' }));
    expect(bodies).toEqual([
      ['hi', false],
      ['aGk=', true],
    ]);
  });
});
