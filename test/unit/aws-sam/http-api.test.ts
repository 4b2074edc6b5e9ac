import { describe, expect, it } from 'vitest';
import { read, says, start } from '../aws-http/start.ts';

const template = (Resources: object, Globals: object = {}): Record<string, object> => ({
  'template.json': { Transform: 'AWS::Serverless-2016-10-31', Globals, Resources },
});
const lambda = (Events: object, more: object = {}): object => ({
  Type: 'AWS::Serverless::Function',
  Properties: { Handler: 'a.b', Runtime: 'nodejs20.x', InlineCode: 'x', Events, ...more },
});
const event = (Properties?: object): object => ({ Type: 'HttpApi', ...(Properties === undefined ? {} : { Properties }) });
const httpApi = (Properties: object = {}): object => ({ Type: 'AWS::Serverless::HttpApi', Properties });
const Api = { Ref: 'Api' };

const routeKey = ({ routeKey: key, version }: { routeKey: string; version: string }): string => `${key} ${version}`;
const errors = async (Resources: object, Globals: object = {}): Promise<string[]> =>
  (await read(template(Resources, Globals))).ledger.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);

describe('events of functions', () => {
  it('make routes of the implied API, $default without a path', async () => {
    const f = lambda({
      a: event({ Path: '/a/{id}', Method: 'get' }),
      b: event({ Path: '/b', Method: 'ANY', PayloadFormatVersion: '1.0' }),
      c: event(),
    });
    await using gateway = await start(template({ f }), {
      'function:f': (one: { routeKey?: string; resource?: string }) => one.routeKey ?? { statusCode: 200, body: one.resource },
    });
    const said = await Promise.all(['/a/1', '/b', '/x'].map(async (path) => (await gateway.fetch(path)).text()));
    expect(said).toEqual(['GET /a/{id}', '/b', '$default']);
  });

  it('join a document of the user, whose own integrations stand', async () => {
    const own = { 'x-amazon-apigateway-integration': { type: 'http_proxy', uri: 'http://a.test/', httpMethod: 'GET' } };
    const DefinitionBody = { openapi: '3.0.1', paths: { '/own': { get: own }, '/both': { get: { responses: {} } } } };
    const f = lambda({ own: event({ ApiId: Api, Path: '/own', Method: 'get' }), both: event({ ApiId: Api, Path: '/both', Method: 'get' }) });
    const files = template({ f, Api: httpApi({ DefinitionBody }) });
    await using gateway = await start(files, { 'function:f': routeKey, 'a.test': says('a') });
    expect(await Promise.all(['/own', '/both'].map(async (path) => (await gateway.fetch(path)).text()))).toEqual(['a', 'GET /both 2.0']);
  });

  it('say how long a function may take, and how much a route may take in', async () => {
    const RouteSettings = { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 };
    const f = lambda({
      slow: event({ Path: '/slow', Method: 'get', TimeoutInMillis: 100 }),
      few: event({ Path: '/few', Method: 'any', RouteSettings }),
    });
    await using gateway = await start(template({ f }), {
      'function:f': ({ rawPath }: { rawPath: string }) => (rawPath === '/slow' ? new Promise(() => {}) : 'ok'),
    });
    gateway.clock.freeze();
    expect([(await gateway.fetch('/few')).status, (await gateway.fetch('/few')).status]).toEqual([200, 429]);
    const answer = gateway.fetch('/slow');
    await new Promise((resolve) => setImmediate(resolve));
    await gateway.clock.advance(100);
    expect((await answer).status).toBe(503);
  });
});

