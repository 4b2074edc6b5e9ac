import { describe, expect, it } from 'vitest';
import { ask, read, said, start } from './kong-files.ts';

const route = (text: string): string => `services:\n  - host: a\n    routes:\n      - ${text}\n`;
const errors = async (text: string): Promise<string[]> =>
  (await said(text)).filter((one) => one.startsWith('error')).map((one) => one.slice('error '.length));

describe('what Kong refuses is refused, over its own line', () => {
  it.each([
    // Services.
    ['services:\n  - name: s\n', '3 DG1204 services[0] has no host'],
    ['services:\n  - { host: "a:80" }\n', '3 DG1203 services[0].host is "a:80"'],
    ['services:\n  - { host: "a b" }\n', '3 DG1203 services[0].host is "a b"'],
    ['services:\n  - { host: a, path: b }\n', '3 DG1203 services[0].path is "b"'],
    ['services:\n  - { host: a, path: //b }\n', '3 DG1203 services[0].path is "//b"'],
    ['services:\n  - { host: a, path: /%zz }\n', '3 DG1203 services[0].path is "/%zz"'],
    ['services:\n  - { host: a, port: 65536 }\n', '3 DG1203 services[0].port is 65536'],
    ['services:\n  - { host: a, connect_timeout: 0 }\n', '3 DG1203 services[0].connect_timeout is 0'],
    ['services:\n  - { host: a, read_timeout: 2147483647 }\n', '3 DG1203 services[0].read_timeout is 2147483647'],
    ['services:\n  - { host: a, name: "a/b" }\n', '3 DG1203 services[0].name is "a/b"'],
    ['services:\n  - { url: "ftp://a" }\n', '3 DG1203 services[0].url is "ftp://a"'],
    ['services:\n  - { host: a, protocol: ftp }\n', '3 DG1203 services[0].protocol is "ftp"'],
    ['services:\n  - { host: a, prot: 80 }\n', '3 DG1201 unknown setting "prot" in services[0]'],
    ['services:\n  - { host: a, name: s }\n  - { host: a, name: s }\n', '4 DG1206 the name of a service, "s", is there twice'],
    ['services:\n  - { host: a, id: s }\n', '3 DG1203 services[0].id is "s"'],
    [
      'services:\n  - { host: a, id: 3f1b2c9a-0000-4000-8000-000000000001 }\n  - { host: a, id: 3f1b2c9a-0000-4000-8000-000000000001 }\n',
      '4 DG1206 the id of a service, "3f1b2c9a-0000-4000-8000-000000000001", is there twice',
    ],
    ['services:\n  - { host: a, protocol: grpc, path: /a }\n', '3 DG1203 services[0] has a path'],
    ['services:\n  - { url: "tcp://a:1/b" }\n', '3 DG1203 services[0] has a path'],
    ['services:\n  - { host: a, tls_verify: true }\n', '3 DG1203 services[0].tls_verify stands beside the protocol http'],
    // Routes.
    [route('{ name: r }'), '5 DG1204 services[0].routes[0] has none of methods, hosts, headers, paths, snis'],
    [route('{ protocols: [http], snis: [a] }'), '5 DG1203 a route for http cannot have snis'],
    [route('{ paths: [a] }'), '5 DG1203 services[0].routes[0].paths[0] is "a"'],
    [route('{ paths: ["~a"] }'), '5 DG1203 services[0].routes[0].paths[0] is "~a"'],
    [route('{ paths: [/a//b] }'), '5 DG1203 services[0].routes[0].paths[0] is "/a//b"'],
    [route('{ paths: [/a/../b] }'), '5 DG1203 services[0].routes[0].paths[0] is "/a/../b"'],
    [route('{ paths: [/a%] }'), '5 DG1203 services[0].routes[0].paths[0] is "/a%"'],
    [route('{ hosts: ["a.*.b"] }'), '5 DG1203 services[0].routes[0].hosts[0] is "a.*.b"'],
    [route('{ hosts: ["*.a.*"] }'), '5 DG1203 services[0].routes[0].hosts[0] is "*.a.*"'],
    [route('{ hosts: ["a b"] }'), '5 DG1203 services[0].routes[0].hosts[0] is "a b"'],
    [route('{ methods: [get] }'), '5 DG1203 services[0].routes[0].methods[0] is "get"'],
    [route('{ headers: { Host: [a] } }'), '5 DG1203 services[0].routes[0].headers.Host is "Host"'],
    [route('{ protocols: [https], snis: [10.0.0.1] }'), '5 DG1203 services[0].routes[0].snis[0] is "10.0.0.1"'],
    [route('{ paths: [/], strip_path: sometimes }'), '5 DG1202 services[0].routes[0].strip_path is "sometimes"'],
    [route('{ paths: [/], https_redirect_status_code: 303 }'), '5 DG1203 services[0].routes[0].https_redirect_status_code is 303'],
    [route('{ paths: [/], regex_priority: 1.5 }'), '5 DG1203 services[0].routes[0].regex_priority is 1.5'],
    [route('{ paths: [/], path_handling: v2 }'), '5 DG1203 services[0].routes[0].path_handling is "v2"'],
    [route('{ paths: [/], protocols: [http, tcp] }'), '5 DG1203 services[0].routes[0].protocols mixes http and tcp'],
    [route('{ paths: [/], protocols: [smtp] }'), '5 DG1203 services[0].routes[0].protocols[0] is "smtp"'],
    [route('{ paths: [/], sources: [{ port: 1 }] }'), '5 DG1203 a route for http, https cannot have sources'],
    [route('{ paths: [/], protocols: [grpc], methods: [GET] }'), '5 DG1203 a route for grpc cannot have methods'],
    [route('{ paths: [/], protocols: [grpc], strip_path: true }'), '5 DG1203 a route for gRPC cannot have strip_path'],
    [route('{ protocols: [tcp], paths: [/], sources: [{ port: 1 }] }'), '5 DG1203 a route for tcp cannot have paths'],
    [route('{ protocols: [tcp] }'), '5 DG1204 services[0].routes[0] has none of sources, destinations, snis'],
    [route('{ protocols: [tls_passthrough] }'), '5 DG1204 services[0].routes[0] has none of snis'],
    [route('{ paths: [/], host: [a] }'), '5 DG1201 unknown setting "host" in services[0].routes[0]'],
    ['services:\n  - { name: s, host: a }\nroutes:\n  - { paths: [/], service: t }\n', '5 DG1205 there is no service "t"'],
    // Consumers and what is theirs.
    ['consumers:\n  - { tags: [a] }\n', '3 DG1204 consumers[0] has neither username nor custom_id'],
    ['consumers:\n  - { username: a }\n  - { username: a }\n', '4 DG1206 the username of a consumer, "a", is there twice'],
    ['consumers:\n  - { custom_id: a }\n  - { custom_id: a }\n', '4 DG1206 the custom_id of a consumer, "a", is there twice'],
    ['consumers:\n  - { username: a, keys: [] }\n', '3 DG1201 unknown setting "keys" in consumers[0]'],
    ['consumers:\n  - { username: a }\nkeyauth_credentials:\n  - { key: k, consumer: b }\n', '5 DG1205 there is no consumer "b"'],
    ['consumers:\n  - { username: a }\nkeyauth_credentials:\n  - { key: k }\n', '5 DG1204 keyauth_credentials[0] belongs to nobody'],
    ['consumer_groups:\n  - { tags: [] }\n', '3 DG1204 consumer_groups[0] has no name'],
    // Plugins.
    ['plugins:\n  - { config: {} }\n', '3 DG1204 plugins[0] has no name'],
    ['plugins:\n  - { name: cors, protocols: [smtp] }\n', '3 DG1203 plugins[0].protocols[0] is "smtp"'],
    ['plugins:\n  - { name: cors, conf: {} }\n', '3 DG1201 unknown setting "conf" in plugins[0]'],
    [
      'services:\n  - host: a\n    plugins:\n      - { name: cors, route: r }\n    routes: [{ name: s, paths: [/] }]\n',
      '5 DG1205 there is no route "r"',
    ],
    // The file.
    ['_format_version: "4.0"\n', '1 DG1203 _format_version is 4.0'],
    ['service:\n  - { host: a }\n', '2 DG1201 unknown setting "service"'],
    ['certificates:\n  - { cert: a, key: b }\n', '3 DG1403 certificates[0].cert cannot be used'],
    ['certificates:\n  - { key: b }\n', '3 DG1204 certificates[0] has no cert'],
    ['snis:\n  - { name: a }\n', '3 DG1204 snis[0] has no certificate'],
  ])('%s', async (text, message) => {
    expect(await errors(text)).toContain(message);
  });

  it.each([
    route('{ hosts: ["*.a.com:80", "a.*", "::1", 10.0.0.1, a.com, xn--a.com], paths: [/a%2Fb, /a b, "~/a(b|c)", /ü] }'),
    route('{ protocols: [https], snis: [a.com, "*.b.com"] }'),
    route('{ protocols: [grpcs], hosts: [a] }'),
    'services:\n  - { url: "http://[::1]:80/a" }\n  - { host: 10.0.0.1, name: "Zoë_1.~-" }\n',
    'consumers: [{ custom_id: a }, { username: "any thing / at all" }]\n',
    'services: [{ host: a, name: s, plugins: [{ name: cors }], routes: [{ name: r, paths: [/], plugins: [{ name: cors }] }] }]\nplugins: [{ name: cors }, { name: cors, route: r, service: s }]\n',
  ])('and this is not: %s', async (text) => {
    expect(await errors(text)).toEqual([]);
  });
});

