import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { frame } from '../../../src/http/grpc-frames.ts';
import { fieldOf } from '../../../src/http/protobuf-wire.ts';
import { authServer, denies, option, passes, type AuthAnswer, type AuthServer, type Check } from './auth-server.ts';
import { manifests } from './one-route.ts';
import { ruleOf } from './rule.ts';
import { authorityMap, leaf } from './tls-backend.ts';

let says: AuthAnswer = {};
let server: AuthServer;
beforeAll(async () => {
  server = await authServer(() => says);
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  server.asked.length = 0;
  says = { bytes: frame(0, passes()) };
});

const auth = (settings = 'grpc: {}'): string =>
  `{ type: ExternalAuth, externalAuth: { protocol: GRPC, backendRef: { name: auth, port: 80 }, ${settings} } }`;
/** The backend answers with what it was asked: the target, and fields that begin with `x-`. */
const backend = (request: Request): Response => {
  const { pathname, search } = new URL(request.url);
  const fields = [...request.headers].filter(([name]) => /^x-|^authorization$|^host$/.test(name)).map(([name, value]) => `${name}: ${value}`);
  return new Response([`${pathname}${search}`, ...fields].join('\n'), { headers: [['x-from', 'backend']] });
};
const gatewayWith = (filters: string, url = server.url, beside = '') =>
  manifests(`rules: [{ filters: [${filters}], backendRefs: [{ name: a, port: 80 }] }]`, { backends: { a: backend, auth: url }, beside });
async function send(filters = auth(), target = '/', init: RequestInit = {}) {
  await using gateway = await gatewayWith(filters);
  return gateway.ask(new Request(`http://a.test${target}`, init));
}
const check = (): Check => server.asked[0] as Check;

describe('a server of ext_authz is asked whether a request may pass', () => {
  it('by a call of gRPC that says all of it', async () => {
    const init = {
      method: 'POST',
      body: 'hello',
      headers: [
        ['X-A', '1'],
        ['X-B', '3'],
        ['Cookie', 'c=1'],
      ] as [string, string][],
    };
    expect((await send(auth(), '//y?q=1&q=%202', init)).text).toMatch(/^\/y\?q=1&q=%202\n/);
    const { head, source, destination, time, http, headers } = check();
    expect(head).toMatchObject({
      ':method': 'POST',
      ':path': '/envoy.service.auth.v3.Authorization/Check',
      ':authority': 'auth.shop:80',
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': '10000m',
    });
    expect([source.address, destination.port]).toEqual(['127.0.0.1', 80]);
    expect(time.seconds).toBeGreaterThan(1_700_000_000);
    expect(http).toEqual({
      id: expect.stringMatching(/^\d+$/),
      method: 'POST',
      path: '/y?q=1&q=%202',
      host: 'a.test',
      scheme: 'http',
      protocol: 'HTTP/1.1',
      body: '',
      size: 0,
    });
    expect(headers).toMatchObject({
      ':authority': 'a.test',
      ':path': '/y?q=1&q=%202',
      ':method': 'POST',
      ':scheme': 'http',
      'x-a': '1',
      'x-b': '3',
      cookie: 'c=1',
    });
    expect(headers).not.toHaveProperty('host');
    expect(headers).not.toHaveProperty('x-envoy-auth-partial-body');
  });

  it('with fields of one name joined, cookies as cookies are', async () => {
    await using gateway = await gatewayWith(auth());
    const { request } = await import('node:http');
    const headers = [
      'Host',
      'a.test',
      'X-A',
      '1',
      'x-a',
      '2',
      'Cookie',
      'a=1',
      'Cookie',
      'b=2',
      'X-Bad',
      Buffer.from([0x61, 0xff]).toString('latin1'),
    ];
    await new Promise<void>((resolve) => request(gateway.url, { headers: headers as never }, (answer) => answer.resume().on('end', resolve)).end());
    expect(check().headers).toMatchObject({ 'x-a': '1,2', cookie: 'a=1; b=2', 'x-bad': 'a!' });
  });

  it('of which it sees the named fields alone', async () => {
    await send(auth('grpc: { allowedHeaders: [X-A, ":path"] }'), '/y', { headers: { 'x-a': '1', 'x-b': '2', authorization: 'Basic x' } });
    expect(check().headers).toEqual({ 'x-a': '1', ':path': '/y' });
    expect(check().http.host).toBe('a.test');
  });

  it('before other filters change it, and nobody is asked for an explanation', async () => {
    const set = '{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-a, value: own }] } }';
    await using gateway = await gatewayWith(`${set}, ${auth()}`);
    await gateway.explain(new Request('http://a.test/'));
    expect(server.asked).toEqual([]);
    expect((await gateway.ask(new Request('http://a.test/', { headers: { 'x-a': 'theirs' } }))).text).toContain('x-a: own');
    expect(check().headers['x-a']).toBe('theirs');
  });

  it('by TLS where a BackendTLSPolicy says so', async () => {
    await using secure = await authServer(() => says, leaf('x', 'auth.test'));
    const policy = (host: string): string =>
      `apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: { name: p, namespace: shop }\nspec: { targetRefs: [{ group: '', kind: Service, name: auth }], validation: { hostname: ${host}, caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }] } }`;
    for (const [host, status] of [
      ['auth.test', 200],
      ['other.test', 403],
    ] as const) {
      await using gateway = await gatewayWith(auth(), secure.url, `${authorityMap()}${policy(host)}`);
      expect((await gateway.ask('http://a.test/')).status).toBe(status);
    }
    expect(secure.asked).toHaveLength(1);
  });
});