describe('Auth', () => {
  const JwtConfiguration = { issuer: 'https://issuer.example', audience: ['app'] };
  const Authorizers = {
    Jwt: { JwtConfiguration, AuthorizationScopes: ['read'] },
    Asks: {
      FunctionArn: { 'Fn::GetAtt': ['asked', 'Arn'] },
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      Identity: { Headers: ['X-Key'], ReauthorizeEvery: 0 },
    },
  };
  const Auth = { Authorizers, DefaultAuthorizer: 'Jwt', EnableIamAuthorizer: true };

  it('guards every route by the default authorizer, but where an event says another', async () => {
    const at = (Path: string, own: object = {}): object => event({ ApiId: Api, Path, Method: 'get', ...own });
    const f = lambda({
      usual: at('/usual'),
      write: at('/write', { Auth: { AuthorizationScopes: ['write'] } }),
      open: at('/open', { Auth: { Authorizer: 'NONE' } }),
      asks: at('/asks', { Auth: { Authorizer: 'Asks' } }),
      signed: at('/signed', { Auth: { Authorizer: 'AWS_IAM' } }),
      preflight: event({ ApiId: Api, Path: '/usual', Method: 'options' }),
    });
    const asked = ({ identitySource }: { identitySource: string[] }): object => ({ isAuthorized: identitySource[0] === 'good' });
    await using gateway = await start(template({ f, asked: lambda({}), Api: httpApi({ Auth }) }), {
      'function:f': routeKey,
      'function:asked': asked,
    });
    const token = async (scope: string): Promise<object> => ({
      authorization: `Bearer ${await gateway.token({ iss: 'https://issuer.example', aud: 'app', scope })}`,
    });
    const status = async (path: string, headers: object = {}, method = 'GET'): Promise<number> =>
      (await gateway.fetch(new Request(`http://localhost${path}`, { method, headers: headers as Record<string, string> }))).status;
    expect([await status('/usual'), await status('/usual', await token('read')), await status('/usual', await token('write'))]).toEqual([
      401, 200, 403,
    ]);
    expect([await status('/write', await token('read')), await status('/write', await token('write'))]).toEqual([403, 200]);
    expect([await status('/open'), await status('/usual', {}, 'OPTIONS'), await status('/signed')]).toEqual([200, 200, 403]);
    expect([await status('/asks'), await status('/asks', { 'x-key': 'bad' }), await status('/asks', { 'x-key': 'good' })]).toEqual([401, 403, 200]);
  });

  it.each([
    ['an unknown default', { Authorizers, DefaultAuthorizer: 'None' }, 'the default authorizer None is none of Authorizers'],
    ['members that nothing reads', { Authorizers, Other: 1 }, 'unknown setting "Other" in Resources.Api.Properties.Auth'],
    ['authorizers that are a list', { Authorizers: [{}] }, 'Authorizers is no map'],
    ['a function without its version', { Authorizers: { A: { FunctionArn: 'arn' } } }, 'the authorizer A has no AuthorizerPayloadFormatVersion'],
    [
      'scopes of a function',
      { Authorizers: { A: { ...Authorizers.Asks, AuthorizationScopes: ['a'] } } },
      'AuthorizationScopes is for authorizers of tokens',
    ],
    [
      'a function that also reads tokens',
      { Authorizers: { A: { JwtConfiguration, FunctionArn: 'arn' } } },
      'FunctionArn is for authorizers that are functions',
    ],
  ])('refuses %s', async (_name, auth, message) => {
    expect(await errors({ Api: httpApi({ Auth: auth }) })).toEqual([message]);
  });

  it('refuses an event that names an authorizer which its API has not', async () => {
    const f = (authorizer: string): object => lambda({ e: event({ ApiId: Api, Path: '/a', Method: 'get', Auth: { Authorizer: authorizer } }) });
    expect(await errors({ f: f('Other'), Api: httpApi({ Auth }) })).toEqual(['the authorizer Other of the event e is not defined']);
    expect(await errors({ f: f('NONE'), Api: httpApi() })).toEqual(['the event e has the authorizer NONE']);
  });
});

