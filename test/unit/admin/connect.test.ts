import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leaveControl } from '../../../src/admin/control-file.ts';
import { connectGateway, createGateway, DevgatewayError, type Gateway, type RemoteGateway } from '../../../src/index.ts';

const jwt = { issuer: 'https://login.test', audience: 'orders', algorithms: ['RS256'] };
const config = {
  routes: [
    { name: 'limited', match: { path: '/limited' }, steps: [{ rateLimit: { by: 'ip', limit: 2, per: '1m' } }], upstream: 'one:80' },
    { name: 'open', match: { path: '/open' }, upstream: 'one:80' },
    { name: 'closed', match: { path: '/closed' }, steps: [{ jwt }], upstream: 'one:80' },
  ],
};
let gateway: Gateway;
let remote: RemoteGateway;
beforeEach(async () => {
  gateway = await createGateway({ config, upstreams: { 'one:80': 'echo:' }, control: true });
  gateway.clock.freeze();
  remote = await connectGateway(gateway.control?.url, { token: gateway.control?.token ?? '' });
});
afterEach(async () => {
  await remote.close();
  await gateway.close();
});
const text = async (one: { fetch(path: string): Promise<Response> }, target = '/open'): Promise<string> => {
  const answer = await one.fetch(target);
  return answer.status === 200 ? answer.text() : String(answer.status);
};

describe('connectGateway', () => {
  it('asks over a socket, with any method, host and body', async () => {
    const answer = await remote.fetch(new Request('http://api.example.com/open?a=b', { method: 'PUT', body: 'text', headers: { 'x-one': '1' } }));
    const echoed = (await answer.json()) as { method: string; url?: string };
    expect(echoed.method).toBe('PUT');
    const [one] = gateway.traffic.all;
    expect([one?.request.header('host'), one?.request.target, one?.request.text()]).toEqual(['api.example.com', '/open?a=b', 'text']);
    expect((await remote.fetch({ method: 'HEAD', target: '/open', rawHeaders: ['Host', 'a'] })).status).toBe(200);
    expect(remote.url).toBe(gateway.url);
  });

  it('moves the clock', async () => {
    const before = gateway.clock.now();
    await remote.clock.advance(5_000);
    expect([await remote.clock.now(), gateway.clock.now()]).toEqual([before + 5_000, before + 5_000]);
    await remote.clock.travel(new Date(0));
    expect(gateway.clock.now()).toBe(0);
    await remote.clock.unfreeze();
    await remote.clock.freeze();
    await expect(remote.clock.advance(-1)).rejects.toThrow(TypeError);
  });

  it('overrides an upstream by functions of this process, until they are taken back or it is closed', async () => {
    const undo = await remote.override('one:80', () => new Response('fetch handler'));
    expect(await text(gateway)).toBe('fetch handler');
    const listener: RequestListener = (_req, res) => void res.end('node listener');
    await remote.override('one:80', listener);
    await undo();
    expect(await text(gateway)).toBe('node listener');
    await remote.close();
    expect(await text(gateway)).toContain('"/open"');
  });

  it('keeps what a function of this process throws', async () => {
    await remote.override('one:80', () => {
      throw new Error('a mistake of the test');
    });
    expect(await text(gateway)).toBe('500');
    expect(remote.errors.splice(0)).toMatchObject([{ upstream: 'one:80', error: { message: 'a mistake of the test' } }]);
  });

  it('overrides by a URL, and plans faults', async () => {
    await remote.override('one:80', 'http://127.0.0.1:1');
    expect(await text(gateway)).toBe('502');
    const undo = await remote.fault('*', { status: 503 });
    expect(await text(gateway)).toBe('503');
    await undo();
    await remote.reset();
    expect(await text(gateway)).toContain('"/open"');
  });

  it('sees traffic with the same members as those who recorded it', async () => {
    const waiting = remote.traffic.waitFor({ path: '/open' });
    const odd = remote.traffic.waitFor((one) => one.request.target.includes('b'), { count: 2 });
    for (const target of ['/open?a', '/open?b', '/limited?b']) await text(remote, target);
    const [one] = await waiting;
    const [own] = gateway.traffic.all;
    expect(one).toEqual(expect.objectContaining({ id: own?.id, at: own?.at, route: 'open', scope: '', steps: own?.steps }));
    for (const message of ['request', 'upstreamRequest', 'upstreamResponse', 'response'] as const) {
      expect(one?.[message]?.rawHeaders).toEqual(own?.[message]?.rawHeaders);
      expect(one?.[message]?.body).toEqual(own?.[message]?.body);
    }
    expect([one?.request.path, one?.request.header('HOST'), one?.response.json()]).toEqual([
      '/open',
      own?.request.header('host'),
      own?.response.json(),
    ]);
    expect((await odd).map(({ request }) => request.target)).toEqual(['/open?b', '/limited?b']);
    expect((await remote.traffic.query({ path: /^\/l/ })).map(({ id }) => id)).toEqual([3]);
    expect(await remote.traffic.query({ status: 404 })).toEqual([]);
    await expect(remote.traffic.waitFor({ status: 500 }, { timeoutMs: 1 })).rejects.toThrow(/the last that came: GET/);
    await expect(remote.traffic.waitFor(() => false, { timeoutMs: 1 })).rejects.toThrow(/no 1 such/);
    await remote.traffic.clear();
    expect(gateway.traffic.all).toEqual([]);
  });

  it('mints tokens, explains, lists and reloads', async () => {
    const authorization = `Bearer ${await remote.token({ sub: 'ann' })}`;
    expect((await gateway.fetch(new Request('http://localhost/closed', { headers: { authorization } }))).status).toBe(200);
    expect(await remote.explain('/limited')).toEqual(await gateway.explain('/limited'));
    expect(await remote.routes()).toEqual(gateway.routes);
    expect(await remote.fidelity()).toEqual(gateway.fidelity);
    await expect(remote.reload({ routes: [{ nmae: 'a' }] })).rejects.toMatchObject({ code: 'DG1201', constructor: DevgatewayError });
    await remote.reload({ routes: [{ match: { path: '/new' }, steps: [{ reply: { body: 'new' } }] }] });
    expect(await text(remote, '/new')).toBe('new');
  });

  it('has scopes, each for itself', async () => {
    const [a, b] = [remote.scope('A'), remote.scope('b')];
    expect(a.url).toBe(gateway.scope('a').url);
    await a.override('one:80', () => new Response('own'));
    await b.fault('one:80', { status: 503, times: 1 });
    expect([await text(a), await text(b), await text(remote)]).toEqual(['own', '503', expect.stringContaining('"/open"')]);
    expect((await a.traffic.query()).map(({ scope }) => scope)).toEqual(['a']);
    const token = await a.token();
    await a.clock.travel('2040-01-01');
    const ask = async (one: string): Promise<number> =>
      (await a.fetch(new Request('http://localhost/closed', { headers: { authorization: `Bearer ${one}` } }))).status;
    expect([await ask(token), await ask(await a.token())]).toEqual([401, 200]);
    await a.reset();
    expect([await text(a), await ask(token)]).toEqual([expect.stringContaining('"/open"'), 200]);
    await expect(remote.scope('no name').reset()).rejects.toThrow(/cannot name a scope/);
  });

  it('serves many workers, each in its scope', async () => {
    const work = (name: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const workerData = { ...gateway.control, name };
        new Worker(new URL('connect-worker.mjs', import.meta.url), { workerData }).once('message', resolve).once('error', reject);
      });
    const names = ['w0', 'w1', 'w2', 'w3'];
    const each = (name: string): unknown[] => Array.from({ length: 5 }, () => [name, name, 429, 429]).flat();
    expect(await Promise.all(names.map(work))).toEqual(names.map((name) => ({ said: each(name), scopes: [name], count: 20 })));
  }, 60_000);
});

