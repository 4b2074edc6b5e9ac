import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Gateway, UpstreamTarget } from '../../../src/index.ts';
import { LoginService } from './login-service.ts';
import { down, folder, opener } from './tape-folder.ts';

const issuer = 'https://login.example.com/';
const config = {
  routes: [
    { name: 'login', match: { path: ['/login', '/refresh'] }, upstream: 'auth:80' },
    {
      name: 'orders',
      match: { path: '/*' },
      steps: [{ jwt: { issuer, audience: 'orders', algorithms: ['RS256'], jwks: { keys: [] } } }],
      upstream: 'orders:80',
    },
  ],
};
const open = opener({ config });

interface Login {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly profile: string;
}
/** What a client of the service does: every token and cookie that it sends is one that it was given. */
async function flow(gateway: Gateway, password: string): Promise<string[]> {
  const said: string[] = [];
  const ask = async (target: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(`${gateway.url}${target}`, init);
    said.push(`${target.replace(/sessions\/.*/, 'sessions')} ${answer.status}`);
    return answer;
  };
  const form = { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
  const answer = await ask('/login', { ...form, body: new URLSearchParams({ username: 'ann', password }) });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] as string;
  const login = (await answer.json()) as Login;
  const headers = { Authorization: `Bearer ${login.access_token}`, Cookie: cookie };
  said.push(await (await ask('/orders', { headers })).text());
  said.push(await (await ask('/page', { headers })).text());
  said.push(Buffer.from(await (await ask('/image', { headers })).arrayBuffer()).toString('hex'));
  const profile = await ask(login.profile, { headers });
  expect(await profile.text()).toContain('GET /sessions/');
  const refreshed = await ask('/refresh', {
    ...form,
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: login.refresh_token }),
  });
  const { access_token } = (await refreshed.json()) as Login;
  expect(access_token).not.toBe('');
  said.push(await (await ask('/orders?page=2', { headers: { Authorization: `Bearer ${access_token}` } })).text());
  await ask('/orders');
  return said;
}

describe('a login, a call and a refresh', () => {
  const password = 'correct horse battery staple';
  const day = 86_400_000;

  it('is recorded without a secret and replayed with the service gone, now, in three days and in five years', async () => {
    const where = folder();
    let gateway: Gateway | null = null;
    const service = new LoginService(async () => (gateway as Gateway).token({ sub: 'ann', jti: String(service.asked) }));
    gateway = await open(where, { mode: 'record', tapes: 'tapes' }, service.listener);
    const recorded = await flow(gateway, password);
    expect(recorded).toContain('/orders 401');
    await gateway.close();
    const file = path.join(where, 'tapes/traffic.har');
    const text = readFileSync(file, 'utf8');
    const secrets = [password, ...service.secrets];
    expect(secrets.length).toBeGreaterThanOrEqual(7);
    for (const secret of secrets) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret).replaceAll('%20', '+'));
    }

    for (const later of [0, 3 * day, 5 * 365 * day]) {
      await using replayed = await open(where, { mode: 'strict', tapes: 'tapes' });
      await replayed.clock.travel(replayed.clock.now() + later);
      expect(await flow(replayed, 'another password')).toEqual(recorded);
      expect(replayed.tapes.report()).toMatchObject({ ok: true, unknown: [], unused: [], entries: 7, served: 7 });
    }
  });

  it('holds the four messages, the route and the verdicts', async () => {
    const where = folder();
    let gateway: Gateway | null = null;
    const service = new LoginService(async () => (gateway as Gateway).token());
    gateway = await open(where, { mode: 'record' }, service.listener);
    await flow(gateway, password);
    await gateway.close();
    const { log } = JSON.parse(readFileSync(path.join(where, 'tapes/traffic.har'), 'utf8')) as { log: { version: string; entries: Entry[] } };
    interface Entry {
      readonly request: { readonly method: string; readonly url: string };
      readonly response: { readonly status: number };
      readonly _devgateway: {
        readonly route: string;
        readonly decidedBy: string;
        readonly upstream: string | null;
        readonly steps: { readonly kind: string }[];
        readonly upstreamRequest: { readonly headers: { name: string; value: string }[] } | null;
        readonly upstreamResponse: { readonly content: { readonly text: string } } | null;
      };
    }
    expect(log.version).toBe('1.2');
    expect(log.entries).toHaveLength(8);
    const refused = log.entries.find((one) => one.response.status === 401);
    expect(refused?._devgateway).toMatchObject({ route: 'orders', upstream: null, upstreamRequest: null, upstreamResponse: null, decidedBy: 'jwt' });
    const orders = log.entries.find((one) => one.request.url.endsWith('/orders') && one.response.status === 200);
    // A gzip body is kept in clear text, so that people can read and edit it.
    expect(orders?._devgateway.upstreamResponse?.content.text).toBe('[{"id":1,"unitPrice":3}]');
    expect(orders?._devgateway.steps.map(({ kind }) => kind)).toContain('jwt');
    expect(orders?._devgateway.upstreamRequest?.headers.map(({ name }) => name)).toContain('Host');
  });
});

