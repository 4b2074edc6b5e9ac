import { describe, expect, it } from 'vitest';
import { errorFormat } from '../../../src/dialects/kong/error-format.ts';
import { grpcStatus } from '../../../src/dialects/kong/grpc-answer.ts';
import { askFor, kong } from './kong-gateway.ts';

const service = (route: string, more = ''): string =>
  `services:\n  - name: s\n    url: http://s.internal:8080/base\n    routes: [{ name: r, ${route} }]\n${more}`;
const typeFor = (accept: string | undefined, contentType?: string, byNginx: string | null = null): string =>
  errorFormat({ accept, contentType, byNginx }, {}).type.split(';')[0] as string;

describe('the format of an error', () => {
  it.each<[string | undefined, string]>([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'text/html'],
    ['application/xml', 'application/xml'],
    ['text/xml', 'application/json'],
    ['text/*', 'text/plain'],
    ['application/*', 'application/json'],
    ['image/png, text/html;q=0.9', 'application/json'],
    ['text/html;q=0.5, text/plain;q=0.7', 'text/plain'],
    ['text/plain;q=0.5, text/html;q=0.5', 'text/plain'],
    ['text/html;level=1;q=0.4, application/xml;q=0.400', 'text/html'],
    ['text/html;q=0', 'application/json'],
    ['nonsense', 'application/json'],
    ['', 'application/json'],
  ])('for Accept %s is %s', (accept, type) => expect(typeFor(accept)).toBe(type));

  it('is that of the Content-Type, then the default, where nginx answers', () => {
    expect(typeFor(undefined, 'text/html', 'text/plain')).toBe('text/html');
    expect(typeFor(undefined, 'text/html')).toBe('application/json');
    expect(typeFor(undefined, undefined, 'application/xml')).toBe('application/xml');
    expect(typeFor('text/html', 'application/grpc')).toBe('application/grpc');
  });

  it('quotes what stands in it', () => {
    const body = (accept: string): string => errorFormat({ accept, contentType: undefined, byNginx: null }, {}).render('a "<b>"', '1');
    expect(JSON.parse(body('application/json'))).toEqual({ message: 'a "<b>"', request_id: '1' });
    expect(body('text/html')).toContain('<p>a "&lt;b&gt;".</p>');
  });

  it('uses the templates of kong.conf', async () => {
    const files = { 'e.json': '{"custom":"%s","id":"%s","sure":"100%%"}' };
    await using gateway = await kong(service('paths: [/x]'), 'error_template_json = e.json', files);
    expect(await (await gateway.fetch('/none')).json()).toEqual({
      custom: 'no Route matched with those values',
      id: expect.stringMatching(/^[\da-f]{32}$/),
      sure: '100%',
    });
  });

  it('tells gRPC clients in fields', async () => {
    expect([200, 401, 418, 502, 302].map(grpcStatus)).toEqual([0, 16, 3, 13, 2]);
    await using gateway = await kong(service('paths: [/x], protocols: [grpcs]'));
    const ask = (path: string, type: string): Promise<Response> => askFor(gateway, path, { method: 'POST', headers: { 'content-type': type } });
    const none = await ask('/none', 'application/grpc');
    expect([none.status, none.headers.get('content-type'), none.headers.get('grpc-status'), await none.text()]).toEqual([
      404,
      'application/grpc',
      '5',
      '',
    ]);
    expect((await ask('/x', 'text/plain')).status).toBe(415);
    expect((await ask('/x', 'application/grpc')).status).toBe(426);
  });
});

describe('kong.conf', () => {
  it.each([
    ['router_flavor = fancy', 'traditional_compatible'],
    ['trusted_ips = 10.0.0.0/8, anyone', 'addresses and blocks'],
    ['error_template_html = none.html', 'a file that is there'],
  ])('refuses %s over its own line', async (line, expected) => {
    const refused = await kong(service('paths: [/]'), `\n${line}`).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'DG1203',
      diagnostics: [{ line: 2, file: expect.stringContaining('kong.conf'), hint: expect.stringContaining(expected) }],
    });
  });
});

