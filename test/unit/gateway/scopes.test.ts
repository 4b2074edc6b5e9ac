import { request as send } from 'node:http';
import { connect } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';
import { Fields } from '../../../src/http/fields.ts';
import { takeScopeNames } from '../../../src/gateway/scope-carrier.ts';

const config = {
  routes: [
    { name: 'limited', match: { path: '/limited' }, steps: [{ rateLimit: { by: 'ip', limit: 2, per: '1m' } }], upstream: 'one:80' },
    { name: 'open', match: { path: '/open' }, upstream: { url: 'one:80', responseTimeout: '30s' } },
  ],
};
/** Its clock stands: no window of a limit ends by itself. */
const start = async (options: GatewayOptions = {}): Promise<Gateway> => {
  const gateway = await createGateway({ config, upstreams: { 'one:80': 'echo:' }, ...options });
  gateway.clock.freeze();
  return gateway;
};
const arrived = { method: 'GET', target: '/', httpVersion: '1.1' };
const said = (text: string) => (): Response => new Response(text);

/** Over a socket, with the host that the client would send. */
const over = (gateway: Gateway, path: string, headers: Record<string, string>): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(gateway.url);
    const req = send({ host: '127.0.0.1', port, path, headers, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text }));
    });
    req.on('error', reject).end();
  });

describe('the carrier of a scope', () => {
  const carriers: [string, Record<string, string>][] = [
    ['a field', { 'Devgateway-Scope': 'one' }],
    ['a member of Baggage', { baggage: 'a=1, devgateway.scope=one;p=2,b=2' }],
    ['the host', { Host: 'one.scope.localhost:80' }],
    ['all of them', { Host: 'ONE.scope.localhost', baggage: 'devgateway.scope=one', 'devgateway-scope': 'One' }],
  ];
  it.each(carriers)('%s, of which neither the upstream nor the chain sees anything', async (_, headers) => {
    await using gateway = await start();
    const { text } = await over(gateway, '/open', headers);
    const [seen] = gateway.traffic.all;
    expect(seen).toMatchObject({ scope: 'one' });
    for (const raw of [seen?.request.rawHeaders, seen?.upstreamRequest?.rawHeaders, [text]])
      expect(raw?.join('\n')).not.toMatch(/devgateway.scope|one\.scope/i);
    expect(gateway.scope('ONE').traffic.all).toEqual([seen]);
  });

  it.each([
    ['devgateway.scope=a', 'a', undefined],
    ['x=1,devgateway.scope=a', 'a', 'x=1'],
    [' devgateway.scope = a ;m, x=1;y', 'a', 'x=1;y'],
    ['devgateway.scope=%61', 'a', undefined],
    ['devgateway.scope=%zz', '%zz', undefined],
    ['devgateway.scoped=a', undefined, 'devgateway.scoped=a'],
  ])('Baggage %j loses that member and no other', (value, name, left) => {
    const fields = new Fields(['Baggage', value, 'X-One', '1']);
    expect(takeScopeNames({ ...arrived, headers: fields })).toEqual(name === undefined ? [] : [name]);
    expect([fields.get('baggage'), fields.get('x-one')]).toEqual([left, '1']);
  });

  it.each([
    ['a.scope.localhost', 'localhost'],
    ['a.scope.localhost:8080', 'localhost:8080'],
    ['a.scope.api.example.com.localhost', 'api.example.com.localhost'],
    ['a.scope.example.com', 'a.scope.example.com'],
    ['scope.localhost', 'scope.localhost'],
  ])('the host %s becomes %s', (host, left) => {
    const whole = { ...arrived, target: `http://${host}/a?b`, headers: new Fields(['Host', host]) };
    takeScopeNames(whole);
    expect([whole.headers.get('host'), whole.target]).toEqual([left, `http://${left}/a?b`]);
  });

  it.each([
    ['a name that is none', { 'devgateway-scope': '../a' }, /cannot name a scope/],
    ['no name', { 'devgateway-scope': '' }, /cannot name a scope/],
    ['a name that is too long', { baggage: `devgateway.scope=${'a'.repeat(65)}` }, /cannot name a scope/],
    ['two names', { 'devgateway-scope': 'a', baggage: 'devgateway.scope=b' }, /several scopes/],
  ])('is refused with %s, and nobody is asked', async (_, headers, why) => {
    await using gateway = await start();
    const answer = await over(gateway, '/open', headers);
    expect(answer).toMatchObject({ status: 400, text: expect.stringMatching(why) });
    expect(gateway.traffic.all).toEqual([]);
    expect(() => gateway.scope('../a')).toThrow(TypeError);
  });

  it('makes no more than a thousand scopes', async () => {
    await using gateway = await start();
    for (let at = 0; at < 1000; at += 1) gateway.scope(`s${at}`);
    const answer = await gateway.fetch(new Request('http://localhost/open', { headers: { 'devgateway-scope': 'another' } }));
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('1000 scopes already')]);
  });
});

