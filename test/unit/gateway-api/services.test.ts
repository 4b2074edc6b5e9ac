import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-services-'));
const servers: NetServer[] = [];
afterEach(() => {
  for (const one of servers.splice(0)) one.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function listening(server: NetServer, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
/** A backend that says its name, with how the request came. */
const named = (name: string): Server => createHttp((request, response) => response.end(`${name} ${request.httpVersion}`));

const publicGateway =
  'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: public, namespace: shop }\nspec: { gatewayClassName: any, listeners: [{ name: http, port: 80, protocol: HTTP }] }\n---\n';
const service = (ports: string, more = ''): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }\nspec: { ports: [${ports}]${more} }\n---\n`;
const slice = (name: string, endpoints: string, ports: string, type = 'IPv4'): string =>
  `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: { name: ${name}, namespace: shop, labels: { kubernetes.io/service-name: a } }\naddressType: ${type}\nendpoints: [${endpoints}]\nports: [${ports}]\n---\n`;
const at = (address: string, conditions = ''): string => `{ addresses: ['${address}'], conditions: { ${conditions} }, nodeName: n1 }`;
const rule = (more = '', kind = 'HTTPRoute'): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: r, namespace: shop }\nspec: { parentRefs: [{ name: public }], rules: [{ backendRefs: [{ name: a, port: 80 }]${more} }] }\n---\n`;

function start(manifests: readonly string[], upstreams: Record<string, string> = {}): Promise<Gateway> {
  const file = path.join(folder, 'manifests.yaml');
  writeFileSync(file, [publicGateway, ...manifests].join(''));
  return createGateway({ config: file, upstreams, port: 0, watch: false, logLevel: 'silent' });
}
async function ask(gateway: Gateway, headers: Record<string, string> = {}): Promise<string> {
  const answer = await gateway.fetch(new Request('http://client.test/', { headers }));
  return answer.status === 200 ? answer.text() : String(answer.status);
}
const told = ({ diagnostics }: Gateway): string => diagnostics.map(({ message }) => message).join('\n');

describe('the endpoints of a Service', () => {
  it('are asked in turn, those that are ready, of all its slices', async () => {
    const [one, two, three] = [await listening(named('one')), await listening(named('two')), await listening(named('three'))];
    const web = (port: number): string => `{ name: web, port: ${port} }, { name: other, port: 1 }`;
    await using gateway = await start([
      service('{ name: web, port: 80, targetPort: http }, { name: other, port: 81 }'),
      slice('x', `${at('127.0.0.1')}, ${at('127.0.0.1', 'ready: false')}`, web(one)),
      slice('y', at('127.0.0.1', 'ready: true'), web(two)),
      slice('z', at('127.0.0.1', 'ready: false, serving: true, terminating: true'), web(three)),
      rule(),
    ]);
    const heard = [];
    for (let turn = 0; turn < 4; turn += 1) heard.push(await ask(gateway));
    expect(heard).toEqual(['one 1.1', 'two 1.1', 'one 1.1', 'two 1.1']);
    expect(gateway.diagnostics).toEqual([]);
    expect(gateway.fidelity.leaves.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });

  it.each([
    ['an address of IPv6', '::1', 'IPv6'],
    ['a name', 'localhost', 'FQDN'],
  ])('may have %s', async (_, address, type) => {
    const port = await listening(named('one'), address);
    await using gateway = await start([service('{ port: 80 }'), slice('x', at(address), `{ port: ${port} }`, type), rule()]);
    expect(await ask(gateway)).toBe('one 1.1');
  });

  it('stand behind what the map says of the Service, and may be mapped one by one', async () => {
    const port = await listening(named('mapped'));
    const manifests = [service('{ port: 80 }'), slice('x', `${at('10.0.0.1')}, ${at('10.0.0.2')}`, '{ port: 3000 }'), rule()];
    await using whole = await start(manifests, { 'shop/a': `http://127.0.0.1:${port}` });
    expect([await ask(whole), await ask(whole)]).toEqual(['mapped 1.1', 'mapped 1.1']);
    const single = await listening(named('single'));
    await using each = await start(manifests, { '10.0.0.1:3000': `http://127.0.0.1:${port}`, '10.0.0.2:3000': `http://127.0.0.1:${single}` });
    expect([await ask(each), await ask(each)]).toEqual(['mapped 1.1', 'single 1.1']);
  });

  it.each([
    ['none is ready', slice('x', at('127.0.0.1', 'ready: false'), '{ port: 1 }')],
    ['there is none', slice('x', '', '{ port: 1 }')],
    ['none has the port', slice('x', at('127.0.0.1'), '{ name: other, port: 1 }')],
    ['none has it for TCP', slice('x', at('127.0.0.1'), '{ protocol: UDP, port: 1 }')],
  ])('where %s the answer is 503, unless the map names a place', async (_, manifest) => {
    await using gateway = await start([service('{ port: 80 }'), manifest, rule()]);
    expect(await ask(gateway)).toBe('503');
    expect(told(gateway)).toContain('shop/a:80 has no endpoint that is ready');
    const port = await listening(named('mapped'));
    await using mapped = await start([service('{ port: 80 }'), manifest, rule()], { 'shop/a:80': `http://127.0.0.1:${port}` });
    expect(await ask(mapped)).toBe('mapped 1.1');
    await using spread = await start([service('{ port: 80 }'), manifest, rule()], { '*': `http://127.0.0.1:${port}` });
    expect(await ask(spread)).toBe('mapped 1.1');
  });

  it('of the older kind count where there are no slices', async () => {
    const port = await listening(named('old'));
    const old = `apiVersion: v1\nkind: Endpoints\nmetadata: { name: a, namespace: shop }\nsubsets: [{ addresses: [{ ip: 127.0.0.1, nodeName: n }], notReadyAddresses: [{ ip: 127.0.0.2 }], ports: [{ port: ${port} }] }]\n---\n`;
    await using gateway = await start([service('{ port: 80 }'), old, rule()]);
    expect(await ask(gateway)).toBe('old 1.1');
    await using sliced = await start([service('{ port: 80 }'), old, slice('x', '', '{ port: 1 }'), rule()]);
    expect(await ask(sliced)).toBe('503');
  });

  it('another try goes to the next one', async () => {
    const closed = await listening(named('gone'));
    for (const one of servers.splice(0)) one.close();
    const port = await listening(named('there'));
    await using gateway = await start([
      service('{ port: 80 }'),
      slice('x', at('127.0.0.1'), `{ port: ${closed} }`),
      slice('y', at('127.0.0.1'), `{ port: ${port} }`),
      rule(', retry: { attempts: 1 }'),
    ]);
    expect(await ask(gateway)).toBe('there 1.1');
  });

  it('a session stays with its endpoint, on the path of its match', async () => {
    const [one, two] = [await listening(named('one')), await listening(named('two'))];
    await using gateway = await start([
      service('{ port: 80 }'),
      slice('x', at('127.0.0.1'), `{ port: ${one} }`),
      slice('y', at('127.0.0.1'), `{ port: ${two} }`),
      rule(', matches: [{ path: { type: PathPrefix, value: /shop } }], sessionPersistence: { sessionName: s }'),
    ]);
    const get = (headers: Record<string, string> = {}): Promise<Response> => gateway.fetch(new Request('http://client.test/shop/1', { headers }));
    await get();
    const cookie = (await get()).headers.get('set-cookie') ?? '';
    expect(cookie).toContain('; Path=/shop; ');
    const heard = [];
    for (let turn = 0; turn < 3; turn += 1) heard.push(await (await get({ cookie: cookie.split(';')[0] as string })).text());
    expect(heard).toEqual(['two 1.1', 'two 1.1', 'two 1.1']);
  });

  it('that are no addresses are refused', async () => {
    await expect(start([service('{ port: 80 }'), slice('x', at('a b/c'), '{ port: 1 }'), rule()])).rejects.toThrow('no address of an endpoint');
  });
});

describe('what a port of a Service speaks', () => {
  it.each(['', 'http', 'kubernetes.io/ws', 'ws'])('%j: HTTP/1.1', async (spoken) => {
    const port = await listening(named('a'));
    await using gateway = await start([service(`{ port: 80, appProtocol: '${spoken}' }`), rule()], { 'shop/a': `http://127.0.0.1:${port}` });
    expect([await ask(gateway), gateway.diagnostics]).toEqual(['a 1.1', []]);
  });
  it.each(['kubernetes.io/h2c', 'h2c', 'http2', 'grpc', 'GRPC'])('%s: HTTP/2 without TLS', async (spoken) => {
    const port = await listening(createHttp2((request, response) => response.end(`b ${request.httpVersion}`)) as unknown as NetServer);
    await using gateway = await start([service(`{ port: 80, appProtocol: '${spoken}' }`), rule()], { 'shop/a': `http://127.0.0.1:${port}` });
    expect([await ask(gateway), gateway.diagnostics]).toEqual(['b 2.0', []]);
  });
  it.each([
    ['HTTPRoute', 'mysql'],
    ['HTTPRoute', 'example.com/own'],
    ['HTTPRoute', 'https'],
    ['HTTPRoute', 'kubernetes.io/wss'],
    ['GRPCRoute', 'kubernetes.io/ws'],
  ])('%s and %s do not go together: 500, told', async (kind, spoken) => {
    await using gateway = await start([service(`{ port: 80, appProtocol: ${spoken} }`), rule('', kind)], { '*': 'echo:' });
    expect(await ask(gateway)).toBe('500');
    expect(told(gateway)).toContain('UnsupportedProtocol');
  });
});

describe('Services that are not asked', () => {
  it('an ExternalName, unless somebody says what stands for it', async () => {
    const manifests = [service('{ port: 80 }', ', type: ExternalName, externalName: example.test'), rule()];
    await using unmapped = await start(manifests);
    expect(await ask(unmapped)).toBe('503');
    expect(told(unmapped)).toContain('ExternalName');
    const port = await listening(named('here'));
    await using mapped = await start(manifests, { 'shop/a': `http://127.0.0.1:${port}` });
    expect(await ask(mapped)).toBe('here 1.1');
  });
  it.each([['a port of UDP', service('{ port: 80, protocol: UDP }'), 'BackendNotFound']])('%s', async (_, manifest, reason) => {
    await using gateway = await start([manifest, rule()], { '*': 'echo:' });
    expect(await ask(gateway)).toBe('500');
    expect(told(gateway)).toContain(reason);
  });
  it.each([
    [
      'a ServiceImport',
      '{ group: multicluster.x-k8s.io, kind: ServiceImport, name: a, port: 80 }',
      'ServiceImports are of several clusters, of which none is here: name a Service (InvalidKind)',
    ],
    ['another kind', '{ group: example.com, kind: Bucket, name: a }', 'backends of the kind example.com/Bucket are not known (InvalidKind)'],
  ])('%s, in its share', async (_, ref, problem) => {
    await using gateway = await start([service('{ port: 80 }'), rule().replace('port: 80 }]', `port: 80 }, ${ref}]`)], { '*': 'echo:' });
    const answers = [];
    for (let turn = 0; turn < 4; turn += 1) answers.push((await ask(gateway)).slice(0, 3));
    expect(answers.filter((one) => one === '500')).toHaveLength(2);
    expect(gateway.diagnostics).toMatchObject([
      { code: 'DG1205', message: expect.stringContaining(problem) as string, hint: 'its share of the requests answers 500' },
    ]);
  });
});
