import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../src/index.ts';
import { localEnv, presigned, signed } from '../aws/sign.ts';
import { api, ask, calls, policy, says, scheme, type AuthorizerEvent, type ProxyEvent } from './guarded-api.ts';

const sigv4 = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' };
const words = async (answer: Response): Promise<unknown> => [answer.status, answer.headers.get('x-amzn-errortype'), await answer.json()];

describe('a method under AWS_IAM', () => {
  const paths = { '/a': { get: says('$context.identity.accessKey $context.identity.userArn', { sigv4: [] }), post: calls('echo', { sigv4: [] }) } };
  const open = (functions = {}): Promise<Gateway> => api(paths, { schemes: { sigv4 }, functions, options: { env: localEnv } });

  it('lets pass who signed with the credentials of this machine', async () => {
    const events: ProxyEvent[] = [];
    const echo = (event: ProxyEvent): object => (events.push(event), {});
    await using gateway = await open({ echo });
    const at = gateway.clock.now();
    const answer = await gateway.fetch(signed('/dev/a?b=2&a=%20x', { at }));
    expect([answer.status, await answer.text()]).toEqual([200, 'AKIDLOCAL arn:aws:iam::123456789012:user/local']);
    expect((await gateway.fetch(signed('/dev/a', { at, method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }))).status).toBe(
      200,
    );
    expect(events[0]?.requestContext.identity).toMatchObject({ accessKey: 'AKIDLOCAL', accountId: '123456789012', caller: 'AKIDLOCAL' });
  });

  it('takes a signature in the query for as long as it says', async () => {
    await using gateway = await open();
    gateway.clock.freeze();
    const url = presigned('/dev/a', 60, gateway.clock.now());
    expect((await gateway.fetch(url)).status).toBe(200);
    expect((await gateway.fetch(url.replace('Expires=60', 'Expires=600'))).status).toBe(403);
    await gateway.clock.advance(62_000);
    expect(await words(await gateway.fetch(url))).toMatchObject([
      403,
      'InvalidSignatureException',
      { message: expect.stringMatching(/^Signature expired/) },
    ]);
  });

  it('refuses all others in the words of Amazon', async () => {
    await using gateway = await open();
    const at = gateway.clock.now();
    expect(await words(await gateway.fetch('/dev/a'))).toEqual([
      403,
      'MissingAuthenticationTokenException',
      { message: 'Missing Authentication Token' },
    ]);
    expect(await words(await gateway.fetch(signed('/dev/a', { at, key: 'AKIDOTHER' })))).toEqual([
      403,
      'UnrecognizedClientException',
      { message: 'The security token included in the request is invalid.' },
    ]);
    expect(await words(await gateway.fetch(signed('/dev/a', { at, secret: 'other' })))).toMatchObject([
      403,
      'InvalidSignatureException',
      { message: expect.stringMatching(/^The request signature we calculated does not match the signature you provided\./) },
    ]);
    expect((await gateway.fetch(ask('/dev/a', { authorization: 'Bearer x' }))).headers.get('x-amzn-errortype')).toBe('IncompleteSignatureException');
  });

  it('is closed where there are no credentials, which is told', async () => {
    await using gateway = await api({ '/a': { get: { ...says('a'), 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } } } });
    expect((await gateway.fetch(signed('/dev/a'))).status).toBe(403);
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1204', message: expect.stringMatching(/no signature is good/) }]);
  });
});