describe('a body', () => {
  const limited = auth('grpc: { allowedHeaders: [x-a] }, forwardBody: { maxSize: 6 }');
  it('goes to it up to the size that is said, and to the backend', async () => {
    await send(limited, '/', { method: 'POST', body: Buffer.from('68c3a4ff', 'hex'), headers: { 'x-envoy-auth-partial-body': 'true' } });
    expect([check().http.body, check().http.size, check().headers]).toEqual(['h\u{e4}!', 4, { 'x-envoy-auth-partial-body': 'false' }]);
  });
  it('that is larger is refused, and nobody is asked', async () => {
    expect((await send(limited, '/', { method: 'POST', body: '1234567' })).status).toBe(413);
    expect(server.asked).toEqual([]);
  });
});

describe('its answer', () => {
  it('lets pass, and changes the fields of the request', async () => {
    const headers = [
      option('X-User', '42'),
      option('x-set', 'new', { append: false, action: 1 }),
      option('x-list', 'b', { append: true }),
      option('x-none', 'b', { append: true }),
      option('x-there', 'new', { action: 1 }),
      option('x-absent', 'new', { action: 1 }),
      option('x-over', 'new', { action: 2 }),
      option('x-gone', 'new', { action: 3 }),
      option('host', 'other.test'),
      option('transfer-encoding', 'x'),
      option('content-length', '7'),
    ];
    says = { bytes: frame(0, passes({ headers, remove: ['Authorization', ':path', 'host'] })) };
    const sent = await send(auth(), '/y', {
      headers: { 'x-user': 'admin', 'x-set': 'a', 'x-list': 'a', 'x-there': 'a', 'x-over': 'a', authorization: 'Basic x' },
    });
    expect(sent.text.split('\n').toSorted()).toEqual(
      ['/y', 'host: other.test', 'x-absent: new', 'x-list: a,b', 'x-over: new', 'x-set: new', 'x-there: a', 'x-user: 42'].toSorted(),
    );
  });

  it('changes the query, whose parameters stand in the order of their names then', async () => {
    says = { bytes: frame(0, passes({ set: { user: '42', b: 'x%20y==' }, drop: ['token', 'none'] })) };
    expect((await send(auth(), '/?user=1&token=t&user=2&z&a=%2f&token=u')).text.split('\n')[0]).toBe('/?a=%2f&b=x%20y==&user=42&z=');
  });
  it('leaves a query as it is where it says nothing of it', async () => {
    expect((await send(auth(), '/?z&&a=1')).text.split('\n')[0]).toBe('/?z&&a=1');
  });

  it('says what the client is told, whoever answers it', async () => {
    const told = [
      option('x-told', '1'),
      option('x-told', '2', { append: true }),
      option('x-from', 'auth', { action: 2 }),
      option('x-from', 'no', { action: 1 }),
    ];
    says = { bytes: frame(0, passes({ told })) };
    const modifier = '{ type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: x-from, value: filter }] } }';
    const sent = await send(`${auth()}, ${auth()}, ${modifier}`);
    expect([sent.headers.get('x-told'), sent.headers.get('x-from')]).toEqual(['1, 2, 1, 2', 'auth']);
    await using gateway = await manifests(`rules: [{ filters: [${auth()}], backendRefs: [] }]`, { backends: { auth: server.url } });
    const failed = await gateway.ask('http://a.test/');
    expect([failed.status, failed.headers.get('x-told')]).toEqual([500, '1, 2']);
  });

  it('is a denial with its own status, fields and body', async () => {
    says = {
      bytes: frame(
        0,
        denies(
          401,
          [option('WWW-Authenticate', 'Basic'), option('Set-Cookie', 'a=1'), option('Set-Cookie', 'b=2'), option('content-length', '1')],
          'no',
        ),
      ),
    };
    const sent = await send();
    expect([sent.status, sent.text, sent.headers.get('www-authenticate'), sent.headers.getSetCookie(), sent.headers.get('content-type')]).toEqual([
      401,
      'no',
      'Basic',
      ['a=1', 'b=2'],
      'text/plain',
    ]);
  });
  it('is 403 where it says no more', async () => {
    for (const bytes of [denies(), fieldOf(1, fieldOf(1, 16))]) {
      says = { bytes: frame(0, bytes) };
      const sent = await send();
      expect([sent.status, sent.text]).toEqual([403, '']);
    }
  });
  it('passes without a status, as in Envoy', async () => {
    says = { bytes: frame(0, Buffer.alloc(0)) };
    expect((await send()).status).toBe(200);
  });

  it('to a call of gRPC is a status of gRPC', async () => {
    const call = { method: 'POST', headers: { 'content-type': 'application/grpc' } };
    says = { bytes: frame(0, denies(401, [option('x-why', 'token')], '50% \u{20ac}\n')) };
    const denied = await send(auth(), '/', call);
    expect([denied.status, ...['grpc-status', 'grpc-message', 'x-why', 'content-type'].map((name) => denied.headers.get(name))]).toEqual([
      200,
      '16',
      '50%25 %E2%82%AC%0A',
      'token',
      'application/grpc',
    ]);
    says = { bytes: frame(0, denies(401, [option('grpc-status', '9')])) };
    expect((await send(auth(), '/', call)).headers.get('grpc-status')).toBe('9');
    says = { trailersOnly: true, grpcStatus: '14' };
    expect((await send(auth(), '/', call)).headers.get('grpc-status')).toBe('7');
  });
});

