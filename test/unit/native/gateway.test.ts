import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

let open: Gateway | undefined;
afterEach(async () => open?.close());

/** Behind every upstream: says what arrived. */
const said = (request: Request): Response => {
  const { pathname, search } = new URL(request.url);
  return Response.json({ path: pathname + search, headers: Object.fromEntries(request.headers) });
};
const start = async (config: object): Promise<Gateway> => (open = await createGateway({ config, upstreams: { 'app:80': said } }));
type Said = { path: string; headers: Record<string, string> };

describe('native routes', () => {
  it('choose by host, path, method, header and query', async () => {
    const reply = (body: string): object => ({ steps: [{ reply: { body } }] });
    const gateway = await start({
      routes: [
        { match: { path: '/a/*' }, ...reply('prefix') },
        { match: { path: '/a/{id}' }, ...reply('parameter') },
        { match: { path: '/a/b' }, ...reply('text') },
        { match: { path: '/h', headers: { 'x-v': '~^2' } }, ...reply('header') },
        { match: { path: '/q', query: { beta: true } }, ...reply('query') },
        { match: { path: '/a/b', host: '*.example.com' }, ...reply('host') },
        { match: { path: '~^/r/(?<n>[0-9]+)$' }, ...reply('regex ${params.n}') },
      ],
    });
    const text = async (path: string, headers: string[] = []): Promise<string> => {
      const rawHeaders = ['Host', 'localhost', ...headers];
      const response = await gateway.fetch({ method: 'GET', target: path, rawHeaders: headers[0] === 'Host' ? headers : rawHeaders });
      return response.status === 200 ? response.text() : String(response.status);
    };
    expect(await text('/a/b')).toBe('text');
    expect(await text('/a/c')).toBe('parameter');
    expect(await text('/a/c/d')).toBe('prefix');
    expect(await text('/a')).toBe('prefix');
    expect(await text('/ab')).toBe('404');
    expect(await text('/h')).toBe('404');
    expect(await text('/h', ['X-V', '21'])).toBe('header');
    expect(await text('/q?beta')).toBe('query');
    expect(await text('/a/b', ['Host', 'x.example.com'])).toBe('host');
    expect(await text('/r/17')).toBe('regex 17');
  });

  it('ask a pattern before a prefix, so that nothing hides what it protects, and a whole text before the pattern', async () => {
    const reply = (status: number): object => ({ steps: [{ reply: { status } }] });
    const gateway = await start({
      routes: [
        { match: { path: '/*' }, ...reply(200) },
        { match: { path: '~^/admin' }, ...reply(403) },
        { match: { path: '/admin/health' }, ...reply(204) },
        { match: { path: '/admin/{page}' }, ...reply(201) },
      ],
    });
    const status = async (path: string): Promise<number> => (await gateway.fetch(path)).status;
    expect([await status('/a'), await status('/admin'), await status('/admin/x'), await status('/admin/health')]).toEqual([200, 403, 403, 204]);
  });

  it('tell the upstream what the gateway saw, whatever the client claims', async () => {
    const gateway = await start({ routes: [{ match: { path: '/*' }, upstream: 'app:80' }] });
    const claims = { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' };
    const { headers } = (await (await gateway.fetch(new Request('http://shop.test/', { headers: claims }))).json()) as Said;
    expect(headers).toMatchObject({ 'x-forwarded-for': '1.1.1.1, 127.0.0.1', 'x-forwarded-host': 'shop.test', 'x-forwarded-proto': 'http' });
  });

  it('say which methods a path takes, HEAD with GET', async () => {
    const gateway = await start({ routes: [{ match: { path: '/a', methods: ['GET', 'PUT'] }, upstream: 'app:80' }] });
    const refused = await gateway.fetch(new Request('http://localhost/a', { method: 'POST' }));
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, PUT']);
    expect((await gateway.fetch(new Request('http://localhost/a', { method: 'HEAD' }))).status).toBe(200);
  });

  it('answer preflights also where the route does not take OPTIONS', async () => {
    const gateway = await start({
      routes: [{ match: { path: '/a', methods: ['GET'] }, steps: [{ cors: { origins: ['http://web.test'] } }], upstream: 'app:80' }],
    });
    const preflight = (origin: string): Promise<Response> =>
      gateway.fetch(new Request('http://localhost/a', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } }));
    const allowed = await preflight('http://web.test');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'http://web.test']);
    expect((await preflight('http://evil.test')).status).toBe(403);
    expect((await gateway.fetch(new Request('http://localhost/a', { method: 'OPTIONS' }))).status).toBe(405);
  });

  it.each(['/open/../admin', '/open/%2e%2e/admin', '//admin', '/admin/', '/admin;x', '/%61dmin', '/open/..%2fadmin', '/open/..;/admin'])(
    'protect what they protect under every spelling: %s',
    async (target) => {
      const gateway = await start({
        routes: [
          { match: { path: '/admin' }, steps: [{ apiKey: { keys: ['k'] } }], upstream: 'app:80' },
          { match: { path: '/*' }, upstream: 'app:80' },
        ],
      });
      expect((await gateway.fetch({ method: 'GET', target, rawHeaders: ['Host', 'localhost'] })).status).toBe(401);
    },
  );

  it.each(['*', 'admin', '/a%00', '/a%zz', '/%c0%ae', '/a\\b', '/a#b', 'http://u@localhost/'])(
    'refuse what can be read in two ways: %s',
    async (target) => {
      const gateway = await start({ routes: [{ match: { path: '/*' }, upstream: 'app:80' }] });
      expect((await gateway.fetch({ method: 'GET', target, rawHeaders: ['Host', 'localhost'] })).status).toBe(400);
    },
  );
});