it('a file that is a part says what is missing, and goes on', async () => {
  expect(await said('plugins:\n  - { name: cors, service: s }\n')).toEqual(['warning 3 DG1205 there is no service "s"']);
  expect(
    await said('_info: { default_lookup_tags: { services: [a] } }\nservices:\n  - { name: t, host: a }\nplugins:\n  - { name: cors, service: s }\n'),
  ).toEqual(['warning 6 DG1205 there is no service "s"']);
});

it('a list of a plugin of the user’s own is told', async () => {
  expect(await said('zebras:\n  - { a: 1 }\n')).toEqual(['warning 2 DG1201 unknown list "zebras"']);
});

describe('services', () => {
  it.each([
    ['url: http://a.internal', 'http://a.internal:80', ''],
    ['url: https://a.internal/b/', 'https://a.internal:443', '/b/'],
    ['url: http://user@a.internal:81/b?c', 'http://a.internal:81', '/b'],
    // Of the protocols only https has a port of its own, and only in a url.
    ['url: grpcs://a.internal', 'https://a.internal:80', ''],
    ['host: a, protocol: https', 'https://a:80', ''],
    ['url: http://a/b, port: 82, path: /c, host: d', 'http://d:82', '/c'],
  ])('%s', async (text, url, base) => {
    const { gateway } = await read(`services: [{ ${text}, routes: [{ paths: [/] }] }]\n`);
    const [found] = gateway.sites[0]?.routes ?? [];
    expect(found?.destination?.children[0]?.options).toMatchObject({ url });
    expect(found?.request[0]?.options).toMatchObject({ base });
  });
});