describe('nobody passes where', () => {
  const good = passes();
  it.each<[string, AuthAnswer]>([
    ['the call fails', { bytes: frame(0, good), grpcStatus: '13' }],
    ['it fails at once', { trailersOnly: true, grpcStatus: '5' }],
    ['there is no message', { trailersOnly: true }],
    ['the answer is not of gRPC', { bytes: frame(0, good), httpStatus: 404 }],
    ['the frame is cut', { bytes: frame(0, good).subarray(0, 6) }],
    ['there are two', { bytes: Buffer.concat([frame(0, good), frame(0, good)]) }],
    ['it is compressed', { bytes: frame(1, good) }],
    ['the message is broken', { bytes: frame(0, Buffer.from('0a05', 'hex')) }],
    ['the message is too large', { bytes: frame(0, Buffer.alloc(4 * 1024 * 1024)) }],
    ['a name is none', { bytes: frame(0, passes({ headers: [option('x y', '1')] })) }],
    ['a name is of HTTP/2 itself', { bytes: frame(0, passes({ headers: [option(':path', '/admin')] })) }],
    ['a value has several lines', { bytes: frame(0, passes({ told: [option('x-a', '1\r\nx-b: 2')] })) }],
    ['a parameter would end the query', { bytes: frame(0, passes({ set: { a: '1 HTTP/1.1' } })) }],
    ['an action is not known', { bytes: frame(0, passes({ headers: [option('x-a', '1', { action: 4 })] })) }],
    ['a status is none', { bytes: frame(0, denies(101)) }],
    ['a list is too long', { bytes: frame(0, passes({ remove: Array.from({ length: 1001 }, () => 'x') })) }],
  ])('%s', async (_, answer) => {
    says = answer;
    const sent = await send();
    expect([sent.status, sent.text, server.asked.length]).toEqual([403, '', 1]);
  });

  it('nobody is there', async () => {
    await using gateway = await gatewayWith(auth(), 'http://127.0.0.1:1');
    expect((await gateway.ask('http://a.test/')).status).toBe(403);
  });
  it('a fault is planned', async () => {
    await using gateway = await gatewayWith(auth());
    gateway.fault('shop/auth:80', { status: 503, times: 1 });
    expect((await gateway.ask('http://a.test/')).status).toBe(403);
    expect((await gateway.ask('http://a.test/')).status).toBe(200);
    expect(server.asked).toHaveLength(1);
  });
  it('the whole answer is not there after ten seconds', async () => {
    says = { stalls: true };
    await using gateway = await gatewayWith(auth());
    gateway.clock.freeze();
    const waiting = gateway.ask('http://a.test/');
    await expect.poll(() => server.asked.length).toBe(1);
    let settled = false;
    void waiting.then(() => (settled = true));
    await gateway.clock.advance(9_999);
    expect(settled).toBe(false);
    await gateway.clock.advance(1);
    expect((await waiting).status).toBe(403);
  });
  it('the reference leads nowhere, which is told', async () => {
    const one = ruleOf(
      `filters: [{ type: ExternalAuth, externalAuth: { protocol: GRPC, backendRef: { name: gone }, grpc: { allowedHeaders: [a] } } }]`,
    );
    expect([(await one.send()).status, one.asked]).toEqual([500, []]);
    expect(one.ledger.diagnostics).toEqual([expect.objectContaining({ code: 'DG1205', severity: 'warning' })]);
    expect(one.ledger.entries.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });
});