describe('what nginx below Kong refuses', () => {
  it('is a header line longer than a buffer, as 400, though all lines together would fit', async () => {
    await using gateway = await kong(service('paths: [/]'));
    const refused = await askFor(gateway, '/', { headers: { 'x-large': 'a'.repeat(8_200) } });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('Request header or cookie too large')]);
    expect((await askFor(gateway, '/', { headers: { 'x-large': 'a'.repeat(8_000), 'x-other': 'b'.repeat(8_000) } })).status).toBe(200);
  });

  it('follows the sizes of kong.conf', async () => {
    await using gateway = await kong(service('paths: [/]'), 'nginx_http_large_client_header_buffers = 4 1k\nnginx_http_client_max_body_size = 4');
    expect((await askFor(gateway, '/', { headers: { 'x-large': 'a'.repeat(1_100) } })).status).toBe(400);
    const statuses = await Promise.all(['12345', '1234'].map(async (body) => (await fetch(gateway.url, { method: 'POST', body })).status));
    expect(statuses).toEqual([413, 200]);
  });
});

describe('fields for the upstream', () => {
  const seen = async (conf: string, headers: Record<string, string>, route = 'paths: [/x]'): Promise<Record<string, string>> => {
    await using gateway = await kong(service(route), conf);
    return (await (await askFor(gateway, '/x/y?q=1', { headers })).json()) as Record<string, string>;
  };
  const sent = {
    'x-forwarded-for': '10.0.0.9, 10.0.0.8',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'told.com',
    'x-forwarded-port': '99',
    'x-forwarded-path': '/told',
    'x-forwarded-prefix': '/pre',
    'x-real-ip': '10.0.0.7',
  };

  it('are made by Kong for a peer that nobody trusts', async () =>
    expect(await seen('', sent)).toMatchObject({
      'x-forwarded-for': '10.0.0.9, 10.0.0.8, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'localhost',
      'x-forwarded-port': '8000',
      'x-forwarded-path': '/x/y',
      'x-forwarded-prefix': '/x',
      'x-real-ip': '127.0.0.1',
    }));

  it('are believed of one that is trusted', async () =>
    expect(await seen('trusted_ips = 127.0.0.0/8', sent)).toMatchObject({
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'told.com',
      'x-forwarded-port': '99',
      'x-forwarded-path': '/told',
      'x-forwarded-prefix': '/pre',
      'x-real-ip': '10.0.0.7',
    }));

  it.each([
    ['real_ip_header = X-Forwarded-For', '10.0.0.8'],
    ['real_ip_header = X-Forwarded-For\nreal_ip_recursive = on', '10.0.0.9'],
    ['real_ip_header = X-Client', '127.0.0.1'],
  ])('name the client by %s', async (conf, address) =>
    expect(await seen(`trusted_ips = 127.0.0.0/8, 10.0.0.8\n${conf}`, sent)).toHaveProperty('x-real-ip', address),
  );

  it('stop the walk at what is no address, and take ports off', async () => {
    const conf = 'trusted_ips = 0.0.0.0/0\nreal_ip_header = X-Forwarded-For\nreal_ip_recursive = on';
    expect(await seen(conf, { 'x-forwarded-for': '10.0.0.1, unknown, 10.0.0.2:80' })).toHaveProperty('x-real-ip', '10.0.0.2');
  });

  it('have the port of the listener, as port_maps shows it to the world', async () => {
    expect(await seen('proxy_listen = 0.0.0.0:9000 reuseport, 0.0.0.0:9443 ssl', {})).toHaveProperty('x-forwarded-port', '9000');
    expect(await seen('port_maps = 80:8000, 443:8443', {})).toHaveProperty('x-forwarded-port', '80');
  });

  it('have no prefix where nothing but / was stripped', async () =>
    expect(await seen('', { 'x-forwarded-prefix': '/pre' }, 'paths: [/]')).not.toHaveProperty('x-forwarded-prefix'));

  it('add Kong to Via', async () => {
    const headers = new Headers({ via: '1.0 first' });
    expect(await seen('', Object.fromEntries(headers))).toHaveProperty('via', '1.0 first, 1.1 kong/3.10.0');
  });

  it('pass on credentials for proxies and TE: trailers, which others keep', async () => {
    await using gateway = await kong(service('paths: [/x]'));
    const rawHeaders = ['Host', 'localhost', 'Proxy-Authorization', 'Basic YTpi', 'TE', 'deflate, trailers', 'Connection', 'x-gone', 'X-Gone', '1'];
    const answer = await gateway.fetch({ method: 'GET', target: '/x', rawHeaders });
    const fields = (await answer.json()) as Record<string, string>;
    expect(fields).toMatchObject({ 'proxy-authorization': 'Basic YTpi', te: 'trailers' });
    expect(fields).not.toHaveProperty('x-gone');
  });
});