it('keys are not in the file, whatever the configuration calls the field or the parameter', async () => {
  const where = folder();
  const keyed = (from: object): object => ({ apiKey: { keys: ['Partner-Key-1234'], from } });
  const routes = [
    { match: { path: '/field' }, steps: [keyed({ header: 'X-Partner' })], upstream: 'orders:80' },
    { match: { path: '/query' }, steps: [keyed({ query: 'k' })], upstream: 'orders:80' },
  ];
  {
    await using gateway = await open(where, { mode: 'record' }, async () => new Response(''), { config: { routes } });
    const field = await gateway.fetch(new Request('http://localhost/field', { headers: { 'X-Partner': 'Partner-Key-1234' } }));
    const query = await gateway.fetch('/query?k=Partner-Key-1234');
    expect([field.status, await field.text(), query.status, await query.text()]).toEqual([200, '', 200, '']);
  }
  const text = readFileSync(path.join(where, 'tapes/traffic.har'), 'utf8');
  expect(text).not.toContain('Partner-Key');
  expect(text).toContain('/query?k=devgateway-redacted-1');
});

describe('what the tape does not have', () => {
  const plain = { routes: [{ match: { path: '/*' }, upstream: 'orders:80' }] };
  const echo: UpstreamTarget = async (request: Request) => new Response(`${request.method} ${new URL(request.url).search} ${await request.text()}`);
  const post = (gateway: Gateway, target: string, body: object): Promise<Response> =>
    gateway.fetch(
      new Request(`http://localhost${target}`, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    );

  async function taped(): Promise<string> {
    const where = folder();
    await using gateway = await open(where, { mode: 'record' }, echo, { config: plain });
    await (await post(gateway, '/orders?page=1', { id: 1, at: 'monday', lines: [{ sku: 'a', note: 'x' }] })).text();
    return where;
  }

  it('is told with what comes nearest, and the rule under which it would be found', async () => {
    const where = await taped();
    await using gateway = await open(where, { mode: 'strict' }, down, { config: plain });
    const answer = await post(gateway, '/orders?page=2', { id: 1, at: 'tuesday', lines: [{ sku: 'a', note: 'x' }] });
    expect(answer.status).toBe(501);
    const text = await answer.text();
    expect(text).toContain('query page: the tape has 1, asked was 2');
    expect(text).toContain('body /at: the tape has "monday", asked was "tuesday"');
    expect(text).toContain('ignore: { query: ["page"], body: ["/at"] }');
    expect(gateway.tapes.report()).toMatchObject({
      ok: false,
      unknown: [{ request: 'POST /orders?page=2 (orders:80)' }],
      unused: ['POST /orders?page=1 (orders:80)'],
    });
  });

  it('is found under that rule, and whatever the order of parameters and members', async () => {
    const where = await taped();
    const ignore = { query: ['page'], body: ['/at', '/lines/*/note'] };
    await using gateway = await open(where, { mode: 'strict', ignore }, down, { config: plain });
    const answer = await post(gateway, '/orders?page=7', { lines: [{ note: 'y', sku: 'a' }], at: 'friday', id: 1 });
    expect(answer.status).toBe(200);
    expect(gateway.tapes.report().ok).toBe(true);
  });

  it('is sent and added where only that is recorded; what is there stays byte for byte', async () => {
    const where = await taped();
    const file = path.join(where, 'tapes/traffic.har');
    const before = readFileSync(file, 'utf8');
    {
      await using gateway = await open(where, { mode: 'record-missing' }, down, { config: plain });
      await post(gateway, '/orders?page=1', { id: 1, at: 'monday', lines: [{ sku: 'a', note: 'x' }] });
    }
    expect(readFileSync(file, 'utf8')).toBe(before);
    {
      await using gateway = await open(where, { mode: 'record-missing' }, echo, { config: plain });
      await (await post(gateway, '/orders?page=2', { id: 2 })).text();
      await gateway.tapes.flush();
      expect(gateway.tapes.report()).toMatchObject({ recorded: 1, served: 0 });
    }
    const after = readFileSync(file, 'utf8');
    const entry = before.slice(before.indexOf('{\n "startedDateTime'), before.lastIndexOf('\n]}}'));
    expect(after).toContain(entry);
    await using gateway = await open(where, { mode: 'strict' }, down, { config: plain });
    expect((await post(gateway, '/orders?page=2', { id: 2 })).status).toBe(200);
  });

  it('makes a broken or missing file a located error', async () => {
    const where = folder();
    await expect(open(where, { mode: 'replay' })).rejects.toMatchObject({ code: 'DG1602' });
    for (const text of ['{', '{}', '{"log":{"entries":[{"request":{}}]}}', '{"log":{"entries":[null]}}']) {
      writeFileSync(path.join(where, 'bad.har'), text);
      await expect(open(where, { mode: 'replay', tapes: 'bad.har' })).rejects.toMatchObject({ code: 'DG1601' });
    }
  });
});
