import { describe, expect, it } from 'vitest';
import { start, startPlugin } from './start.ts';

describe('request-termination', () => {
  it.each([
    [{}, 503, 'application/json; charset=utf-8', '{"message":"Service unavailable"}'],
    [{ status_code: 404, message: 'a/b' }, 404, 'application/json; charset=utf-8', '{"message":"a\\/b"}'],
    [{ status_code: 403 }, 403, null, ''],
    [{ status_code: 204 }, 204, null, ''],
    [{ body: 'down' }, 503, 'text/plain; charset=UTF-8', 'down'],
    [{ status_code: 451, body: '<b>', content_type: 'text/html' }, 451, 'text/html', '<b>'],
  ])('%j', async (config, status, type, body) => {
    await using gateway = await startPlugin('request-termination', config);
    const answer = await gateway.fetch('/');
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([status, type, body]);
  });

  it('waits for its trigger, a header or a query parameter', async () => {
    await using gateway = await startPlugin('request-termination', { trigger: 'x-stop' });
    const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await gateway.fetch(new Request(`http://localhost${path}`, { headers }))).status;
    expect([await status('/'), await status('/?x-stop'), await status('/?X-Stop=1'), await status('/', { 'X-Stop': 'yes' })]).toEqual([
      200, 503, 200, 503,
    ]);
  });

  it('echoes the request', async () => {
    await using gateway = await start(`services:
  - name: s
    url: http://s.internal:8080
    routes: [{ name: r, hosts: [localhost], paths: ['~/(?<first>[^/]+)/x'] }]
    plugins: [{ name: request-termination, config: { echo: true, status_code: 404 } }]
`);
    const body = '{"a":["x"]}';
    const answer = await gateway.fetch(
      new Request('http://localhost/a/./x?b=1&b=2&c', { method: 'POST', headers: { 'content-type': 'application/json', 'x-a': 'b' }, body }),
    );
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      message: 'Not found',
      request: {
        scheme: 'http',
        host: 'localhost',
        port: 8000,
        method: 'POST',
        path: '/a/x',
        query: { b: ['1', '2'], c: '' },
        headers: { 'x-a': 'b' },
        body: { a: ['x'] },
        raw_body: body,
        uri_captures: { named: { first: 'a' }, unnamed: ['a'] },
      },
      matched_route: { name: 'r', hosts: ['localhost'], methods: null },
    });
  });

  it('answers on a route without a service, which is refused after the plugins', async () => {
    await using gateway = await start(`routes:
  - { name: a, paths: [/a], plugins: [{ name: request-termination, config: { trigger: stop } }] }
`);
    expect([(await gateway.fetch('/a?stop')).status, await (await gateway.fetch('/a?stop')).json()]).toEqual([
      503,
      { message: 'Service unavailable' },
    ]);
    expect(await (await gateway.fetch('/a')).json()).toMatchObject({ message: 'no Service found with those values' });
  });

  it.each([
    [{ message: 'a', body: 'b' }, 'message cannot be used with content_type or body'],
    [{ content_type: 'b' }, 'content_type requires a body'],
    [{ echo: true, body: 'b' }, 'echo cannot be used with content_type and body'],
    [{ status_code: 600 }, '600'],
  ])('refuses %j', async (config, message) => {
    await expect(startPlugin('request-termination', config)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });
});