describe("Kong's own fields", () => {
  it('name the upstream’s Via before Kong, and Kong as the server only where nobody else does', async () => {
    await using gateway = await kong(service('paths: [/x]'), '', {}, (request) =>
      new URL(request.url).pathname.endsWith('/named') ? new Response('', { headers: { via: '1.1 up', server: 'up' } }) : new Response(''),
    );
    const named = await gateway.fetch('/x/named');
    expect([named.headers.get('via'), named.headers.get('server')]).toEqual(['1.1 up, 1.1 kong/3.10.0', 'up']);
    expect((await gateway.fetch('/x')).headers.get('server')).toBe('kong/3.10.0');
    const none = await gateway.fetch('/none');
    expect([none.headers.get('via'), none.headers.get('server'), none.headers.has('x-kong-response-latency')]).toEqual([null, 'kong/3.10.0', true]);
  });

  it('are those of a proxied request where the upstream failed', async () => {
    await using gateway = await kong(service('paths: [/x]'), '', {}, 'http://127.0.0.1:1');
    const { status, headers } = await gateway.fetch('/x');
    expect(status).toBe(502);
    expect([headers.has('x-kong-upstream-latency'), headers.has('x-kong-proxy-latency'), headers.has('x-kong-response-latency')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('leave the Server field to a plugin that says by Via that it was Kong', async () => {
    const plugins = `plugins:
  - { name: request-termination, config: { status_code: 200 } }
  - { name: response-transformer, config: { add: { headers: ['Via:kong/3.10.0', 'Server:Demo'] } } }
`;
    await using gateway = await kong(service('paths: [/x]', plugins));
    expect((await gateway.fetch('/x')).headers.get('server')).toBe('Demo');
  });

  it('answer Kong-Debug where allow_debug_header is on', async () => {
    const ask = async (conf: string): Promise<Headers> => {
      await using gateway = await kong(service('paths: [/x]'), conf);
      return (await askFor(gateway, '/x', { headers: { 'kong-debug': '1' } })).headers;
    };
    const told = await ask('allow_debug_header = on');
    expect(['kong-route-name', 'kong-service-name'].map((name) => told.get(name))).toEqual(['r', 's']);
    expect(told.get('kong-route-id')).toMatch(/^[\da-f]{8}-/);
    expect((await ask('')).has('kong-route-name')).toBe(false);
  });
});

describe('a route without a service', () => {
  it('runs its plugins before it misses the service', async () => {
    await using gateway = await kong(`routes:
  - { name: stub, paths: [/stub], plugins: [{ name: request-termination, config: { status_code: 203, message: stub } }] }
  - { name: none, paths: [/none] }
`);
    expect((await gateway.fetch('/stub')).status).toBe(203);
    const none = await gateway.fetch('/none');
    expect([none.status, await none.json()]).toMatchObject([503, { message: 'no Service found with those values' }]);
  });
});

describe('Trailer of an upstream', () => {
  it.each([
    [{}, null],
    [{ te: 'gzip, trailers' }, 'X-Sum'],
  ])('reaches a client that sends %j as %j', async (headers, expected) => {
    await using gateway = await kong(service('paths: [/x]'), '', {}, () => new Response('', { headers: { Trailer: 'X-Sum' } }));
    const answer = await askFor(gateway, '/x', { headers: headers as Record<string, string> });
    expect(answer.headers.get('trailer')).toBe(expected);
  });
});

describe('a route that cannot be meant', () => {
  it.each([
    ['paths: [/x], sources: [{ ip: 10.0.0.300 }]', 'DG1203'],
    ["paths: ['~/users/{id}']", 'DG1207'],
    ["headers: { x: ['~*(?=a)'] }", 'DG1207'],
  ])('with %s is refused', async (route, code) => {
    const refused = await kong(service(route)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code });
    expect((refused as { diagnostics: unknown }).diagnostics).toContainEqual(expect.objectContaining({ code, line: 5 }));
  });
});

describe('a route that wants TLS', () => {
  it.each([
    ['https_redirect_status_code: 301', '', 'https://localhost/x?q=1'],
    ['https_redirect_status_code: 308', 'trusted_ips = 127.0.0.1', 'https://told.com/x?q=1'],
  ])('with %s sends there', async (route, conf, location) => {
    await using gateway = await kong(service(`paths: [/x], protocols: [https], ${route}`), conf);
    const answer = await askFor(gateway, '/x?q=1', { headers: { 'x-forwarded-host': 'told.com' } });
    expect(answer.headers.get('location')).toBe(location);
  });
});
