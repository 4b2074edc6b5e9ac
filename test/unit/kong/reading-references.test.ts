import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { isUserError } from '../../../src/index.ts';
import { ask, folderWith, read, said, start } from './kong-files.ts';
import { load } from '../../../src/gateway/load.ts';
import { dialects } from '../../../src/dialects/index.ts';

const service = (text: string): string => `services:\n  - ${text}\n`;

describe("decK's ${{ }}", () => {
  it.each([
    ['url: http://${{ env "DECK_HOST" }}.internal:80', { DECK_HOST: 'orders' }, 'http://orders.internal:80'],
    ['host: \'${{ env "DECK_HOST" }}\', port: ${{ env "DECK_PORT" }}', { DECK_HOST: 'a', DECK_PORT: '81' }, 'http://a:81'],
    ['host: a, port: ${{ env "DECK_PORT" | toInt }}', { DECK_PORT: '+82' }, 'http://a:82'],
    ['host: a, port: ${{ toInt (env "DECK_PORT") }}', { DECK_PORT: '83' }, 'http://a:83'],
    ['host: a, enabled: ${{ env "DECK_ON" | toBool }}', { DECK_ON: 'T' }, 'http://a:80'],
    ['host: a, port: ${{ env `DECK_PORT` | toFloat | toInt }}', { DECK_PORT: '84' }, 'http://a:84'],
    ['url: \'http://a:  ${{- env "DECK_PORT" -}}  /b\'', { DECK_PORT: '85' }, 'http://a:85'],
  ])('%s', async (text, env, url) => {
    const { gateway, ledger } = await read(service(`{ ${text}, routes: [{ paths: [/] }] }`), { env });
    expect(ledger.diagnostics).toEqual([]);
    expect(gateway.sites[0]?.routes[0]?.destination?.children[0]?.options).toMatchObject({ url });
  });

  it('may be several lines, and places stay those of the file', async () => {
    const text = `ca_certificates:
  - cert: |
      \${{ env "DECK_CERT" | indent 6 }}
    tags: [a]
services:
  - host: a
    port: none
`;
    expect(await said(text, { env: { DECK_CERT: 'one\ntwo\nthree' } })).toEqual(['error 8 DG1202 services[0].port is "none"']);
  });

  it.each([
    ['host: ${{ env "HOST" }}', "error 3 DG1203 the variable HOST is not decK's"],
    ['host: ${{ env "DECK_A" }}', 'warning 3 DG1205 the variable DECK_A is not set: its name stands in its place'],
    ['host: a${{ env "DECK_N" | toInt }}', 'error 3 DG1202 the value "x" of a variable is wrong'],
    ['host: a${{ env "DECK_N" | toFloat }}', 'error 3 DG1202 the value "x" of a variable is wrong'],
    ['host: a${{ env "DECK_N" | toBool }}', 'error 3 DG1202 the value "x" of a variable is wrong'],
    ['host: a${{ range $x }}', 'error 3 DG1208 ${{ range $x }} is not understood'],
    ['host: a${{ ((((((( }}', 'error 3 DG1208 ${{ ((((((( }} is not understood'],
    ['host: a${{ }}', 'error 3 DG1208 ${{  }} is not understood'],
  ])('%s is told', async (text, message) => {
    expect(await said(service(text), { env: { DECK_N: 'x' } })).toContain(message);
  });

  it('is never what breaks the reader', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.dictionary(fc.constantFrom('DECK_A', 'B'), fc.string()), async (inside, env) => {
        const text = `services: [{ host: a }]\n# \${{ ${inside} }}\n`;
        await said(text, { env }).catch((error: unknown) => {
          if (!isUserError(error)) throw error;
        });
      }),
      { numRuns: 60 },
    );
    expect(await said('services: [{ host: a }]\n# ${{ "\\q" }}\n')).toEqual(['error 3 DG1208 ${{ "\\q" }} is not understood']);
  });

  it('is a number only where the variable is one', async () => {
    expect(await said(service('{ host: a, port: ${{ env "DECK_PORT" }} }'))).toContain('error 3 DG1202 services[0].port is "DECK_PORT"');
  });
});

