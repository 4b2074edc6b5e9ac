import { describe, expect, it } from 'vitest';
import { api, ask, calls, policy, says, scheme, type AuthorizerEvent, type ProxyEvent } from './guarded-api.ts';

const token = (more: object = {}): object => scheme({ type: 'token', identitySource: '', ...more });
const request = (identitySource: string, more: object = {}): object => scheme({ type: 'request', identitySource, ...more });
const allowIf = (event: AuthorizerEvent): object => policy(event.authorizationToken === 'allow' ? 'Allow' : 'Deny', event.methodArn);
const guard = { auth: [] };
const words = async (answer: Response): Promise<unknown> => [answer.status, answer.headers.get('x-amzn-errortype'), await answer.json()];

describe('a TOKEN authorizer', () => {
  it('is asked with the token and the name of the method', async () => {
    const events: AuthorizerEvent[] = [];
    const auth = (event: AuthorizerEvent): object => (events.push(event), allowIf(event));
    await using gateway = await api({ '/pets/{id}': { get: says('hello', guard) } }, { schemes: { auth: token() }, functions: { auth } });
    expect((await gateway.fetch(ask('/dev/pets/7?a=b', { authorization: 'allow' }))).status).toBe(200);
    expect(events).toEqual([
      { type: 'TOKEN', authorizationToken: 'allow', methodArn: 'arn:aws:execute-api:us-east-1:123456789012:local/dev/GET/pets/7' },
    ]);
  });

  it('refuses with the words of each reason', async () => {
    const auth = (event: AuthorizerEvent): unknown => {
      if (event.authorizationToken === 'Unauthorized') throw new Error('Unauthorized');
      if (event.authorizationToken === 'bug') throw new TypeError('bug');
      return event.authorizationToken === 'silent' ? policy('Allow', 'arn:aws:execute-api:*/POST/*') : allowIf(event);
    };
    await using gateway = await api({ '/': { get: says('hello', guard) } }, { schemes: { auth: token() }, functions: { auth } });
    const with_ = async (authorization?: string): Promise<unknown> =>
      words(await gateway.fetch(ask('/dev/', authorization === undefined ? {} : { authorization })));
    const unauthorized = [401, 'UnauthorizedException', { message: 'Unauthorized' }];
    expect(await with_()).toEqual(unauthorized);
    expect(await with_('Unauthorized')).toEqual(unauthorized);
    expect(await with_('deny')).toEqual([
      403,
      'AccessDeniedException',
      { Message: 'User is not authorized to access this resource with an explicit deny' },
    ]);
    expect(await with_('silent')).toEqual([403, 'AccessDeniedException', { Message: 'User is not authorized to access this resource' }]);
    expect(await with_('bug')).toEqual([500, 'AuthorizerConfigurationException', { message: null }]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no principal', { ...policy('Allow', '*'), principalId: undefined }],
    ['no policy', { principalId: 'user' }],
    ['a policy of nonsense', { principalId: 'user', policyDocument: { Statement: [{ Effect: 'allow' }] } }],
    ['a context with a list', policy('Allow', '*', { context: { roles: ['a'] } })],
    ['a context with null', policy('Allow', '*', { context: { role: null } })],
    ['a context that is a text', policy('Allow', '*', { context: 'a' })],
    ['a key that is a number', policy('Allow', '*', { usageIdentifierKey: 7 })],
  ])('that answers %s lets nobody through', async (_, answer) => {
    await using gateway = await api({ '/a': { get: says('a', guard) } }, { schemes: { auth: token() }, functions: { auth: () => answer } });
    expect(await words(await gateway.fetch(ask('/dev/a', { authorization: 'a' })))).toEqual([
      500,
      'AuthorizerConfigurationException',
      { message: null },
    ]);
  });

  it('is not asked about a token that does not match as a whole', async () => {
    let asked = 0;
    const auth = (event: AuthorizerEvent): object => ((asked += 1), allowIf(event));
    const schemes = { auth: token({ identityValidationExpression: 'al[a-z]{3}|b' }) };
    await using gateway = await api({ '/a': { get: says('a', guard) } }, { schemes, functions: { auth } });
    expect((await gateway.fetch(ask('/dev/a', { authorization: 'allow' }))).status).toBe(200);
    for (const authorization of ['allowed', 'xallow', 'bb']) expect((await gateway.fetch(ask('/dev/a', { authorization }))).status).toBe(401);
    expect(asked).toBe(1);
  });

  it('closes its methods where the expression could take for ever', async () => {
    const schemes = { auth: token({ identityValidationExpression: '(a+)+$' }) };
    await using gateway = await api({ '/a': { get: says('a', guard) } }, { schemes, functions: { auth: allowIf } });
    expect((await gateway.fetch(ask('/dev/a', { authorization: 'a' }))).status).toBe(501);
  });

  it('that never answers is waited for ten seconds', async () => {
    let tell = (): void => {};
    const asked = new Promise<void>((resolve) => (tell = resolve));
    const auth = (): Promise<never> => (tell(), new Promise(() => {}));
    await using gateway = await api({ '/a': { get: says('a', guard) } }, { schemes: { auth: token() }, functions: { auth } });
    gateway.clock.freeze();
    const answer = gateway.fetch(ask('/dev/a', { authorization: 'a' }));
    await asked;
    await gateway.clock.advance(10_000);
    expect(await words(await answer)).toEqual([500, 'AuthorizerConfigurationException', { message: null }]);
  });

  it('refuses a method whose name is too long', async () => {
    await using gateway = await api({ '/{proxy+}': { get: says('a', guard) } }, { schemes: { auth: token() }, functions: { auth: allowIf } });
    expect((await gateway.fetch(ask(`/dev/${'a'.repeat(1700)}`, { authorization: 'allow' }))).status).toBe(414);
  });
});

describe('what an authorizer answered', () => {
  it('judges later requests for other methods until it is too old', async () => {
    let asked = 0;
    const auth = (event: AuthorizerEvent): object => ((asked += 1), policy('Allow', event.methodArn));
    await using gateway = await api(
      { '/a': { get: says('a', guard) }, '/b': { get: says('b', guard) } },
      { schemes: { auth: token({ authorizerResultTtlInSeconds: 60 }) }, functions: { auth } },
    );
    const status = async (path: string, authorization = 'one'): Promise<number> => (await gateway.fetch(ask(path, { authorization }))).status;
    gateway.clock.freeze();
    expect(await status('/dev/a')).toBe(200);
    expect(await status('/dev/b')).toBe(403);
    expect(await status('/dev/b', 'two')).toBe(200);
    expect(asked).toBe(2);
    await gateway.clock.advance(60_000);
    expect(await status('/dev/b')).toBe(200);
    expect(asked).toBe(3);
  });

  it('is explained', async () => {
    const auth = (event: AuthorizerEvent): object => policy('Allow', event.methodArn);
    await using gateway = await api(
      { '/a': { get: says('a', guard) }, '/b': { get: says('b', guard) } },
      { schemes: { auth: token() }, functions: { auth } },
    );
    const why = async (path: string, headers: Record<string, string> = {}): Promise<string> =>
      JSON.stringify((await gateway.explain(ask(path, headers))).decisions);
    const headers = { authorization: 'one' };
    expect(await why('/dev/a')).toContain('the authorizer auth is not asked: there is nothing at method.request.header.Authorization');
    await gateway.fetch(ask('/dev/a', headers));
    const kept = await why('/dev/b', headers);
    expect(kept).toContain('its policy is kept from an earlier request of this caller');
    expect(kept).toContain('the policy of the authorizer auth says nothing of arn:aws:execute-api:us-east-1:123456789012:local/dev/GET/b');
  });

  it('is kept for five minutes, or not at all', async () => {
    let asked = 0;
    const auth = (): object => ((asked += 1), policy('Allow', '*'));
    await using gateway = await api(
      { '/a': { get: says('a', { auth: [] }) }, '/b': { get: says('b', { never: [] }) } },
      { schemes: { auth: token(), never: token({ authorizerResultTtlInSeconds: 0 }) }, functions: { auth } },
    );
    gateway.clock.freeze();
    const twice = async (path: string): Promise<number> => {
      const before = asked;
      for (let at = 0; at < 2; at += 1) await gateway.fetch(ask(path, { authorization: 'a' }));
      return asked - before;
    };
    expect(await twice('/dev/a')).toBe(1);
    await gateway.clock.advance(299_999);
    expect(await twice('/dev/a')).toBe(0);
    await gateway.clock.advance(1);
    expect(await twice('/dev/a')).toBe(1);
    expect(await twice('/dev/b')).toBe(2);
  });

  it('reaches functions and templates as texts', async () => {
    const auth = (): object => policy('Allow', '*', { context: { tier: 'gold', level: 7, admin: true } });
    const events: ProxyEvent[] = [];
    const echo = (event: ProxyEvent): object => (events.push(event), {});
    const template = '$context.authorizer.principalId $context.authorizer.level $context.authorizer.admin $context.authorizer.none';
    await using gateway = await api(
      { '/t': { get: says(template, guard) }, '/f': { get: calls('echo', guard) }, '/open': { get: calls('echo') } },
      { schemes: { auth: token() }, functions: { auth, echo } },
    );
    const headers = { authorization: 'a' };
    expect(await (await gateway.fetch(ask('/dev/t', headers))).text()).toBe('user 7 true ');
    await gateway.fetch(ask('/dev/f', headers));
    await gateway.fetch(ask('/dev/open', headers));
    expect(events[0]?.requestContext.authorizer).toEqual({ principalId: 'user', tier: 'gold', level: '7', admin: 'true', integrationLatency: 0 });
    expect(events[1]?.requestContext).not.toHaveProperty('authorizer');
    expect(events[1]?.requestContext.identity).toMatchObject({ accessKey: null, userArn: null });
  });

  it('may be looked at by conditions', async () => {
    const auth = ({ authorizationToken: agent }: AuthorizerEvent): object => ({
      principalId: 'user',
      policyDocument: {
        Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringLike: { 'aws:UserAgent': `${agent}/*` } } }],
      },
    });
    await using gateway = await api({ '/a': { get: says('a', guard) } }, { schemes: { auth: token() }, functions: { auth } });
    const status = async (authorization: string): Promise<number> =>
      (await gateway.fetch(ask('/dev/a', { authorization, 'user-agent': 'curl/8' }))).status;
    expect(await status('curl')).toBe(200);
    expect(await status('other')).toBe(403);
  });

  it('may name the API key of the caller', async () => {
    const key = 'a-key-of-twenty-characters';
    const auth = ({ authorizationToken }: AuthorizerEvent): object => policy('Allow', '*', { usageIdentifierKey: authorizationToken });
    const schemes = { auth: token(), key: { type: 'apiKey', in: 'header', name: 'x-api-key' } };
    await using gateway = await api(
      { '/a': { get: says('$context.identity.apiKey $context.identity.userArn', { auth: [] }, { key: [] }) } },
      { schemes, functions: { auth }, more: { 'x-amazon-apigateway-api-key-source': 'AUTHORIZER' }, options: { variables: { apiKey: key } } },
    );
    const answer = await gateway.fetch(ask('/dev/a', { authorization: key }));
    expect([answer.status, await answer.text()]).toEqual([200, `${key} `]);
    const other = await gateway.fetch(ask('/dev/a', { authorization: 'other', 'x-api-key': key }));
    expect(await words(other)).toEqual([403, 'ForbiddenException', { message: 'Forbidden' }]);
    expect((await gateway.fetch(ask('/dev/a', { 'x-api-key': key }))).status).toBe(401);
  });
});