describe('a scope has for itself', () => {
  const statuses = async (asked: { fetch: Gateway['fetch'] }, count: number): Promise<number[]> => {
    const found: number[] = [];
    for (let at = 0; at < count; at += 1) found.push((await asked.fetch('/limited')).status);
    return found;
  };

  it('counters, and a reset that touches nobody else', async () => {
    await using gateway = await start();
    const [a, b] = [gateway.scope('a'), gateway.scope('b')];
    for (const one of [gateway, a, b]) expect(await statuses(one, 3)).toEqual([200, 200, 429]);
    await a.reset();
    expect([await statuses(a, 1), await statuses(b, 1), await statuses(gateway, 1)]).toEqual([[200], [429], [429]]);
    await gateway.reset();
    expect([await statuses(a, 1), await statuses(b, 1), await statuses(gateway, 1)]).toEqual([[200], [200], [200]]);
  });

  it('a clock, on which its limits run', async () => {
    await using gateway = await start();
    const [a, b] = [gateway.scope('a'), gateway.scope('b')];
    for (const one of [gateway, a, b]) await statuses(one, 2);
    await a.clock.advance(60_000);
    expect([await statuses(a, 1), await statuses(b, 1), await statuses(gateway, 1)]).toEqual([[200], [429], [429]]);
    // One that was never touched follows the gateway's; one that was has its own.
    const own = a.clock.now();
    await gateway.clock.advance(120_000);
    expect([await statuses(b, 1), await statuses(gateway, 1)]).toEqual([[200], [200]]);
    expect([a.clock.now() - own, b.clock.now() - own]).toEqual([0, 60_000]);
  });

  it('a clock that wakes what waited before it was touched, and nothing else', async () => {
    await using gateway = await start();
    gateway.fault('one:80', { delayMs: 5_000 });
    const [a, b] = [gateway.scope('a'), gateway.scope('b')];
    const done: string[] = [];
    const asked = [a, b].map(async (one) => (await one.fetch('/open'), done.push(one.name)));
    await a.clock.advance(4_999);
    expect(done).toEqual([]);
    await a.clock.advance(1);
    await asked[0];
    expect(done).toEqual(['a']);
    await gateway.clock.advance(5_000);
    await asked[1];
    expect(done).toEqual(['a', 'b']);
  });

  it('time-outs of upstreams and the age of tokens by that clock', async () => {
    const keys = { issuer: 'https://login.test', audience: 'orders', algorithms: ['RS256'] };
    await using gateway = await createGateway({ config: { routes: [{ match: { path: '/*' }, steps: [{ jwt: keys }, { reply: { body: 'in' } }] }] } });
    const ask = async (one: { fetch: Gateway['fetch'] }, token: string): Promise<number> =>
      (await one.fetch(new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } }))).status;
    const a = gateway.scope('a');
    const token = await gateway.token();
    await a.clock.travel('2040-01-01');
    expect([await ask(gateway, token), await ask(a, token), await ask(a, await a.token())]).toEqual([200, 401, 200]);
    await a.reset();
    expect(await ask(a, token)).toBe(200);
  });

  it('counters that the time of another does not sweep away', async () => {
    await using gateway = await start();
    await statuses(gateway, 2);
    const a = gateway.scope('a');
    await a.clock.travel('2050-01-01');
    // Counters are swept after some thousand updates.
    for (let at = 0; at < 3_000; at += 1) await a.fetch('/limited');
    expect(await statuses(gateway, 1)).toEqual([429]);
  });

  it('overrides and faults, above the gateway’s own', async () => {
    await using gateway = await start({ upstreams: { 'one:80': said('real') } });
    const text = async (one: { fetch: Gateway['fetch'] }): Promise<string> => (await one.fetch('/open')).text();
    const [a, b] = [gateway.scope('a'), gateway.scope('b')];
    expect([await text(a), await text(b), await text(gateway)]).toEqual(['real', 'real', 'real']);
    const undo = a.override('*', said('own'));
    expect([await text(a), await text(b), await text(gateway)]).toEqual(['own', 'real', 'real']);
    gateway.override('one:80', said('common'));
    b.fault('one:80', { status: 503, body: 'busy', times: 1 });
    expect([await text(a), await text(b), await text(b), await text(gateway)]).toEqual(['own', 'busy', 'common', 'common']);
    undo();
    expect(await text(a)).toBe('common');
    a.override('one:80', said('again'));
    b.fault('*', { status: 500, body: 'broken' });
    await a.reset();
    expect([await text(a), await text(b), await text(gateway)]).toEqual(['common', 'broken', 'common']);
  });

  it('traffic; the gateway’s shows all of it', async () => {
    await using gateway = await start();
    const a = gateway.scope('a');
    const waiting = a.traffic.waitFor({ path: '/limited' });
    await gateway.scope('b').fetch('/limited');
    await gateway.fetch('/open');
    await a.fetch('/limited');
    expect((await waiting).map(({ scope }) => scope)).toEqual(['a']);
    expect(gateway.traffic.all.map(({ scope }) => scope)).toEqual(['b', '', 'a']);
    expect(a.traffic.all).toHaveLength(1);
    await a.reset();
    expect([a.traffic.all.length, gateway.scope('b').traffic.all.length, gateway.traffic.all.length]).toEqual([0, 1, 3]);
  });

  it('a URL, for clients to which names below localhost are this machine', async () => {
    await using gateway = await start();
    const a = gateway.scope('Worker-1');
    expect(a.url).toBe(`http://worker-1.scope.localhost:${new URL(gateway.url).port}`);
    await over(gateway, '/open', { Host: new URL(a.url).host });
    expect(a.traffic.all).toHaveLength(1);
    await expect(a.fetch(new Request('http://localhost/open', { headers: { 'devgateway-scope': 'other' } }))).rejects.toThrow(/several scopes/);
  });
});