describe('references to a vault', () => {
  const keyed = (key: string, more = ''): string =>
    `${more}services: [{ url: 'http://s.internal', routes: [{ paths: [/], plugins: [{ name: key-auth }] }] }]\nconsumers: [{ username: ann, keyauth_credentials: [{ key: '${key}' }] }]\n`;
  it.each([
    ['{vault://env/my-secret}', { MY_SECRET: 'k' }, ''],
    ['{vault://env/my-secret/key}', { MY_SECRET: '{"key":"k","other":1}' }, ''],
    ['{vault://env/secret?prefix=APP_}', { APP_SECRET: 'k' }, ''],
    ['{vault://mine/secret}', { APP_SECRET: 'k' }, 'vaults: [{ name: env, prefix: mine, config: { prefix: app- } }]\n'],
  ])('%s', async (key, env, more) => {
    await using gateway = await start(keyed(key, more), { env });
    expect((await ask(gateway, '/', { apikey: 'k' })).status).toBe(200);
    expect((await ask(gateway, '/', { apikey: key })).status).toBe(401);
  });

  it('begin as kong.conf or its variable says', async () => {
    const files = { 'kong.yml': keyed('{vault://env/secret}'), 'kong.conf': 'vault_env_prefix = one_\n' };
    await using first = await start(files, { env: { ONE_SECRET: 'k' } });
    expect((await ask(first, '/', { apikey: 'k' })).status).toBe(200);
    await using second = await start(files, { env: { KONG_VAULT_ENV_PREFIX: 'two_', TWO_SECRET: 'k' } });
    expect((await ask(second, '/', { apikey: 'k' })).status).toBe(200);
  });

  it('that cannot be resolved are told, and open nothing', async () => {
    const findings = [
      ['{vault://env/my-secret}', 'the variable MY_SECRET of a vault reference is not set'],
      ['{vault://env/set/key}', 'the variable SET has no text "key"'],
      ['{vault://other/secret}', 'there is no vault "other"'],
      ['{vault://aws/secret}', 'the vault "aws" (aws) is not asked here'],
    ] as const;
    for (const [key, message] of findings) {
      const text = keyed(key, 'vaults: [{ name: aws, prefix: aws, config: { region: x } }]\n');
      expect(await said(text, { env: { SET: '[' } })).toEqual([`warning 4 DG1205 ${message}`]);
      await using gateway = await start(text, { env: { SET: '[' } });
      for (const apikey of ['', 'undefined', 'k']) expect((await ask(gateway, '/', { apikey })).status).toBe(401);
    }
  });

  it('are texts as a whole: anything else stays', async () => {
    const { ledger, gateway } = await read(service("{ host: a, path: '/{vault://env/x}', routes: [{ paths: [/] }] }"));
    expect(ledger.diagnostics.filter((one) => one.code === 'DG1205')).toEqual([]);
    expect(JSON.stringify(gateway)).toContain('/{vault://env/x}');
  });
});

describe('several files', () => {
  const loaded = (files: Record<string, string>) =>
    load({ config: '.', dialect: undefined, folder: folderWith(files), options: { variables: {}, env: {} } }, dialects);

  it('are one gateway, whose entities know each other', async () => {
    await using gateway = await start({
      'kong-a.yml': "services: [{ name: s, url: 'http://s.internal' }]\nconsumers: [{ username: ann }]\n",
      'kong-b.yml': 'routes: [{ name: r, service: s, paths: [/] }]\nkeyauth_credentials: [{ key: k, consumer: ann }]\n',
      'kong-c.yml': 'plugins: [{ name: key-auth, route: r }]\n',
    });
    expect((await ask(gateway, '/', { apikey: 'k' })).status).toBe(200);
    expect((await ask(gateway)).status).toBe(401);
  });

  it("share decK's defaults and plugin configurations", async () => {
    const { gateway, ledger } = await loaded({
      'kong-a.yml': `_info:
  select_tags: [team-a]
  defaults:
    service: { port: 8081, read_timeout: 5000, retries: 1, protocol: http }
    route: { strip_path: false, preserve_host: true }
_plugin_configs:
  slow: { minute: 5, policy: local, hide_client_headers: true }
`,
      'kong-b.yml':
        'services: [{ host: a, port: 82, routes: [{ paths: [/] }, { paths: [/b], strip_path: true }] }, { host: b }]\nplugins: [{ name: rate-limiting, _config: slow, config: { minute: 9 } }]\n',
    });
    expect(ledger.diagnostics).toEqual([]);
    expect(ledger.counts().unknown).toBe(0);
    const [route, other] = gateway.sites[0]?.routes ?? [];
    expect(route?.destination?.children[0]?.options).toMatchObject({ url: 'http://a:82', responseTimeoutMs: 5000 });
    expect(route?.request[0]?.options).toMatchObject({ strip: false, preserveHost: true });
    expect(other?.request[0]?.options).toMatchObject({ strip: true });
    expect(route?.request[1]?.options).toMatchObject({ limits: [{ period: 'minute', limit: 9 }], hide: true });
  });

  it('must not contradict each other', async () => {
    const { ledger } = await loaded({
      'kong-a.yml': '_info: { defaults: { route: { strip_path: false } } }\n_plugin_configs: { a: { minute: 1 } }\n',
      'kong-b.yml':
        '_info: { defaults: { route: { strip_path: true } } }\n_plugin_configs: { a: { minute: 2 } }\nplugins: [{ name: cors, _config: b }]\n',
    });
    expect(ledger.diagnostics.map((one) => `${one.file} ${one.message}`)).toEqual([
      expect.stringContaining('kong-b.yml defaults of route stand in two files'),
      expect.stringContaining('kong-b.yml the plugin configuration "a" stands in two files'),
      expect.stringContaining('kong-b.yml there is no plugin configuration "b"'),
    ]);
  });
});

describe('paths of files from before 3.0', () => {
  it.each([
    ['/a/%7eb//c', '/a/~b/c'],
    ['/items/\\d+', '~/items/\\d+'],
    ['/a%2E%5Bb(c)', '~/a\\.%5Bb(c)'],
  ])('%s is taken over as %s', async (path, expected) => {
    for (const [version, paths] of [
      ['1.1', [expected]],
      ['2.1', [expected]],
      ['3.0', [path]],
    ] as const) {
      const { gateway } = await read(`_format_version: '${version}'\nservices: [{ host: a, routes: [{ paths: ['${path}'] }] }]\n`);
      expect(gateway.sites[0]?.routes[0]?.when).toMatchObject({ paths });
    }
  });
});
