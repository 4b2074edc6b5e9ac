import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain, createServer as createPlain, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, createServer, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { localAuthority } from '../../../src/transport/local-ca/authority.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-tls-routes-'));
const authority = localAuthority(folder);
const servers: Server[] = [];
const sockets = new Set<Socket>();
let plain = 0;
let secure = 0;

/** Says who it is, and then what it hears. */
const answers = (name: string) => (socket: Socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
  const heard = (socket as Partial<TLSSocket> & { servername?: string }).servername;
  socket.write(`${name}${typeof heard === 'string' ? ` ${heard}` : ''}:`);
  socket.pipe(socket);
};
const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    servers.push(server);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
beforeAll(async () => {
  const { certificate, key } = authority.leafFor('backend.test');
  plain = await listening(createPlain(answers('plain')));
  secure = await listening(createServer({ cert: certificate, key }, answers('secure')));
});
afterEach(() => sockets.forEach((socket) => socket.destroy()));
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const object = (kind: string, name: string, spec: string): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${spec} }\n---\n`;
const gatewayObject = (...listeners: readonly string[]): string =>
  object('Gateway', 'public', `gatewayClassName: any, listeners: [${listeners.join(', ')}]`);
const tlsRoute = (name: string, host: string, ...backends: readonly string[]): string =>
  object('TLSRoute', name, `parentRefs: [{ name: public }], hostnames: ['${host}'], rules: [{ backendRefs: [${backends.join(', ')}] }]`);
const named = (hostname: string): string => hostname.replaceAll('*', 'any');
const passthrough = (hostname: string): string =>
  `{ name: pass-${named(hostname)}, port: 443, protocol: TLS, hostname: '${hostname}', tls: { mode: Passthrough } }`;
const terminated = (hostname: string, secret: string): string =>
  `{ name: ends-${named(hostname)}, port: 443, protocol: TLS, hostname: '${hostname}', tls: { certificateRefs: [{ name: ${secret} }] } }`;
const https = (hostname: string, secret: string): string =>
  `{ name: web-${named(hostname)}, port: 443, protocol: HTTPS, hostname: '${hostname}', tls: { certificateRefs: [{ name: ${secret} }] } }`;
const secret = (name: string, host: string): string => {
  const { certificate, key } = authority.leafFor(host);
  const coded = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: shop }\ndata: { tls.crt: ${coded(certificate)}, tls.key: ${coded(key)} }\n---\n`;
};
const services = ['plain', 'secure', 'web']
  .map((name) => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { ports: [{ port: 443 }] }\n---\n`)
  .join('');
const webRoute = object('HTTPRoute', 'web', 'parentRefs: [{ name: public }], rules: [{ backendRefs: [{ name: web, port: 443 }] }]');

async function start(...manifests: readonly string[]): Promise<Gateway & { file: string }> {
  const file = path.join(folder, 'manifests.yaml');
  writeFileSync(file, [services, ...manifests].join(''));
  const upstreams = {
    'shop/plain:443': `tcp://127.0.0.1:${plain}`,
    'shop/secure:443': `https://127.0.0.1:${secure}`,
    'shop/web:443': () => new Response('web'),
  };
  return Object.assign(await createGateway({ config: file, upstreams, port: 0, watch: false, logLevel: 'silent', folder }), { file });
}

/** What comes back over TLS after `text` was sent; `closed` where there was no handshake or nothing came. */
function say(gateway: Gateway, servername: string, text: string, options: ConnectionOptions = {}): Promise<string> {
  const port = Number(new URL(gateway.urlFor({ port: 443 })).port);
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ host: '127.0.0.1', port, servername, ca: authority.certificate, ...options }, () => socket.write(text));
    const end = (): void => (socket.destroy(), resolve(heard === '' ? 'closed' : heard));
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.endsWith(text)) end();
    });
    socket.on('error', end).on('close', end);
  });
}
const web = (gateway: Gateway, servername: string): Promise<string> =>
  say(gateway, servername, `GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`).then((text) => text.slice(0, 12));