describe('where it connects to', () => {
  it('is what a start has left in the folder', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-connect-'));
    try {
      await expect(connectGateway(undefined, { folder })).rejects.toThrow(/start one with devgateway start --control/);
      await expect(connectGateway(gateway.control?.url, { folder })).rejects.toThrow(/needs the token/);
      await expect(connectGateway('nowhere', { folder })).rejects.toThrow(/no URL/);
      const takeAway = leaveControl(folder, gateway.control as { url: string; token: string });
      for (const url of [undefined, gateway.control?.url]) {
        await using found = await connectGateway(url, { folder });
        expect(found.url).toBe(gateway.url);
      }
      takeAway();
      await expect(connectGateway(undefined, { folder })).rejects.toThrow(TypeError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is told where nobody answers, or refuses', async () => {
    await expect(connectGateway('http://127.0.0.1:1', { token: 'a' })).rejects.toThrow(/no control API answers at http:\/\/127\.0\.0\.1:1/);
    await expect(connectGateway(gateway.control?.url, { token: 'wrong' })).rejects.toThrow(/expected Authorization/);
  });
});

it('functions of this process stand for those of the configuration', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-connect-'));
  const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:orders/invocations';
  const get = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri } };
  writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify({ openapi: '3.0.1', info: {}, paths: { '/a': { get } } }));
  await using amazon = await createGateway({ config: folder, stage: 'dev', control: true });
  await using other = await connectGateway(amazon.control?.url, { token: amazon.control?.token ?? '' });
  await other.override('function:orders', async (event: { path: string }) => ({ statusCode: 200, body: `for ${event.path}` }));
  expect(await text(other, '/dev/a')).toBe('for /a');
  rmSync(folder, { recursive: true });
});

it('a closed connection keeps no process alive, nor does one whose gateway is gone', async () => {
  const script = `
import { connectGateway, createGateway } from '${new URL('../../../src/index.ts', import.meta.url).href}';
const own = await createGateway({ config: ${JSON.stringify(config)}, control: true });
const gone = await connectGateway(own.control.url, { token: own.control.token });
await gone.override('*', () => new Response('here'));
process.stdout.write(await (await gone.fetch('/open')).text());
await own.close();
await gone.close();
`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script], { timeout: 15_000 });
  expect(stdout).toBe('here');
});
