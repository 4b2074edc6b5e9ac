import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Handler = (request: Request) => Response;

async function nginx(server: string, upstreams: Record<string, Handler> = {}, http = ''): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-nginx-'));
  folders.push(folder);
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `events {}\nhttp {\n  server_tokens off;\n  ${http}\n  server {\n    listen 80;\n${server}\n  }\n}\n`,
  );
  return createGateway({ config: folder, upstreams });
}
const asked: Handler = (request) => new Response(`${request.method} ${new URL(request.url).pathname}${new URL(request.url).search}`);

describe('location choice', () => {
  it('is exact, final prefix, regex in order, then the longest prefix', async () => {
    await using gateway = await nginx(`
      location = /a { return 200 exact; }
      location ^~ /a/static/ { return 200 final; }
      location ~ \\.png$ { return 200 regex; }
      location /a { return 200 prefix; }
      location / { return 200 root; }`);
    const text = async (target: string): Promise<string> => (await gateway.fetch(target)).text();
    expect(await text('/a')).toBe('exact');
    expect(await text('/a/static/x.png')).toBe('final');
    expect(await text('/a/x.png')).toBe('regex');
    expect(await text('/a/x')).toBe('prefix');
    expect(await text('/b')).toBe('root');
  });
});

describe('proxy_pass', () => {
  it('sends the raw target without a URI and replaces the prefix with one, over HTTP/1.0', async () => {
    await using gateway = await nginx(
      `location /raw/ { proxy_pass http://app:1; }
       location /cut/ { proxy_pass http://app:1/base/; }`,
      { 'app:1': asked },
    );
    expect(await (await gateway.fetch({ method: 'GET', target: '/raw/%41?q=1', rawHeaders: ['Host', 'x'] })).text()).toBe('GET /raw/%41?q=1');
    expect(await (await gateway.fetch('/cut/x?q=1')).text()).toBe('GET /base/x?q=1');
  });

  it('answers 301 for the slashless path', async () => {
    await using gateway = await nginx('location /app/ { proxy_pass http://app:1; }', { 'app:1': asked });
    const answer = await gateway.fetch('/app?x=1');
    expect(answer.status).toBe(301);
    expect(answer.headers.get('location')).toBe('http://localhost/app/?x=1');
  });
});

describe('what needs to enter again', () => {
  it('is a rewrite with last, and an error page at a named location', async () => {
    await using gateway = await nginx(`
      location /old { rewrite ^/old/(.*)$ /new/$1 last; }
      location /new { return 200 "new $uri"; }
      location /gone { error_page 410 =200 @page; return 410; }
      location @page { return 200 page; }`);
    expect(await (await gateway.fetch('/old/x')).text()).toBe('new /new/x');
    expect(await (await gateway.fetch('/gone')).text()).toBe('page');
  });

  it('stops after ten redirections', async () => {
    await using gateway = await nginx('location / { rewrite ^ /again last; }');
    expect((await gateway.fetch('/x')).status).toBe(500);
  });

  it('is the subrequest of auth_request', async () => {
    const auth: Handler = (request) => new Response(null, { status: request.headers.get('x-key') === 'k' ? 204 : 403 });
    await using gateway = await nginx(
      `location / { auth_request /auth; proxy_pass http://app:1; }
       location = /auth { internal; proxy_pass http://auth:1; }`,
      { 'app:1': asked, 'auth:1': auth },
    );
    expect((await gateway.fetch('/x')).status).toBe(403);
    expect((await gateway.fetch(new Request('http://localhost/x', { headers: { 'x-key': 'k' } }))).status).toBe(200);
    expect((await gateway.fetch('/auth')).status).toBe(404);
  });
});

describe('limit_req', () => {
  it('refuses what overflows the bucket, in virtual time', async () => {
    await using gateway = await nginx(
      'location / { limit_req zone=one burst=1 nodelay; proxy_pass http://app:1; }',
      { 'app:1': asked },
      'limit_req_zone $binary_remote_addr zone=one:1m rate=1r/s;',
    );
    gateway.clock.freeze();
    const statuses = async (): Promise<number> => (await gateway.fetch('/')).status;
    expect([await statuses(), await statuses(), await statuses()]).toEqual([200, 200, 503]);
    await gateway.clock.advance(1000);
    expect([await statuses(), await statuses()]).toEqual([200, 503]);
  });
});

it('words its own pages', async () => {
  await using gateway = await nginx('location / { return 403; }');
  const answer = await gateway.fetch('/');
  expect(answer.headers.get('server')).toBe('nginx');
  expect(await answer.text()).toBe(
    '<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
  );
});

describe('listen ... ssl', () => {
  it('speaks TLS with the certificate of the local authority where that of production is not here', async () => {
    await using gateway = await nginx(
      'listen 443 ssl; ssl_certificate /none/a.pem; ssl_certificate_key /none/a.key; location / { return 200 $scheme; }',
    );
    expect(gateway.listeners.map(({ port, protocol }) => `${protocol} ${port}`)).toEqual(['http 80', 'https 443']);
    const body = await new Promise<string>((resolve, reject) => {
      get(gateway.urlFor(443), { rejectUnauthorized: false }, (answer) => answer.setEncoding('utf8').on('data', resolve)).on('error', reject);
    });
    expect(body).toBe('https');
    expect(gateway.fidelity.counts.approximated).toBe(2);
  });
});

it('bounds the weights of an upstream', async () => {
  await expect(nginx('location / { proxy_pass http://a; }', {}, 'upstream a { server b:1 weight=999999999; }')).rejects.toMatchObject({
    code: 'DG1203',
  });
});

describe('a directive that nginx does not know', () => {
  it('is an error where one of its own is near, with the place and the name', async () => {
    await expect(nginx('location / { proxy_pas http://a; }')).rejects.toMatchObject({
      code: 'DG1201',
      message: expect.stringMatching(/nginx\.conf:\d+:\d+.*unknown directive "proxy_pas".*did you mean "proxy_pass"/) as string,
    });
  });

  it('is pointed out where it may come with a newer release or a module', async () => {
    await using gateway = await nginx('location / { more_clear_input_headers X; return 204; }');
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1201', severity: 'warning' }]);
    expect((await gateway.fetch('/')).status).toBe(204);
  });

  it('is nothing to speak of in a table of values, or with modules of its own', async () => {
    await using table = await nginx('location / { return 204; }', {}, 'map $uri $a { default 1; proxy_pas 2; } types { text/x-own own; }');
    expect(table.diagnostics).toEqual([]);
  });
});

it('reads the files of conf.d as one http block', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-conf-d-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'upstreams.conf'), 'upstream app { server app:1; }\nserver { listen 81; location / { return 200 second; } }\n');
  writeFileSync(path.join(folder, 'site.conf'), 'server { listen 80; location / { proxy_pass http://app/v1/; } }\n');
  await using gateway = await createGateway({ config: folder, upstreams: { 'app:1': asked } });
  expect(gateway.listeners.map(({ port }) => port).toSorted((a, b) => a - b)).toEqual([80, 81]);
  expect(await (await fetch(gateway.urlFor(80))).text()).toBe('GET /v1/');
  expect(await (await fetch(gateway.urlFor(81))).text()).toBe('second');
});
