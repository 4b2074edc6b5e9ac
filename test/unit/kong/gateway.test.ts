import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
async function start(declarative: string): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'kong.yml'), `_format_version: '3.0'\n${declarative}`);
  const said = (request: Request): Response => Response.json(Object.fromEntries(request.headers));
  return createGateway({ config: 'kong.yml', folder, upstreams: { '*': said } });
}
const service = (more: string): string => `services:\n  - name: s\n    url: http://s.internal:8080\n    routes: [{ name: r, paths: [/] }]\n${more}`;

describe('hmac-auth', () => {
  const config = (more = ''): string =>
    service(`    plugins: [{ name: hmac-auth, config: { clock_skew: 60, hide_credentials: true ${more} } }]
consumers:
  - username: ann
    hmacauth_credentials: [{ username: ann-key, secret: a-secret }]
`);
  const date = 'Tue, 14 Nov 2023 22:13:20 GMT';
  const signed = (names: string, text: string, algorithm = 'sha256', secret = 'a-secret'): string =>
    `hmac username="ann-key", algorithm="hmac-${algorithm}", headers="${names}", signature="${createHmac(algorithm, secret).update(text).digest('base64')}"`;
  const ask = async (gateway: Gateway, headers: Record<string, string>, body?: string): Promise<Response> => {
    gateway.clock.freeze();
    await gateway.clock.travel(date);
    return gateway.fetch(
      new Request('http://localhost/a?b=c', { method: body === undefined ? 'GET' : 'POST', headers, ...(body === undefined ? {} : { body }) }),
    );
  };

  it.each([
    ['date', `date: ${date}`, 'sha256'],
    ['date', `date: ${date}`, 'sha1'],
    ['date request-line', `date: ${date}\nGET /a?b=c HTTP/1.1`, 'sha512'],
    ['date @request-target', `date: ${date}\n@request-target: get /a?b=c`, 'sha384'],
    ['date x-none', `date: ${date}\nx-none:`, 'sha256'],
  ])('takes a signature over %s', async (names, text, algorithm) => {
    await using gateway = await start(config());
    const answer = await ask(gateway, { date, authorization: signed(names, text, algorithm) });
    expect(answer.status).toBe(200);
    const seen = (await answer.json()) as Record<string, string>;
    expect(seen).toMatchObject({ 'x-consumer-username': 'ann', 'x-credential-identifier': 'ann-key' });
    expect(seen).not.toHaveProperty('authorization');
  });

  it.each([
    ['nothing', {}, 'Unauthorized'],
    [
      'no date',
      { authorization: signed('date', `date: ${date}`) },
      'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    ],
    [
      'an old date',
      { date: 'Tue, 14 Nov 2023 22:11:20 GMT', authorization: signed('date', 'x') },
      'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    ],
    ['another secret', { date, authorization: signed('date', `date: ${date}`, 'sha256', 'other') }, 'HMAC signature does not match'],
    ['another scheme', { date, authorization: 'Basic YTpi' }, 'HMAC signature cannot be verified'],
    ['an unknown user', { date, authorization: signed('date', `date: ${date}`).replace('ann-key', 'bob') }, 'HMAC signature cannot be verified'],
  ])('refuses %s', async (_, headers, message) => {
    await using gateway = await start(config(', realm: shop'));
    const answer = await ask(gateway, headers as Record<string, string>);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'hmac realm="shop"']);
    expect(await answer.json()).toMatchObject({ message });
  });

  it('wants what must be signed, an algorithm that is allowed, and a digest that holds', async () => {
    await using enforced = await start(config(', enforce_headers: [date, request-line], algorithms: [hmac-sha256]'));
    const both = `date: ${date}\nGET /a?b=c HTTP/1.1`;
    expect((await ask(enforced, { date, authorization: signed('date', `date: ${date}`) })).status).toBe(401);
    expect((await ask(enforced, { date, authorization: signed('date request-line', both, 'sha1') })).status).toBe(401);
    expect((await ask(enforced, { date, authorization: signed('date request-line', both) })).status).toBe(200);

    await using bodies = await start(config(', validate_request_body: true'));
    const authorization = signed('date', `date: ${date}`);
    const digest = `SHA-256=${createHash('sha256').update('hello').digest('base64')}`;
    expect((await ask(bodies, { date, authorization, digest }, 'hello')).status).toBe(200);
    expect((await ask(bodies, { date, authorization, digest }, 'hallo')).status).toBe(401);
    expect((await ask(bodies, { date, authorization }, 'hello')).status).toBe(401);
    expect((await ask(bodies, { date, authorization })).status).toBe(200);
  });
});

describe('a node of Kong', () => {
  it('lets nobody pass where a plugin that guards is not mirrored', async () => {
    await using gateway = await start(service('    plugins: [{ name: ldap-auth, config: { ldap_host: a, base_dn: b, attribute: c } }]\n'));
    const answer = await gateway.fetch('/');
    expect(answer.status).toBe(501);
    expect(await answer.json()).toMatchObject({ message: 'devgateway does not serve this: the plugin ldap-auth' });
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', severity: 'warning' }]);
  });

  it('does not know the routes of a service that is switched off', async () => {
    await using gateway = await start(service('    enabled: false\n'));
    expect((await gateway.fetch('/')).status).toBe(404);
  });

  it.each([
    ['', '', 'a.internal:8080'],
    ['    host_header: pool.example\n', '', 'pool.example:8080'],
    ['    host_header: pool.example\n', 'preserve_host: true, ', 'localhost'],
  ])('tells a target of an upstream its host (%j %j)', async (header, preserve, host) => {
    const declarative = `services:\n  - name: s\n    host: pool\n    routes: [{ name: r, ${preserve}paths: [/] }]\nupstreams:\n  - name: pool\n${header}    targets: [{ target: 'a.internal:8080' }]\n`;
    await using gateway = await start(declarative);
    expect(await (await gateway.fetch('/')).json()).toMatchObject({ host });
  });

  it('refuses a format that it does not know', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
    folders.push(folder);
    writeFileSync(path.join(folder, 'kong.yml'), "_format_version: '9.0'\n");
    await expect(createGateway({ config: 'kong.yml', folder })).rejects.toMatchObject({ code: 'DG1203' });
  });
});
