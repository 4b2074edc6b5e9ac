import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Spawned } from './spawned.ts';

let folder: string;
let running: Spawned[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-spawned-'));
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop('SIGKILL')));
  running = [];
  rmSync(folder, { recursive: true, force: true });
});
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
const start = (...args: string[]): Spawned => {
  const started = new Spawned(folder, args);
  running.push(started);
  return started;
};
const replying = (body: string): string => `routes:\n  - name: hello\n    match: { path: /hello }\n    steps:\n      - reply: { body: ${body} }\n`;
/** No error of a user shows the inside of the program. */
const stack = /^\s+at /m;

it('a command whose output nobody reads to its end leaves without a word', async () => {
  write(
    'devgateway.yaml',
    `routes:\n${Array.from({ length: 4_000 }, (_, at) => `  - match: { path: /orders/number/${at} }\n    upstream: localhost:3000\n`).join('')}`,
  );
  const listing = start('routes', '--json');
  listing.child.stdout?.once('data', () => listing.child.stdout?.destroy());
  expect(await listing.ended).toBe(0);
  expect(listing.err).toBe('');
});

describe('devgateway issuer', () => {
  const policy = `routes:\n  - steps:\n      - jwt: { issuer: 'https://login.test/', algorithms: [ES256], jwks: { keys: [] } }\n      - reply: {}\n`;

  it('serves the issuer that the configuration expects alone, with the keys of the other commands', async () => {
    write('devgateway.yaml', policy);
    const issuer = start('issuer', '--port', '0');
    const url = await issuer.url();
    expect(issuer.out).toContain('issues tokens of https://login.test/');
    const minting = start('token', '--claim', 'sub=ann');
    expect(await minting.ended).toBe(0);
    const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(minting.out.trim(), keys, { issuer: 'https://login.test/' });
    expect(payload.sub).toBe('ann');
    expect((await fetch(`${url}/orders`)).status).toBe(404);
    expect(await issuer.stop()).toBe(0);
  });

  it('bears the name of its own address where there is no configuration', async () => {
    const issuer = start('issuer', '--port', '0', '--json');
    const { url } = JSON.parse((await issuer.says(/^\{.*\}$/m))[0]) as { url: string };
    const found = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as { issuer: string };
    expect(found.issuer).toBe(url);
    const answer = await fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }) });
    const { access_token } = (await answer.json()) as { access_token: string };
    await jwtVerify(access_token, createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`)), { issuer: url });
  });

  it('refuses a configuration with a mistake', async () => {
    write('devgateway.yaml', 'routes:\n  - nmae: hello\n');
    const issuer = start('issuer');
    expect(await issuer.ended).toBe(1);
    expect(issuer.err).toContain('DG1201');
  });
});

describe('devgateway start', () => {
  it('says what it read, prints a line for each request, reloads, and ends with 0', async () => {
    write('devgateway.yaml', replying('one'));
    const gateway = start('--port', '0');
    const url = await gateway.url();
    expect(gateway.out).toMatch(/^devgateway \S+ {2}ready in \d+ ms\n {2}read devgateway\.yaml \(native\): 1 routes\n/);
    expect(await (await fetch(`${url}/hello`)).text()).toBe('one');
    await gateway.says(/GET.*\/hello.*200.*hello.*devgateway\.yaml:\d+/);
    write('devgateway.yaml', replying('two'));
    await gateway.says(/reloaded: 1 routes/);
    expect(await (await fetch(`${url}/hello`)).text()).toBe('two');
    write('devgateway.yaml', 'routes:\n  - nmae: hello\n');
    await gateway.says(/devgateway\.yaml:2:5 {2}error DG1201/);
    expect(await (await fetch(`${url}/hello`)).text()).toBe('two');
    expect(await gateway.stop()).toBe(0);
    expect(gateway.err).not.toMatch(stack);
  });

  it('shows where an upstream function throws, and goes on', async () => {
    write('orders.mjs', 'export default function orders(req, res) {\n  throw new Error("out of orders");\n}\n');
    write('devgateway.yaml', "upstreams: { 'orders:80': { module: ./orders.mjs } }\nroutes: [{ upstream: 'orders:80' }]\n");
    const gateway = start('--port', '0');
    const url = await gateway.url();
    for (const at of [1, 2]) expect((await fetch(`${url}/${at}`)).status).toBe(500);
    await gateway.says(/orders:80 threw on GET \/2\nError: out of orders\n +at .*orders\.mjs:2/);
    expect(await gateway.stop()).toBe(0);
  });

  it('runs a configuration in TypeScript', async () => {
    write(
      'devgateway.config.ts',
      `type Body = string;\nconst body: Body = 'typed';\nexport default { routes: [{ match: { path: '/*' }, steps: [{ reply: { body } }] }] };\n`,
    );
    const url = await start('--port', '0').url();
    expect(await (await fetch(url)).text()).toBe('typed');
  });

  it('answers for a host of production under HOST.localhost and --as-host', async () => {
    write('devgateway.yaml', replying('one').replace('{ path: /hello }', '{ host: api.example.com, path: /hello }'));
    const url = await start('--port', '0', '--as-host', 'api.example.com').url();
    expect((await fetch(`${url}/hello`)).status).toBe(200);
  });

  it('keeps the port that it had, and tells which is taken', async () => {
    write('devgateway.yaml', replying('one'));
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const gateway = start('--port', String(port));
    expect(await gateway.ended).toBe(1);
    expect(gateway.err).toMatch(new RegExp(`DG1401.*${port}`));
    expect(gateway.err).not.toMatch(stack);
    taken.close();
  });

  it('tells what is wrong with a file over its line', async () => {
    write('devgateway.yaml', 'routes:\n  - match: { path: /a }\n    upstream: [\n');
    const gateway = start();
    expect(await gateway.ended).toBe(1);
    expect(gateway.err).toMatch(/devgateway\.yaml:\d+:\d+ {2}error DG1101/);
    expect(gateway.err).not.toMatch(stack);
  });

  it.each([
    ['no token', {}, /401.*jwt \(.*\)\s+devgateway\.yaml:\d+/],
    ['a bad token', { authorization: 'Bearer a.b.c' }, /401.*jwt \(.*\)\s+devgateway\.yaml:\d+/],
    ['a field that is too large', { 'x-large': 'a'.repeat(40_000) }, /431.*header-too-large \(limit 32768\)/],
  ])('says why it refuses %s', async (_, headers, line) => {
    write(
      'devgateway.yaml',
      'routes:\n  - match: { path: /a }\n    steps:\n      - jwt: { issuer: https://a.test/, algorithms: [RS256], jwks: { keys: [] } }\n    upstream: a:80\n',
    );
    const gateway = start('--port', '0');
    await fetch(`${await gateway.url()}/a`, { headers: headers as Record<string, string> });
    await gateway.says(line);
    expect(gateway.err).not.toMatch(stack);
  });

  it('names the flag that maps an upstream that cannot be found', async () => {
    write('devgateway.yaml', 'routes:\n  - match: { path: /a }\n    upstream: orders.invalid:80\n');
    const gateway = start('--port', '0');
    expect((await fetch(`${await gateway.url()}/a`)).status).toBe(502);
    await gateway.says(/--upstream orders\.invalid:80=/);
  });
});

describe('the quickstart', () => {
  it('does with the built command what its README says', async () => {
    const recipe = path.resolve(import.meta.dirname, '../../recipes/quickstart');
    const token = readFileSync(path.join(recipe, 'token.txt'), 'utf8').trim();
    const url = await start('start', recipe, '--port', '0').url();
    const authorization = `Bearer ${token}`;
    expect((await fetch(`${url}/api/orders/7`)).status).toBe(401);
    const placed = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{"unitPrice":3}',
    });
    expect(await placed.json()).toMatchObject({ receivedKeys: ['unit_price'], unitPrice: 3 });
    const statuses: number[] = [];
    for (let at = 0; at < 5; at += 1) statuses.push((await fetch(`${url}/api/orders/7`, { headers: { authorization } })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });
});

describe('devgateway token', () => {
  const guarded =
    'routes:\n  - match: { path: /a }\n    steps:\n      - jwt: { issuer: https://a.test/, algorithms: [RS256] }\n      - reply: { body: in }\n';

  it('prints a token alone, which a gateway of the same folder accepts', async () => {
    write('devgateway.yaml', guarded);
    const gateway = start('--port', '0');
    const url = await gateway.url();
    await gateway.says(/test tokens are accepted beside those of https:\/\/a\.test\//);
    const token = async (...args: string[]): Promise<string> => {
      const minted = start('token', ...args);
      expect(await minted.ended).toBe(0);
      expect(minted.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]*\n$/);
      return minted.out.trim();
    };
    const status = async (text: string): Promise<number> => (await fetch(`${url}/a`, { headers: { authorization: `Bearer ${text}` } })).status;
    expect(await status(await token())).toBe(200);
    expect(await status(await token('--claim', 'sub=ann', '--expires-in', '5 days'))).toBe(200);
    expect(await status(await token('--broken', 'expired'))).toBe(401);
    const [, shown = ''] = await gateway.says(/try: curl -i -H 'Authorization: Bearer ([^']+)' http\S+\/a/);
    expect(await status(shown)).toBe(200);
  }, 30_000);

  it('works without any configuration, and tells what it does not know', async () => {
    const minted = start('token', '--persona', 'auth0');
    expect(await minted.ended).toBe(0);
    const wrong = start('token', '--broken', 'somehow');
    expect(await wrong.ended).toBe(2);
    expect(wrong.err).toContain('expected one of expired');
    const never = start('token', '--expires-in', 'soon');
    expect(await never.ended).toBe(2);
  });
});

describe('other commands', () => {
  it('check --json is one document', async () => {
    write('devgateway.yaml', replying('one'));
    const checked = start('check', '--json');
    expect(await checked.ended).toBe(0);
    expect(Object.keys(JSON.parse(checked.out) as object).sort()).toEqual(['diagnostics', 'fidelity', 'routes', 'sources']);
  });

  it('wrong usage ends with 2', async () => {
    const wrong = start('--prot', '1');
    expect(await wrong.ended).toBe(2);
    expect(wrong.err).toContain('did you mean "--port"?');
  });

  it.each(['bash', 'zsh', 'fish'])('completion for %s is printed', async (shell) => {
    const printed = start('completion', shell);
    expect(await printed.ended).toBe(0);
    expect(printed.out).toContain('devgateway');
  });
});