describe('an HTTP API', () => {
  it('has a stage with variables, and CORS of its own laid over that of its document', async () => {
    const DefinitionBody = {
      openapi: '3.0.1',
      paths: {},
      'x-amazon-apigateway-cors': { allowOrigins: ['https://old.example'], allowMethods: ['PUT'] },
    };
    const api = httpApi({ StageName: 'dev', StageVariables: { a: '1' }, DefinitionBody, CorsConfiguration: { AllowOrigins: ['https://a.example'] } });
    const f = lambda({ e: event({ ApiId: Api, Path: '/a', Method: 'get' }) });
    await using gateway = await start(template({ f, Api: api }), {
      'function:f': ({ stageVariables }: { stageVariables: object }) => stageVariables,
    });
    expect(await (await gateway.fetch('/dev/a')).json()).toEqual({ a: '1' });
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };
    const answer = await gateway.fetch(new Request('http://localhost/dev/a', { method: 'OPTIONS', headers }));
    expect([answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-methods')]).toEqual([
      'https://a.example',
      'PUT',
    ]);
  });

  it('stands on its domain below its base paths', async () => {
    const Domain = { DomainName: 'api.example', CertificateArn: 'arn', BasePath: ['/v1/', 'two'], Route53: { HostedZoneId: 'Z' } };
    const f = lambda({ e: event({ Path: '/a', Method: 'get' }) });
    await using gateway = await start(template({ f }, { HttpApi: { Domain } }), { 'function:f': routeKey });
    const status = async (path: string): Promise<number> =>
      (await gateway.fetch(new Request(`http://localhost${path}`, { headers: { host: 'api.example' } }))).status;
    expect(await Promise.all(['/v1/a', '/two/a', '/a'].map(status))).toEqual([200, 200, 404]);
  });

  it('leaves nothing of a template unknown', async () => {
    const Domain = {
      DomainName: 'api.example',
      CertificateArn: 'arn',
      EndpointConfiguration: 'REGIONAL',
      MutualTlsAuthentication: { TruststoreUri: 's3://a' },
      SecurityPolicy: 'TLS_1_2',
    };
    const api = httpApi({
      Name: 'n',
      Description: 'd',
      Domain,
      FailOnWarnings: true,
      DisableExecuteApiEndpoint: true,
      Tags: { a: 'b' },
      PropagateTags: true,
      AccessLogSettings: { DestinationArn: 'arn', Format: '$context.requestId' },
      DefaultRouteSettings: { ThrottlingBurstLimit: 1 },
      RouteSettings: { 'GET /a': { ThrottlingRateLimit: 1 } },
      CorsConfiguration: true,
    });
    const { ledger } = await read(template({ Api: api, f: lambda({ e: event({ ApiId: Api, Path: '/a', Method: 'get' }) }) }));
    expect(ledger.entries.filter(({ verdict }) => verdict === 'unknown').map(({ origin }) => origin.pointer)).toEqual([]);
  });

  it.each([
    ['two documents', { DefinitionBody: { openapi: '3.0.1', paths: {} }, DefinitionUri: 'a' }, 'Api has both DefinitionUri and DefinitionBody'],
    ['a document of REST APIs', { DefinitionBody: { swagger: '2.0', paths: {} } }, 'DefinitionBody of Api is no OpenAPI document'],
    ['properties that it has not', { Stage: 'a' }, 'unknown setting "Stage" in Resources.Api.Properties'],
    ['credentials for any origin', { CorsConfiguration: { AllowOrigins: ['*'], AllowCredentials: true } }, 'AllowCredentials is true for any origin'],
    [
      'an unknown member of CORS',
      { CorsConfiguration: { AllowOrigin: '*' } },
      'unknown setting "AllowOrigin" in Resources.Api.Properties.CorsConfiguration',
    ],
    ['a domain without certificate', { Domain: { DomainName: 'a' } }, 'Domain has no CertificateArn'],
  ])('refuses %s', async (_name, properties, message) => {
    expect((await errors({ Api: httpApi(properties) }))[0]).toBe(message);
  });

  it('refuses two events for one route, a path without a method, and a path that is no text', async () => {
    const events = (...all: (object | undefined)[]): Promise<string[]> =>
      errors({ f: lambda(Object.fromEntries(all.map((one, at) => [`e${at}`, event(one)]))) });
    expect(await events(undefined, undefined)).toEqual(['$default is defined by several events']);
    expect(await events({ Path: '/a' })).toEqual(['the event e0 has no Method']);
    expect(await events({ Path: ['/a'], Method: 'get' })).toEqual(['Resources.f.Properties.Events.e0.Properties.Path is a list']);
  });
});

it('a key that a template has twice counts where it stands last, as CloudFormation takes it', async () => {
  const text = `Transform: AWS::Serverless-2016-10-31
Resources:
  f: { Type: AWS::Serverless::Function, Properties: { Handler: a.b, Events: { e: { Type: HttpApi, Properties: { Path: /a, Path: /b, Method: get } } } } }`;
  await using gateway = await start({ 'template.yaml': text }, { 'function:f': () => 'ok' });
  expect([(await gateway.fetch('/a')).status, (await gateway.fetch('/b')).status]).toEqual([404, 200]);
  expect(gateway.diagnostics).toMatchObject([{ code: 'DG1101', severity: 'warning', line: 3 }]);
});