describe('native steps', () => {
  it('rewrite and edit with templates', async () => {
    const gateway = await start({
      routes: [
        {
          match: { path: '/api/orders/{id}' },
          steps: [
            { rewrite: { stripPrefix: '/api', addPrefix: '/v2' } },
            { query: { set: { from: '${params.id}' }, remove: ['debug'] } },
            { requestHeaders: { set: { 'X-Id': 'n-${params.id}' }, remove: ['X-Secret'] } },
            { responseHeaders: { set: { 'X-Seen': '${request.method}' } } },
          ],
          upstream: 'app:80',
        },
      ],
    });
    const response = await gateway.fetch(new Request('http://localhost/api/orders/7?debug=1&a=b', { headers: { 'x-secret': 's' } }));
    const { path, headers } = (await response.json()) as Said;
    expect(path).toBe('/v2/orders/7?a=b&from=7');
    expect([headers['x-id'], headers['x-secret'], response.headers.get('x-seen')]).toEqual(['n-7', undefined, 'GET']);
  });

  it('limit by address and tell how much is left', async () => {
    const gateway = await start({ routes: [{ match: { path: '/*' }, steps: [{ rateLimit: { limit: 1, per: '1m' } }], upstream: 'app:80' }] });
    gateway.clock.freeze();
    expect((await gateway.fetch('/')).status).toBe(200);
    const over = await gateway.fetch('/');
    expect([over.status, over.headers.has('retry-after'), over.headers.has('ratelimit'), over.headers.has('ratelimit-policy')]).toEqual([
      429,
      true,
      true,
      true,
    ]);
    await gateway.clock.advance(60_000);
    expect((await gateway.fetch('/')).status).toBe(200);
  });

  it.each([
    [{ routes: [{ match: { pth: '/' }, upstream: 'app:80' }] }, 'DG1201', 'did you mean "path"'],
    [{ routes: [{ match: { path: '~(a+)+' }, upstream: 'app:80' }] }, 'DG1207', 'exponential'],
    [{ routes: [{ match: { path: '/' } }] }, 'DG1204', 'no upstream'],
    [{ routes: [{ match: { path: '/' }, steps: [{ requestHeaders: { set: { a: '${jwt}' } } }], upstream: 'app:80' }] }, 'DG1203', 'does not exist'],
  ])('are refused where they are wrong, with the place: %j', async (config, code, text) => {
    await expect(start(config)).rejects.toMatchObject({ code, message: expect.stringContaining(text) as string });
  });
});