describe('a TLSRoute', () => {
  it('passes connections on as they are, chosen by their server name: the backend shakes hands', async () => {
    await using gateway = await start(gatewayObject(passthrough('*.test')), tlsRoute('a', 'backend.test', '{ name: secure, port: 443 }'));
    expect(await say(gateway, 'backend.test', 'hello')).toBe('secure backend.test:hello');
    expect(gateway.routes).toMatchObject([{ match: 'TLS passthrough backend.test', upstream: 'shop/secure:443' }]);
    expect((await gateway.traffic.waitFor())[0]).toMatchObject({ request: { method: 'CONNECT', target: 'backend.test:443' } });
  });

  it('ends TLS where its listener does, and passes on what is inside, in no protocol of its own', async () => {
    await using gateway = await start(
      gatewayObject(terminated('db.test', 'db')),
      secret('db', 'db.test'),
      tlsRoute('a', 'db.test', '{ name: plain, port: 443 }'),
    );
    expect(await say(gateway, 'db.test', 'hello', { ALPNProtocols: ['postgresql'] })).toBe('plain:hello');
    expect(await say(gateway, 'other.test', 'hello')).toBe('closed');
  });

  it('shares a port with HTTPS: the most specific listener takes a connection, and what nobody asked for is no business of another', async () => {
    await using gateway = await start(
      gatewayObject(passthrough('*.test'), passthrough('backend.test'), terminated('db.test', 'db'), https('web.test', 'web')),
      secret('db', 'db.test'),
      secret('web', 'web.test'),
      webRoute,
      tlsRoute('a', 'backend.test', '{ name: secure, port: 443 }'),
      tlsRoute('b', 'db.test', '{ name: plain, port: 443 }'),
    );
    expect(await say(gateway, 'backend.test', 'x')).toBe('secure backend.test:x');
    expect(await say(gateway, 'db.test', 'x')).toBe('plain:x');
    expect(await web(gateway, 'web.test')).toBe('HTTP/1.1 200');
    expect(await say(gateway, 'stranger.test', 'x')).toBe('closed');
  });

  it('shakes hands with a backend that a BackendTLSPolicy speaks of, and closes where the certificate is for others', async () => {
    const ca = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ca, namespace: shop }\ndata:\n  ca.crt: |\n    ${authority.certificate.trimEnd().replaceAll('\n', '\n    ')}\n---\n`;
    const policy = (name: string): string =>
      object(
        'BackendTLSPolicy',
        'p',
        `targetRefs: [{ group: '', kind: Service, name: secure }], validation: { hostname: sni.test, caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }], subjectAltNames: [{ type: Hostname, hostname: ${name} }] }`,
      );
    const asked = async (name: string): Promise<string> => {
      await using gateway = await start(
        gatewayObject(terminated('db.test', 'db')),
        secret('db', 'db.test'),
        ca,
        policy(name),
        tlsRoute('a', 'db.test', '{ name: secure, port: 443 }'),
      );
      return await say(gateway, 'db.test', 'x');
    };
    expect([await asked('backend.test'), await asked('other.test')]).toEqual(['secure sni.test:x', 'closed']);
  });

  it('spreads connections by weight, and closes those of a backend that is not there', async () => {
    await using gateway = await start(
      gatewayObject(terminated('db.test', 'db')),
      secret('db', 'db.test'),
      tlsRoute('a', 'db.test', '{ name: plain, port: 443, weight: 2 }', '{ name: nobody, port: 443 }'),
    );
    const said = [];
    for (let turn = 0; turn < 6; turn += 1) said.push(await say(gateway, 'db.test', 'x'));
    expect(said.filter((one) => one === 'plain:x')).toHaveLength(4);
    expect(said.filter((one) => one === 'closed')).toHaveLength(2);
    expect(gateway.diagnostics.map(({ message }) => message).join()).toContain('BackendNotFound');
  });

  it('attaches to listeners of the protocol TLS alone, and HTTPRoutes do not', async () => {
    await using gateway = await start(
      gatewayObject(passthrough('*.test'), https('web.test', 'web')),
      secret('web', 'web.test'),
      webRoute,
      tlsRoute('a', 'web.test', '{ name: secure, port: 443 }'),
    );
    expect(await web(gateway, 'web.test')).toBe('HTTP/1.1 200');
    expect(gateway.routes.map(({ id }) => id)).toEqual(['pass-any.test shop/a/0', 'web-web.test shop/web/0/0']);
  });

  it('is asked where a test has put something in the place of its backend, and breaks off where one was planned', async () => {
    await using gateway = await start(
      gatewayObject(terminated('db.test', 'db')),
      secret('db', 'db.test'),
      tlsRoute('a', 'db.test', '{ name: secure, port: 443 }'),
    );
    gateway.override('shop/secure:443', `tcp://127.0.0.1:${plain}`);
    expect(await say(gateway, 'db.test', 'x')).toBe('plain:x');
    gateway.fault('shop/secure:443', { reset: true });
    expect(await say(gateway, 'db.test', 'x')).toBe('closed');
  });

  it('changes with the configuration, on the same port', async () => {
    await using gateway = await start(
      gatewayObject(terminated('*.test', 'db')),
      secret('db', 'db.test'),
      tlsRoute('a', 'db.test', '{ name: plain, port: 443 }'),
    );
    const before = gateway.url;
    writeFileSync(
      gateway.file,
      [services, gatewayObject(passthrough('backend.test')), tlsRoute('a', 'backend.test', '{ name: secure, port: 443 }')].join(''),
    );
    await gateway.reload();
    expect(gateway.url).toBe(before);
    expect(await say(gateway, 'backend.test', 'x')).toBe('secure backend.test:x');
    expect(await say(gateway, 'db.test', 'x')).toBe('closed');
  });

  it('leaves nobody waiting who does not speak TLS', async () => {
    await using gateway = await start(gatewayObject(passthrough('backend.test')), tlsRoute('a', 'backend.test', '{ name: secure, port: 443 }'));
    const port = Number(new URL(gateway.url).port);
    const closed = await new Promise((resolve) => {
      const socket = connectPlain({ host: '127.0.0.1', port }, () => socket.write('GET / HTTP/1.1\r\n\r\n'));
      socket.on('error', () => {}).on('close', () => resolve(true));
    });
    expect(closed).toBe(true);
  });
});

it('a policy that guards one closes it, and no other', async () => {
  const policy = `apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata: { name: p, namespace: shop }\nspec: { targetRefs: [{ kind: TLSRoute, name: shut }], authorization: { defaultAction: Deny } }\n---\n`;
  const routes = [tlsRoute('shut', 'shut.test', '{ name: secure, port: 443 }'), tlsRoute('open', 'open.test', '{ name: secure, port: 443 }')];
  await using gateway = await start(gatewayObject(passthrough('*.test')), ...routes, policy);
  const unchecked = { rejectUnauthorized: false };
  expect(await say(gateway, 'open.test', 'hello', unchecked)).not.toBe('closed');
  expect(await say(gateway, 'shut.test', 'hello', unchecked)).toBe('closed');
});