it('key sets are asked for in their scope', async () => {
  const jwt = { issuer: 'https://login.test', algorithms: ['RS256'] };
  const asked: string[] = [];
  await using gateway = await createGateway({
    config: { routes: [{ match: { path: '/*' }, steps: [{ jwt }, { reply: {} }] }] },
    upstreams: { 'login.test': said('{}') },
  });
  const a = gateway.scope('a');
  a.override('login.test', (request: Request) => (asked.push(new URL(request.url).pathname), new Response('{}')));
  const token = `${Buffer.from('{"alg":"RS256","kid":"a"}').toString('base64url')}.${Buffer.from('{"iss":"https://login.test"}').toString('base64url')}.AAAA`;
  const headers = { authorization: `Bearer ${token}` };
  await gateway.fetch(new Request('http://localhost/', { headers }));
  expect(asked).toEqual([]);
  await a.fetch(new Request('http://localhost/', { headers }));
  expect(asked).toEqual(['/.well-known/openid-configuration']);
});

it('a stream of HTTP/2 carries its scope too, by its authority or by a field', async () => {
  await using gateway = await start();
  const session = connect(gateway.url);
  const ask = (headers: Record<string, string>): Promise<void> =>
    new Promise((resolve, reject) => {
      session
        .request({ ':path': '/open', ...headers })
        .on('error', reject)
        .on('close', resolve)
        .resume();
    });
  await ask({ ':authority': 'a.scope.localhost' });
  await ask({ 'devgateway-scope': 'b' });
  session.close();
  expect(gateway.traffic.all.map(({ scope, request }) => `${scope} ${request.header('host')}`)).toEqual([
    'a localhost',
    `b ${new URL(gateway.url).host}`,
  ]);
});
