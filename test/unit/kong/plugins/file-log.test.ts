import { existsSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { asking, startWith } from './start-traced.ts';

const lines = (file: string): Record<string, any>[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, any>)
    : [];

describe('file-log', () => {
  it('writes one line for each request, with what Kong tells', async () => {
    const consumers = `consumers:\n  - { username: ann, custom_id: a-1, keyauth_credentials: [{ id: k1, key: a-key }] }\n`;
    await using node = await startWith(
      (folder) =>
        `[{ name: file-log, config: { path: ${folder}/kong.log } }, { name: key-auth, config: {} }, { name: correlation-id, config: { generator: uuid } }, { name: zipkin, config: {} }]`,
      { rest: consumers },
    );
    const file = path.join(node.folder, 'kong.log');
    node.gateway.clock.freeze();
    const request = asking('/a%20b?x=1&x=2&flag&y=', {
      apikey: 'a-key',
      authorization: 'Basic c2VjcmV0',
      'proxy-authorization': 'x',
      b3: '1',
      'x-two': '2',
    });
    const answer = await node.gateway.fetch(request);
    await expect.poll(() => lines(file).length).toBe(1);
    const [line] = lines(file) as [Record<string, any>];
    expect(line).toMatchObject({
      request: {
        id: answer.headers.get('x-kong-request-id'),
        method: 'GET',
        uri: '/a%20b?x=1&x=2&flag&y=',
        url: 'http://localhost:8000/a%20b?x=1&x=2&flag&y=',
        querystring: { x: ['1', '2'], flag: true, y: '' },
        headers: { host: 'localhost', authorization: 'REDACTED', 'proxy-authorization': 'REDACTED', 'x-two': '2', 'x-consumer-username': 'ann' },
      },
      response: { status: 200, headers: { 'content-type': 'application/json' } },
      upstream_uri: '/a%20b?x=1&x=2&flag&y=',
      upstream_status: '200',
      latencies: { kong: 0, proxy: 0, request: 0 },
      tries: [{ ip: 's.internal', port: 8080 }],
      authenticated_entity: { id: 'k1' },
      consumer: { username: 'ann', custom_id: 'a-1' },
      route: { name: 'r', paths: ['/'], strip_path: true },
      service: { name: 's', host: 's.internal', port: 8080, protocol: 'http' },
      client_ip: '127.0.0.1',
      started_at: node.gateway.clock.now(),
      source: 'upstream',
    });
    expect(line['request'].headers).not.toHaveProperty('x-forwarded-for');
    expect(line['request'].size).toBeGreaterThan(100);
    expect(line['correlation_id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(line['trace_id']).toEqual({ b3: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  it('tells answers of its own, and of no route', async () => {
    await using node = await startWith((folder) => `[{ name: file-log, config: { path: ${folder}/kong.log } }]`, { paths: '/only' });
    await node.gateway.fetch(asking('/'));
    const file = path.join(node.folder, 'kong.log');
    await expect.poll(() => lines(file).length).toBe(1);
    const [line] = lines(file) as [Record<string, any>];
    expect(line).toMatchObject({ source: 'kong', response: { status: 404 }, upstream_status: '', latencies: { proxy: -1 } });
    for (const key of ['route', 'service', 'consumer', 'tries']) expect(line).not.toHaveProperty(key);
  });

  it.each([true, false])('opens a file that was taken away again only where it should (reopen: %s)', async (reopen) => {
    await using node = await startWith((folder) => `[{ name: file-log, config: { path: ${folder}/kong.log, reopen: ${reopen} } }]`);
    const file = path.join(node.folder, 'kong.log');
    await node.sent();
    await expect.poll(() => lines(file).length).toBe(1);
    renameSync(file, `${file}.1`);
    await node.sent({ 'x-n': '2' });
    if (reopen) await expect.poll(() => lines(file).length).toBe(1);
    else expect(existsSync(file)).toBe(false);
  });

  it('never fails a request', async () => {
    await using node = await startWith((folder) => `[{ name: file-log, config: { path: ${folder}/none/kong.log } }]`);
    expect((await node.gateway.fetch(asking('/'))).status).toBe(200);
  });

  it('needs a path', async () => {
    await expect(startWith('[{ name: file-log, config: {} }]')).rejects.toMatchObject({ code: 'DG1204' });
    await expect(startWith("[{ name: file-log, config: { path: 'a*b' } }]")).rejects.toMatchObject({ code: 'DG1203' });
  });
});

it('does not log what a plugin has hidden', async () => {
  const consumers = `consumers:\n  - { username: ann, keyauth_credentials: [{ key: a-key }] }\n`;
  await using node = await startWith(
    (folder) => `[{ name: file-log, config: { path: ${folder}/kong.log } }, { name: key-auth, config: { hide_credentials: true } }]`,
    {
      rest: consumers,
    },
  );
  await node.sent({ apikey: 'a-key', 'x-one': '1' });
  const file = path.join(node.folder, 'kong.log');
  await expect.poll(() => lines(file).length).toBe(1);
  expect(lines(file)[0]?.['request'].headers).toMatchObject({ 'x-one': '1' });
  expect(readFileSync(file, 'utf8')).not.toContain('a-key');
});

it('sets and takes away what Lua would only name; other Lua is not run', async () => {
  const custom = `{ team: "return 'a'", 'request.headers.apikey': return nil, 'a.b': return 1.5, 'route.x': return true, client_ip.no: return 1, other: return kong.request.get_path() }`;
  await using node = await startWith((folder) => `[{ name: file-log, config: { path: ${folder}/kong.log, custom_fields_by_lua: ${custom} } }]`);
  await node.sent({ apikey: 'a-key', 'x-one': '1' });
  const file = path.join(node.folder, 'kong.log');
  await expect.poll(() => lines(file).length).toBe(1);
  expect(lines(file)[0]).toMatchObject({
    team: 'a',
    a: { b: 1.5 },
    route: { x: true, name: 'r' },
    client_ip: '127.0.0.1',
    request: { headers: { 'x-one': '1' } },
  });
  expect(readFileSync(file, 'utf8')).not.toContain('a-key');
  expect(lines(file)[0]).not.toHaveProperty('other');
});