describe('a REQUEST authorizer', () => {
  const sources = 'method.request.header.X-Who, method.request.querystring.tenant, stageVariables.region, context.httpMethod';
  it('is asked with the event of the request once all that tells who is calling is there', async () => {
    const events: AuthorizerEvent[] = [];
    const auth = (event: AuthorizerEvent): object => (events.push(event), policy('Allow', event.methodArn));
    await using gateway = await api(
      { '/pets/{id}': { get: says('a', guard) } },
      { schemes: { auth: request(sources) }, functions: { auth }, options: { variables: { region: 'eu' } } },
    );
    expect((await gateway.fetch(ask('/dev/pets/7?tenant=a', { 'x-who': 'me' }))).status).toBe(200);
    expect((await gateway.fetch(ask('/dev/pets/7?tenant=', { 'x-who': 'me' }))).status).toBe(401);
    expect((await gateway.fetch(ask('/dev/pets/7?tenant=a'))).status).toBe(401);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:123456789012:local/dev/GET/pets/7',
      resource: '/pets/{id}',
      path: '/pets/7',
      httpMethod: 'GET',
      pathParameters: { id: '7' },
      queryStringParameters: { tenant: 'a' },
      requestContext: { stage: 'dev' },
    });
    expect(events[0]).not.toHaveProperty('body');
    expect(events[0]?.['headers']).toMatchObject({ 'x-who': 'me' });
  });

  it('is not asked where the stage variable is not set, and each identity has an answer of its own', async () => {
    const auth = (event: AuthorizerEvent): object => policy(event.queryStringParameters['who'] === 'me' ? 'Allow' : 'Deny', '*');
    const schemes = { auth: request('method.request.querystring.who'), other: request('stageVariables.none') };
    await using gateway = await api({ '/a': { get: says('a', guard) }, '/b': { get: says('b', { other: [] }) } }, { schemes, functions: { auth } });
    expect((await gateway.fetch(ask('/dev/a?who=me'))).status).toBe(200);
    expect((await gateway.fetch(ask('/dev/a?who=you'))).status).toBe(403);
    expect((await gateway.fetch(ask('/dev/a?who=me'))).status).toBe(200);
    expect((await gateway.fetch(ask('/dev/b'))).status).toBe(401);
  });

  it('without sources is asked each time', async () => {
    let asked = 0;
    const auth = (event: AuthorizerEvent): object => ((asked += 1), policy(event.headers['x-role'] === 'admin' ? 'Allow' : 'Deny', '*'));
    const schemes = { auth: request('', { authorizerResultTtlInSeconds: 0 }) };
    await using gateway = await api({ '/a': { get: says('a', guard) } }, { schemes, functions: { auth } });
    expect((await gateway.fetch(ask('/dev/a', { 'x-role': 'admin' }))).status).toBe(200);
    expect((await gateway.fetch(ask('/dev/a'))).status).toBe(403);
    expect(asked).toBe(2);
  });
});