describe('the policy of an API', () => {
  const statement = (Effect: string, more: object = {}): object => ({
    Effect,
    Principal: '*',
    Action: 'execute-api:Invoke',
    Resource: 'execute-api:/*',
    ...more,
  });
  const more = (...statements: readonly object[]): object => ({ 'x-amazon-apigateway-policy': { Version: '2012-10-17', Statement: statements } });
  const open = { '/a': { get: says('a') }, '/b': { get: says('b') } };
  const arn = 'arn:aws:execute-api:us-east-1:********9012:local/dev/GET';

  it('must allow who is not asked for anything else', async () => {
    await using gateway = await api(open, { more: more(statement('Allow'), statement('Deny', { Resource: ['execute-api:/dev/GET/b'] })) });
    expect((await gateway.fetch('/dev/a')).status).toBe(200);
    expect(await words(await gateway.fetch('/dev/b'))).toEqual([
      403,
      'AccessDeniedException',
      {
        Message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${arn}/b with an explicit deny in a resource-based policy`,
      },
    ]);
    expect((await gateway.fetch('/dev/none')).headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });

  it('says nothing of whom it does not name', async () => {
    const someone = statement('Allow', { Principal: { AWS: 'arn:aws:iam::123456789012:user/local' } });
    await using gateway = await api(open, { more: more(someone) });
    expect(await words(await gateway.fetch('/dev/a'))).toEqual([
      403,
      'AccessDeniedException',
      { Message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${arn}/a` },
    ]);
  });

  it('looks at addresses, or at the one that is given', async () => {
    const office = statement('Allow', {
      Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      Resource: 'arn:aws:execute-api:eu-west-1:111122223333:abcdef/*/GET/*',
    });
    await using gateway = await api(open, { more: more(office) });
    expect((await gateway.fetch('/dev/a')).status).toBe(403);
    await using there = await api(open, { more: more(office), options: { variables: { awsSourceIp: '203.0.113.9' } } });
    expect((await there.fetch('/dev/a')).status).toBe(200);
  });

  it('of a private API is told of, and can be met', async () => {
    const outside = statement('Deny', { Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } });
    await using gateway = await api(open, { more: more(statement('Allow'), outside) });
    expect((await gateway.fetch('/dev/a')).status).toBe(403);
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', message: expect.stringMatching(/asks for aws:sourcevpce/) }]);
    await using inside = await api(open, { more: more(statement('Allow'), outside), options: { variables: { awsSourceVpce: 'vpce-1' } } });
    expect((await inside.fetch('/dev/a')).status).toBe(200);
  });

  it('that is not understood closes the API', async () => {
    await using gateway = await api(open, { more: more(statement('Allow', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o' } } })) });
    expect((await gateway.fetch('/dev/a')).status).toBe(501);
    await using text = await api(open, { more: { 'x-amazon-apigateway-policy': '{' } });
    expect((await text.fetch('/dev/a')).status).toBe(501);
    await using good = await api(open, { more: { 'x-amazon-apigateway-policy': JSON.stringify({ Statement: [statement('Allow')] }) } });
    expect((await good.fetch('/dev/a')).status).toBe(200);
  });

  it('is judged together with functions: a deny is final, an allow enough where the function says nothing', async () => {
    const asked: string[] = [];
    const auth = (event: AuthorizerEvent): object => {
      asked.push(event.authorizationToken);
      return event.authorizationToken === 'silent' ? policy('Allow', 'none') : policy(event.authorizationToken, '*');
    };
    const guarded = { '/a': { get: says('a', { auth: [] }) }, '/b': { get: says('b', { auth: [] }) }, '/c': { get: says('c', { auth: [] }) } };
    const rules = [statement('Allow', { Resource: 'execute-api:/dev/GET/a' }), statement('Deny', { Resource: 'execute-api:/dev/GET/b' })];
    await using gateway = await api(guarded, { schemes: { auth: scheme({ type: 'token' }) }, functions: { auth }, more: more(...rules) });
    const status = async (path: string, authorization: string): Promise<number> => (await gateway.fetch(ask(path, { authorization }))).status;
    expect([await status('/dev/a', 'Allow'), await status('/dev/a', 'silent'), await status('/dev/a', 'Deny')]).toEqual([200, 200, 403]);
    expect([await status('/dev/c', 'Allow'), await status('/dev/c', 'silent')]).toEqual([200, 403]);
    asked.length = 0;
    expect(await status('/dev/b', 'new')).toBe(403);
    expect(asked).toEqual([]);
  });

  it('must allow whom a token lets in, and must not deny who signed', async () => {
    const pool = scheme({ type: 'cognito_user_pools', providerARNs: ['arn:aws:cognito-idp:us-east-1:1:userpool/p'] });
    const guarded = {
      '/a': { get: says('a', { pool: [] }) },
      '/b': { get: says('b', { pool: [] }) },
      '/s': { get: says('s', { sigv4: [] }) },
      '/d': { get: says('d', { sigv4: [] }) },
    };
    const rules = [
      statement('Allow', { Resource: 'execute-api:/dev/GET/a' }),
      statement('Deny', { Resource: 'execute-api:/dev/GET/d', Principal: { AWS: 'arn:aws:iam::123456789012:role/admin' } }),
    ];
    const options = { env: localEnv, variables: { awsUserArn: 'arn:aws:iam::123456789012:role/admin' } };
    await using gateway = await api(guarded, { schemes: { pool, sigv4 }, more: more(...rules), options });
    const authorization = await gateway.token();
    expect((await gateway.fetch(ask('/dev/a', { authorization }))).status).toBe(200);
    expect((await gateway.fetch(ask('/dev/b', { authorization }))).status).toBe(403);
    expect((await gateway.fetch(ask('/dev/b'))).status).toBe(401);
    expect((await gateway.fetch(signed('/dev/s'))).status).toBe(200);
    expect(await words(await gateway.fetch(signed('/dev/d')))).toMatchObject([
      403,
      'AccessDeniedException',
      { Message: expect.stringMatching(/role\/admin is not/) },
    ]);
    expect((await gateway.fetch('/dev/s')).status).toBe(403);
  });
});
