import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { asking } from './asking.ts';

const jwt = { issuer: 'https://login.test', audience: 'orders', algorithms: ['RS256'] };
const config = {
  routes: [
    { name: 'limited', match: { path: '/limited' }, steps: [{ rateLimit: { by: 'ip', limit: 1, per: '1m' } }], upstream: 'one:80' },
    { name: 'open', match: { path: '/open' }, upstream: 'one:80' },
    { name: 'closed', match: { path: '/closed' }, steps: [{ jwt }], upstream: 'one:80' },
  ],
};
const start = async (): Promise<Gateway> => {
  const gateway = await createGateway({ config, upstreams: { 'one:80': () => new Response('real') }, control: true });
  gateway.clock.freeze();
  return gateway;
};
const text = async (one: { fetch: Gateway['fetch'] }, target = '/open', headers: Record<string, string> = {}): Promise<string> => {
  const answer = await one.fetch(new Request(`http://localhost${target}`, { headers }));
  return answer.status === 200 ? answer.text() : String(answer.status);
};

describe('over the control API', () => {
  it('the gateway is told', async () => {
    await using gateway = await start();
    const ask = asking(gateway);
    expect((await ask('GET', '/v1')).body).toMatchObject({ url: gateway.url, listeners: gateway.listeners });
    expect((await ask('GET', '/v1/routes')).body).toEqual({ routes: gateway.routes });
    expect((await ask('GET', '/v1/fidelity')).body).toEqual(gateway.fidelity);
    expect((await ask('GET', '/v1?scope=a')).body).toMatchObject({ url: gateway.scope('a').url, address: gateway.url });
  });

  it('the clock is moved, of the gateway and of a scope', async () => {
    await using gateway = await start();
    const ask = asking(gateway);
    const now = gateway.clock.now();
    expect([await text(gateway, '/limited'), await text(gateway, '/limited')]).toEqual(['real', '429']);
    expect((await ask('POST', '/v1/clock/advance', { ms: 60_000 })).body).toEqual({ now: now + 60_000, date: new Date(now + 60_000).toISOString() });
    expect(await text(gateway, '/limited')).toBe('real');
    await ask('POST', '/v1/clock/travel?scope=a', { to: '2040-01-01T00:00:00Z' });
    expect([(await ask('GET', '/v1/clock?scope=a')).body.date, gateway.clock.now()]).toEqual(['2040-01-01T00:00:00.000Z', now + 60_000]);
    await ask('POST', '/v1/clock/unfreeze');
    await ask('POST', '/v1/clock/freeze');
    for (const body of [{}, { ms: -1 }, { ms: '5' }, { ms: 5, s: 1 }]) expect((await ask('POST', '/v1/clock/advance', body)).status).toBe(400);
    expect((await ask('POST', '/v1/clock/travel', { to: 'soon' })).body).toMatchObject({ status: 400, detail: expect.stringContaining('soon') });
  });

  it('an upstream is overridden by an answer or a URL, and given back', async () => {
    await using gateway = await start();
    const ask = asking(gateway);
    const a = gateway.scope('a');
    const canned = { status: 201, headers: { 'x-own': '1' }, bodyBase64: Buffer.from('own').toString('base64') };
    expect((await ask('PUT', '/v1/overrides/one%3A80?scope=a', canned)).status).toBe(204);
    const answer = await a.fetch('/open');
    expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([201, '1', 'own']);
    expect(await text(gateway)).toBe('real');
    await ask('PUT', '/v1/overrides/*', { url: 'echo:' });
    expect(await text(gateway)).toContain('"/open"');
    expect((await ask('DELETE', '/v1/overrides/one%3A80')).status).toBe(404);
    expect((await ask('DELETE', '/v1/overrides/*')).status).toBe(204);
    expect((await ask('DELETE', '/v1/overrides/one%3A80?scope=a')).status).toBe(204);
    expect([await text(gateway), await text(a)]).toEqual(['real', 'real']);
  });

  it.each([
    [{ url: 'no url' }, /no URL/],
    [{ url: 'file:///etc/passwd' }, /no URL/],
    [{ status: 99 }, /from 200 to 599/],
    [{ status: 200, headers: { 'a b': '1' } }, /headers/],
    [{ status: 200, headers: { a: 'x\r\ny: z' } }, /headers/],
    [{ status: 200, headers: { a: 1 } }, /headers\.a: expected a string/],
    [{}, /missing/],
    [undefined, /expected an object/],
  ])('the override %j is refused', async (body, why) => {
    await using gateway = await start();
    expect((await asking(gateway)('PUT', '/v1/overrides/*', body)).body).toMatchObject({ status: 400, detail: expect.stringMatching(why) });
    expect(await text(gateway)).toBe('real');
  });

  it('faults are planned, of the gateway and of a scope', async () => {
    await using gateway = await start();
    const ask = asking(gateway);
    await ask('PUT', '/v1/faults/one%3A80?scope=a', { status: 503, times: 1 });
    await ask('PUT', '/v1/faults/*', { reset: true });
    expect([await text(gateway.scope('a')), await text(gateway.scope('a')), await text(gateway)]).toEqual(['503', '502', '502']);
    expect((await ask('DELETE', '/v1/faults/*')).status).toBe(204);
    expect(await text(gateway)).toBe('real');
    expect((await ask('PUT', '/v1/faults/*', { status: 503, time: 1 })).body.detail).toContain('there is no time');
  });

  it('traffic is queried, waited for and cleared', async () => {
    await using gateway = await start();
    const ask = asking(gateway);
    const waiting = ask('GET', '/v1/traffic/wait?path=/open&count=2&scope=a');
    await gateway.scope('a').fetch('/open');
    await gateway.fetch('/nothing');
    await (await gateway.scope('a').fetch(new Request('http://localhost/open', { method: 'POST', body: 'bytes' }))).text();
    expect((await waiting).body.exchanges.map((one: { id: number }) => one.id)).toEqual([1, 3]);
    const [last] = (await ask('GET', '/v1/traffic?scope=a&after=2')).body.exchanges;
    expect(last).toMatchObject({
      id: 3,
      scope: 'a',
      route: 'open',
      request: { method: 'POST', target: '/open', bodyBase64: Buffer.from('bytes').toString('base64'), size: 5, complete: true },
      upstreamResponse: { status: 200, bodyBase64: Buffer.from('real').toString('base64') },
    });
    const ids = async (query: string): Promise<number[]> =>
      (await ask('GET', `/v1/traffic?${query}`)).body.exchanges.map((one: { id: number }) => one.id);
    expect(await ids('')).toEqual([1, 2, 3]);
    expect(await ids('limit=2')).toEqual([2, 3]);
    expect(await ids('after=1&forwarded=true')).toEqual([3]);
    expect(await ids('status=404')).toEqual([2]);
    expect(await ids('pathPattern=%5E/o&method=get')).toEqual([1]);
    expect(await ids('scope=b')).toEqual([]);
    for (const wrong of [
      'limit=0',
      'limit=x',
      'status=',
      'forwarded=yes',
      'paths=/a',
      'pathPattern=(a%2B)%2B',
      'pathPattern=(',
      'scope=..',
      'status=1&status=2',
    ])
      expect([wrong, (await ask('GET', `/v1/traffic?${wrong}`)).status]).toEqual([wrong, 400]);
    expect((await ask('GET', '/v1/traffic/wait?status=500&timeoutMs=1')).body).toMatchObject({
      status: 408,
      detail: expect.stringContaining('no 1 such exchange'),
    });
    expect((await ask('DELETE', '/v1/traffic')).status).toBe(204);
    expect(await ids('')).toEqual([]);
  });

  it('tokens are minted by the clock of who asks', async () => {
    await using gateway = await start();
    const ask = asking(gateway);
    const a = gateway.scope('a');
    await a.clock.travel('2040-01-01');
    const token = async (query: string, body?: object): Promise<Record<string, string>> => ({
      authorization: `Bearer ${(await ask('POST', `/v1/tokens${query}`, body)).body.token}`,
    });
    expect([await text(gateway, '/closed', await token('')), await text(a, '/closed', await token(''))]).toEqual(['real', '401']);
    expect(await text(a, '/closed', await token('?scope=a', { claims: { sub: 'ann' }, expiresIn: 60 }))).toBe('real');
    expect(await text(gateway, '/closed', await token('', { broken: 'expired' }))).toBe('401');
    expect((await ask('POST', '/v1/tokens', { broken: 'somehow' })).body.detail).toContain('broken: expected one of expired');
  });

  it('a request is explained', async () => {
    await using gateway = await start();
    const { body } = await asking(gateway)('POST', '/v1/explain', { target: '/open', rawHeaders: ['X-One', '1'] });
    expect(body).toMatchObject({ status: 200, route: 'open', upstream: { method: 'GET', target: '/open' } });
    expect(gateway.traffic.all).toEqual([]);
  });

  it('the configuration is exchanged; one that is wrong is told and the old one goes on', async () => {
    await using gateway = await start();
    const ask = asking(gateway);
    const wrong = await ask('POST', '/v1/reload', { config: { routes: [{ steps: [{ replie: {} }], upstream: 'one:80' }] } });
    expect(wrong.body).toMatchObject({ status: 422, code: 'DG1201', diagnostics: [{ code: 'DG1201', hint: expect.any(String) }] });
    expect(await text(gateway)).toBe('real');
    const right = await ask('POST', '/v1/reload', {
      config: { routes: [{ name: 'new', match: { path: '/new' }, steps: [{ reply: { body: 'new' } }] }] },
    });
    expect(right.body.routes).toEqual(gateway.routes);
    expect(await text(gateway, '/new')).toBe('new');
    expect((await ask('POST', '/v1/reload')).status).toBe(200);
  });

  it('all of it is reset, or one scope', async () => {
    await using gateway = await start();
    const ask = asking(gateway);
    const [a, b] = [gateway.scope('a'), gateway.scope('b')];
    for (const one of [gateway, a, b]) await text(one, '/limited');
    expect((await ask('POST', '/v1/reset?scope=a')).status).toBe(204);
    expect([await text(a, '/limited'), await text(b, '/limited'), await text(gateway, '/limited')]).toEqual(['real', '429', '429']);
    await ask('POST', '/v1/reset');
    expect([await text(b, '/limited'), await text(gateway, '/limited')]).toEqual(['real', 'real']);
  });
});

it('tells of the tape, and has it written', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-control-'));
  const config = { routes: [{ match: { path: '/*' }, upstream: 'one:80' }] };
  await using gateway = await createGateway({ config, folder, control: true, traffic: { mode: 'record' }, upstreams: { '*': 'echo:' } });
  const ask = asking(gateway);
  await (await gateway.fetch('/')).text();
  expect((await ask('POST', '/v1/tapes/flush')).status).toBe(204);
  expect((await ask('GET', '/v1/tapes')).body).toMatchObject({ mode: 'record', recorded: 1, ok: true });
  expect(readFileSync(path.join(folder, 'tapes/traffic.har'), 'utf8')).toContain('"upstream": "one:80"');
  rmSync(folder, { recursive: true });
});
