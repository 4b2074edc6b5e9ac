import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { asking } from './asking.ts';

const config = { routes: [{ match: { path: '/*' }, upstream: 'one:80' }] };
let gateway: Gateway;
beforeEach(async () => {
  gateway = await createGateway({ config, upstreams: { 'one:80': 'echo:' }, control: true });
});
afterEach(() => gateway.close());
const port = (): string => new URL(gateway.control?.url ?? '').port;

describe('the control API lets nobody in', () => {
  it.each([
    ['without a token', { authorization: '' }, 401],
    ['with another token', { authorization: `Bearer ${'a'.repeat(43)}` }, 401],
    ['with a token that begins alike', { authorization: 'Bearer a' }, 401],
    ['with another scheme', { authorization: 'Basic YTpi' }, 401],
    ['under a name that somebody points here', { host: 'evil.example:80' }, 403],
    ['under a name that only begins like one of ours', { host: 'localhost.evil.example' }, 403],
    ['under an address of another network', { host: '192.168.0.7' }, 403],
    ['from a page of another site', { origin: 'https://evil.example' }, 403],
    ['from a page without an origin', { origin: 'null' }, 403],
    ['from a page of another port of this machine', { origin: 'http://localhost:3000' }, 403],
  ])('%s', async (_, headers, status) => {
    const { control } = gateway;
    const answer = await asking(gateway, headers)('POST', '/v1/reset');
    expect(answer).toMatchObject({ status, body: { status, title: expect.any(String), detail: expect.any(String) } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(JSON.stringify(answer)).not.toContain(control?.token);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('but whoever has the token, its own pages too', async () => {
    for (const host of [`localhost:${port()}`, `127.0.0.1:${port()}`, `[::1]:${port()}`])
      expect((await asking(gateway, { host, origin: `http://${host}` })('GET', '/v1')).status).toBe(200);
    const answer = await asking(gateway)('GET', '/v1');
    expect([answer.headers['www-authenticate'], answer.headers['cache-control'], answer.headers['x-powered-by']]).toEqual([
      undefined,
      'no-store',
      undefined,
    ]);
  });

  it('and asks for no preflight that would be granted', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' };
    expect((await asking(gateway, headers)('OPTIONS', '/v1/reset')).status).toBe(403);
  });
});

it('listens on loopback whatever the gateway does, with a new token for each start', async () => {
  await using other = await createGateway({ config, host: '0.0.0.0', control: { port: 0 } });
  expect(new URL(other.control?.url ?? '').hostname).toBe('127.0.0.1');
  expect(other.control?.token).toMatch(/^[\w-]{43}$/);
  expect(other.control?.token).not.toBe(gateway.control?.token);
  await using given = await createGateway({ config, control: { token: 'a-token-of-our-own' } });
  expect(given.control?.token).toBe('a-token-of-our-own');
  await expect(createGateway({ config, control: { token: 'short' } })).rejects.toThrow(/16 characters/);
  await using none = await createGateway({ config });
  expect(none.control).toBeNull();
});

it('refuses what is too large, no JSON, or of another type', async () => {
  const ask = asking(gateway);
  const large = await ask('POST', '/v1/tokens', { claims: { a: 'a'.repeat(1_100_000) } });
  expect(large.status).toBe(413);
  expect((await ask('POST', '/v1/tokens', '{"claims":')).status).toBe(400);
  expect((await ask('POST', '/v1/tokens', '"text"')).status).toBe(400);
  expect((await asking(gateway, { 'content-type': 'text/plain' })('POST', '/v1/tokens', '{}')).status).toBe(415);
  expect((await ask('PUT', '/v1/overrides/%zz', { url: 'echo:' })).status).toBe(400);
  expect((await ask('POST', '/v1/nothing')).body).toMatchObject({ status: 404, detail: expect.stringContaining('POST /v1/nothing') });
});

it('a port that is in use leaves nothing open', async () => {
  const taken = Number(port());
  await expect(createGateway({ config, control: { port: taken } })).rejects.toMatchObject({ code: 'DG1401' });
});

it('a closed gateway keeps no process alive, not even with somebody waiting for traffic', async () => {
  const script = `
import { createGateway } from '${new URL('../../../src/index.ts', import.meta.url).href}';
const gateway = await createGateway({ config: { routes: [] }, control: true });
const { url, token } = gateway.control;
const headers = { authorization: 'Bearer ' + token };
process.stdout.write(String((await fetch(url + '/v1', { headers })).status));
const waiting = fetch(url + '/v1/traffic/wait?timeoutMs=600000', { headers }).catch(() => process.stdout.write(' gone'));
await fetch(url + '/v1', { headers });
await gateway.close();
await waiting;
`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script], { timeout: 15_000 });
  expect(stdout).toBe('200 gone');
});