describe('a configuration', () => {
  it.each<[string, object, RegExp]>([
    ['a source that is nothing', request('method.request.header.'), /no identity source/],
    ['an unknown identity source', request('method.request.path.id'), /no identity source of a REQUEST authorizer/],
    ['two sources of a token', token({ identitySource: 'method.request.header.a,method.request.header.b' }), /needs one identity source/],
    ['a token in the query', token({ identitySource: 'method.request.querystring.a' }), /no identity source of a TOKEN authorizer/],
    ['a long time to live', token({ authorizerResultTtlInSeconds: 3601 }), /authorizerResultTtlInSeconds is 3601/],
  ])('with %s is refused', async (_, auth, message) => {
    await expect(api({ '/a': { get: says('a', guard) } }, { schemes: { auth } })).rejects.toThrow(message);
  });

  it('with security that names nothing by its scheme is refused', async () => {
    await expect(api({ '/a': { get: { ...says('a'), security: ['auth'] } } }, { schemes: { auth: token() } })).rejects.toThrow(
      /no security requirement/,
    );
  });

  it('says of schemes that API Gateway does not enforce', async () => {
    const schemes = { oauth: { type: 'oauth2', flows: { implicit: { authorizationUrl: 'https://a.test', scopes: {} } } } };
    await using gateway = await api({ '/a': { get: says('a', { oauth: ['x'] }, { none: [] }, { NONE: [] }) } }, { schemes });
    expect((await gateway.fetch(ask('/dev/a'))).status).toBe(200);
    expect(gateway.diagnostics.map(({ message }) => message)).toEqual([
      'API Gateway does not enforce the security scheme "oauth"',
      'there is no security scheme "none"',
    ]);
  });

  it.each<[string, object, RegExp]>([
    ['a uri that names no function', token({ authorizerUri: 'arn:aws:lambda' }), /does not name a function/],
    ['a pool that is not named', scheme({ type: 'cognito_user_pools' }), /needs providerARNs/],
    ['a JWT authorizer without an issuer', scheme({ type: 'jwt' }), /needs jwtConfiguration.issuer/],
    ['a pool without a place', { ...scheme({ type: 'cognito_user_pools', providerARNs: ['a'] }), in: 'query' }, /needs an identity source/],
    [
      'an unknown type',
      { ...scheme({}), 'x-amazon-apigateway-authorizer': undefined, 'x-amazon-apigateway-authtype': 'oauth2' },
      /needs the authorizer auth of type "oauth2"/,
    ],
  ])('with %s closes the methods behind it', async (_, auth, message) => {
    await using gateway = await api({ '/a': { get: says('a', guard) }, '/b': { get: says('b') } }, { schemes: { auth } });
    expect([(await gateway.fetch('/dev/a')).status, (await gateway.fetch('/dev/b')).status]).toEqual([501, 200]);
    expect(gateway.diagnostics.map((one) => one.message).join()).toMatch(message);
  });

  it('guards what names its scheme without a list, and all that says nothing of its own', async () => {
    const schemes = { auth: token() };
    const paths = {
      '/a': { get: { ...says('a'), security: { auth: [] } } },
      '/b': { get: { ...says('b'), security: undefined } },
      '/c': { get: says('c') },
    };
    await using gateway = await api(paths, { schemes, more: { security: [guard] } });
    const statuses = ['/a', '/b', '/c'].map(async (path) => (await gateway.fetch(`/dev${path}`)).status);
    expect(await Promise.all(statuses)).toEqual([401, 401, 200]);
  });

  it('may name the ARN of a function of another stack', async () => {
    const authorizerUri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/SharedAuth/invocations';
    const functions = { SharedAuth: () => policy('Allow', '*') };
    await using gateway = await api({ '/a': { get: says('a', guard) } }, { schemes: { auth: token({ authorizerUri }) }, functions });
    expect((await gateway.fetch(ask('/dev/a', { authorization: 'x' }))).status).toBe(200);
  });
});
