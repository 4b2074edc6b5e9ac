import { describe, expect, it } from 'vitest';
import { ruleOf, answer, noConnection, type Asked } from './rule.ts';

const auth = (settings: string): string => `{ type: ExternalAuth, externalAuth: { protocol: HTTP, backendRef: { name: auth }, ${settings} } }`;
const rule = (filters: string, says: (asked: Asked) => ReturnType<typeof answer> | typeof noConnection = () => answer()) =>
  ruleOf(`filters: [${filters}]\nbackendRefs: [{ name: a }]`, { answer: (asked) => (asked.upstream === 'shop/auth:80' ? says(asked) : answer()) });
const names = (asked: Asked): string[] => [...asked.headers].map(([name, value]) => `${name}: ${value}`);

describe('a server is asked whether a request may pass', () => {
  it('by what always goes to it: method, path, host and Authorization', async () => {
    const one = rule(auth('http: {}'));
    expect(
      (await one.send('/x/../y?q=1', { method: 'POST', headers: ['Authorization', 'Basic x', 'Cookie', 'c', 'X-A', '1'], body: 'hello' })).status,
    ).toBe(200);
    const [asked, sent] = one.asked as [Asked, Asked];
    expect([asked.upstream, asked.method, asked.target, asked.body]).toEqual(['shop/auth:80', 'POST', '/x/../y?q=1', '']);
    expect(names(asked)).toEqual(['Host: a.test', 'Authorization: Basic x', 'Content-Length: 0']);
    expect([sent.upstream, sent.body]).toEqual(['shop/a:80', 'hello']);
  });

  it('with a prefix of the path and the fields that are named', async () => {
    const one = rule(auth('http: { path: /check//../ask/, allowedHeaders: [x-a, Content-Length] }'));
    await one.send('/y?q=1', { headers: ['X-A', '1', 'x-a', '2', 'X-B', '3'] });
    expect(one.asked[0]?.target).toBe('/check/ask/y?q=1');
    expect(names(one.asked[0]!)).toEqual(['Host: a.test', 'X-A: 1', 'x-a: 2', 'Content-Length: 0']);
  });

  it('before other filters change it, and after the answer to a preflight request', async () => {
    const set = '{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: Authorization, value: own }] } }';
    const cors = '{ type: CORS, cors: { allowOrigins: ["https://b.test"] } }';
    const one = rule(`${set}, ${auth('http: {}')}, ${cors}`, () => answer(401));
    const origin = ['Origin', 'https://b.test'];
    expect((await one.send('/', { method: 'OPTIONS', headers: [...origin, 'Access-Control-Request-Method', 'GET'] })).status).toBe(204);
    expect(one.asked).toEqual([]);
    const sent = await one.send('/', { headers: [...origin, 'Authorization', 'theirs'] });
    expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([401, 'https://b.test']);
    expect(one.asked.map(({ headers }) => headers.get('authorization'))).toEqual(['theirs']);
  });
});

describe('its answer', () => {
  const says = () =>
    answer(
      200,
      ['X-User', '42', 'X-Role', 'a', 'x-role', 'b', 'Content-Type', 'text/x', 'Connection', 'X-Gone', 'X-Gone', '1', 'Host', 'evil'],
      'ok',
    );

  it('of 200 lays its fields on the request, those that are named, in the place of the client\u2019s', async () => {
    const one = rule(auth('http: { allowedResponseHeaders: [x-role, Host] }'), says);
    await one.send('/', { headers: ['X-Role', 'admin', 'Content-Type', 'text/plain'] });
    expect(names(one.asked[1]!)).toEqual(['Host: a.test', 'Content-Type: text/plain', 'X-Role: a', 'x-role: b']);
  });
  it('or all that do not describe the answer itself', async () => {
    const one = rule(auth('http: {}'), says);
    await one.send('/', { headers: ['X-Role', 'admin'] });
    expect(names(one.asked[1]!)).toEqual(['Host: a.test', 'X-User: 42', 'X-Role: a', 'x-role: b']);
  });
  it.each([201, 302, 401, 403, 500])('of %i is the client\u2019s', async (status) => {
    const one = rule(auth('http: {}'), () =>
      answer(status, ['X-Auth-Error', 'no', 'Transfer-Encoding', 'chunked', 'Content-Length', '99'], 'denied'),
    );
    const sent = await one.send();
    expect([sent.status, sent.headers.get('x-auth-error'), sent.headers.get('transfer-encoding'), sent.text]).toEqual([
      status,
      'no',
      undefined,
      'denied',
    ]);
    expect(one.asked).toHaveLength(1);
  });
  it('to a call of gRPC is a status of gRPC', async () => {
    const one = rule(auth('http: {}'), () => answer(401, ['X-Auth-Error', 'no'], 'denied'));
    const sent = await one.send('/', { headers: ['Content-Type', 'application/grpc'] });
    expect([sent.status, ...['grpc-status', 'grpc-message', 'x-auth-error'].map((name) => sent.headers.get(name)), sent.text]).toEqual([
      200,
      '16',
      'denied',
      'no',
      '',
    ]);
  });
  it('that does not come closes', async () => {
    const one = rule(auth('http: {}'), () => noConnection);
    expect((await one.send()).text).toBe('forbidden');
    expect(one.asked).toHaveLength(1);
  });
});

describe('a body', () => {
  it.each([
    ['maxSize: 5', 'hello', 'hello'],
    ['maxSize: 0', '', 'hello'],
    ['', '', 'hello'],
  ])('goes to it up to the size that is said: {%s}', async (size, seen, sent) => {
    const one = rule(auth(`http: {}, forwardBody: { ${size} }`));
    await one.send('/', { method: 'POST', body: 'hello' });
    expect(one.asked.map(({ body }) => body)).toEqual([seen, sent]);
    expect(one.asked[0]?.headers.get('content-length')).toBe(String(seen.length));
  });
  it('that is larger is refused, and nobody is asked', async () => {
    const one = rule(auth('http: {}, forwardBody: { maxSize: 4 }'));
    expect((await one.send('/', { method: 'POST', body: 'hello' })).text).toBe('body-too-large');
    expect(one.asked).toEqual([]);
  });
});

it('a reference that leads nowhere closes the rule and is told', async () => {
  const one = rule('{ type: ExternalAuth, externalAuth: { protocol: HTTP, backendRef: { name: gone }, http: { allowedHeaders: [] } } }');
  expect([(await one.send()).status, one.asked]).toEqual([500, []]);
  expect(one.ledger.diagnostics).toEqual([expect.objectContaining({ code: 'DG1205', severity: 'warning' })]);
  expect(one.ledger.entries.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
});