describe('plugins', () => {
  it('run where they name a protocol of the HTTP side at all, as Kong does', async () => {
    const withProtocols = (names: string): string =>
      `services: [{ url: "http://a.internal", routes: [{ paths: [/] }] }]\nplugins: [{ name: request-termination, protocols: [${names}], config: { status_code: 418 } }]\n`;
    await using only = await start(withProtocols('https'));
    expect((await ask(only)).status).toBe(418);
    await using stream = await start(withProtocols('tcp, tls'));
    expect((await ask(stream)).status).toBe(200);
  });

  it('stand once at a place: the first one counts, and the second is told', async () => {
    const text = `services: [{ url: 'http://a.internal', routes: [{ paths: [/] }] }]\nplugins:\n  - { name: request-termination, config: { status_code: 418 } }\n  - { name: request-termination, config: { status_code: 419 } }\n`;
    expect(await said(text)).toEqual(['warning 5 DG1206 the plugin "request-termination" at this place is there twice']);
    await using gateway = await start(text);
    expect((await ask(gateway)).status).toBe(418);
  });

  it('say that another order needs Enterprise', async () => {
    expect(await said('plugins:\n  - { name: cors, ordering: { before: { access: [key-auth] } } }\n')).toEqual([
      'warning 3 DG1208 dynamic plugin ordering needs Kong Enterprise and is not mirrored',
    ]);
  });
});

it('routes of streams are told and not served', async () => {
  const text =
    'services:\n  - { name: s, host: a, protocol: tcp }\nroutes:\n  - { service: s, protocols: [tcp], destinations: [{ port: 1 }], plugins: [{ name: ip-restriction, config: { deny: [1.1.1.1] } }] }\n';
  expect(await said(text)).toEqual(['warning 5 DG1208 a route for tcp is not served']);
  const { gateway, ledger } = await read(text);
  expect(gateway.sites[0]?.routes).toEqual([]);
  expect(ledger.counts().unknown).toBe(0);
});
