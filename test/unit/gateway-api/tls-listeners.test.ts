import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';
import { localAuthority, type LocalAuthority } from '../../../src/transport/local-ca/authority.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-tls-listeners-'));
afterAll(() => rmSync(folder, { recursive: true }));
const authorityIn = (name: string): LocalAuthority => {
  mkdirSync(path.join(folder, name));
  return localAuthority(path.join(folder, name));
};
const ours = authorityIn('ours');
const theirs = authorityIn('theirs');

const gatewayApi = (kind: string, name: string, spec: string, namespace = 'shop'): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ${spec} }\n---\n`;
const core = (kind: string, name: string, data: Readonly<Record<string, string>>, namespace = 'shop'): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: ${JSON.stringify(data)}\n---\n`;
const coded = (text: string): string => Buffer.from(text).toString('base64');
const secret = (name: string, host: string, namespace?: string): string => {
  const { certificate, key } = ours.leafFor(host);
  return core('Secret', name, { 'tls.crt': coded(certificate), 'tls.key': coded(key) }, namespace);
};
const authorities = core('ConfigMap', 'ours', { 'ca.crt': ours.certificate }) + core('ConfigMap', 'theirs', { 'ca.crt': theirs.certificate });
const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }\nspec: { ports: [{ port: 80 }] }\n---\n';
const route = gatewayApi('HTTPRoute', 'r', 'parentRefs: [{ name: public }], rules: [{ backendRefs: [{ name: a, port: 80 }] }]');
const listener = (port: number, hostname = '', refs = '{ name: web }', name = `on-${port}`): string =>
  `{ name: '${name}', port: ${port}, protocol: HTTPS, ${hostname === '' ? '' : `hostname: '${hostname}', `}tls: { certificateRefs: [${refs}] } }`;
const gatewayObject = (listeners: string, rest = ''): string =>
  gatewayApi('Gateway', 'public', `gatewayClassName: any, ${rest} listeners: [${listeners}]`);
const asks = (name: string, mode = ''): string =>
  `{ validation: { caCertificateRefs: [{ group: '', kind: ConfigMap, name: ${name} }]${mode === '' ? '' : `, mode: ${mode}`} } }`;

async function start(...manifests: readonly string[]): Promise<Gateway & { file: string }> {
  const file = path.join(folder, 'manifests.yaml');
  writeFileSync(file, [authorities, service, route, ...manifests].join(''));
  const upstreams = { 'shop/a:80': () => new Response('a') };
  return Object.assign(await createGateway({ config: file, upstreams, port: 0, watch: false, logLevel: 'silent', folder }), { file });
}

interface Shown {
  readonly status: number;
  readonly names: string;
}
/** The status and the names of the certificate; 0 where there was no answer. */
function ask(gateway: Gateway, port: number, servername: string, client?: LocalAuthority): Promise<Shown> {
  const { certificate, key } = client?.leafFor('client.test') ?? {};
  const at = Number(new URL(gateway.urlFor({ port })).port);
  const certificates = client === undefined ? {} : { cert: certificate, key };
  return new Promise((resolve) =>
    request(
      { host: '127.0.0.1', port: at, servername, agent: false, rejectUnauthorized: false, headers: { host: servername }, ...certificates },
      (res) => {
        const { subjectaltname = '' } = (res.socket as TLSSocket).getPeerCertificate();
        res.resume().on('end', () => resolve({ status: res.statusCode ?? 0, names: subjectaltname }));
      },
    )
      .on('error', () => resolve({ status: 0, names: '' }))
      .end(),
  );
}
const statusOf = async (...asked: Parameters<typeof ask>): Promise<number> => (await ask(...asked)).status;

describe('the certificate of a listener', () => {
  it('is the one of the listener that the server name belongs to, with any number of labels below a wildcard', async () => {
    await using gateway = await start(
      gatewayObject(`${listener(443, '*.test', '{ name: wild }', 'wild')}, ${listener(443, 'api.test', '{ name: api }', 'api')}`),
      secret('wild', '*.test'),
      secret('api', 'api.test'),
    );
    expect(await ask(gateway, 443, 'api.test')).toEqual({ status: 200, names: 'DNS:api.test' });
    expect(await ask(gateway, 443, 'a.b.test')).toEqual({ status: 200, names: 'DNS:*.test' });
    expect(gateway.listeners.map(({ name, hostname }) => [name, hostname])).toEqual([
      ['wild', '*.test'],
      ['api', 'api.test'],
    ]);
  });

  it('is chosen among several by the names that they are for', async () => {
    await using gateway = await start(
      gatewayObject(listener(443, '', '{ name: one }, { name: two }')),
      secret('one', 'one.test'),
      secret('two', 'two.test'),
    );
    expect((await ask(gateway, 443, 'two.test')).names).toBe('DNS:two.test');
    expect((await ask(gateway, 443, 'one.test')).names).toBe('DNS:one.test');
    expect((await ask(gateway, 443, 'else.test')).names).toBe('DNS:one.test');
  });

  it('may be of another namespace where that allows it', async () => {
    const elsewhere = gatewayObject(`${listener(443, '', '{ name: web, namespace: certs }')}, { name: http, port: 80, protocol: HTTP }`);
    await using refused = await start(elsewhere, secret('web', 'web.test', 'certs'));
    expect(refused.listeners.map(({ port }) => port)).toEqual([80]);
    expect(refused.diagnostics.map(({ message }) => message).join()).toMatch(/RefNotPermitted.*InvalidCertificateRef/);
    const grant = gatewayApi(
      'ReferenceGrant',
      'g',
      "from: [{ group: gateway.networking.k8s.io, kind: Gateway, namespace: shop }], to: [{ group: '', kind: Secret }]",
      'certs',
    );
    await using granted = await start(elsewhere, secret('web', 'web.test', 'certs'), grant);
    expect(await statusOf(granted, 443, 'web.test')).toBe(200);
  });

  it('changes with the configuration', async () => {
    await using gateway = await start(gatewayObject(listener(443)), secret('web', 'old.test'));
    expect((await ask(gateway, 443, 'web.test')).names).toBe('DNS:old.test');
    writeFileSync(gateway.file, [service, route, gatewayObject(listener(443)), secret('web', 'new.test')].join(''));
    await gateway.reload();
    expect((await ask(gateway, 443, 'web.test')).names).toBe('DNS:new.test');
  });
});

describe('certificates of clients', () => {
  it('must be good ones of the authorities that the Gateway names, by default and for a port', async () => {
    await using gateway = await start(
      gatewayObject(
        `${listener(443)}, ${listener(8443)}`,
        `tls: { frontend: { default: ${asks('ours')}, perPort: [{ port: 8443, tls: ${asks('theirs')} }] } },`,
      ),
      secret('web', 'web.test'),
    );
    expect([await statusOf(gateway, 443, 'web.test', ours), await statusOf(gateway, 443, 'web.test', theirs)]).toEqual([200, 0]);
    expect([await statusOf(gateway, 8443, 'web.test', theirs), await statusOf(gateway, 8443, 'web.test', ours)]).toEqual([200, 0]);
    expect([await statusOf(gateway, 443, 'web.test'), await statusOf(gateway, 8443, 'web.test')]).toEqual([0, 0]);
  });

  it('are asked for, and not insisted on, where the Gateway says so', async () => {
    await using gateway = await start(
      gatewayObject(listener(443), `tls: { frontend: { default: ${asks('ours', 'AllowInsecureFallback')} } },`),
      secret('web', 'web.test'),
    );
    expect([
      await statusOf(gateway, 443, 'web.test', ours),
      await statusOf(gateway, 443, 'web.test', theirs),
      await statusOf(gateway, 443, 'web.test'),
    ]).toEqual([200, 200, 200]);
  });

  it('close a listener whose authorities are not there, and no other one', async () => {
    await using gateway = await start(
      gatewayObject(`${listener(443)}, { name: http, port: 80, protocol: HTTP }`, `tls: { frontend: { default: ${asks('nobody')} } },`),
      secret('web', 'web.test'),
    );
    expect(gateway.listeners.map(({ port }) => port)).toEqual([80]);
    expect(gateway.diagnostics.map(({ message }) => message).join()).toContain('NoValidCACertificate');
  });

  it('may be a matter of one listener, as before version 1.4', async () => {
    const own = `{ name: web, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: web }], frontendValidation: { caCertificateRefs: [{ group: '', kind: ConfigMap, name: ours }] } } }`;
    await using gateway = await start(gatewayObject(own), secret('web', 'web.test'));
    expect([await statusOf(gateway, 443, 'web.test', ours), await statusOf(gateway, 443, 'web.test')]).toEqual([200, 0]);
  });

  it('are asked for from the reload on that says so', async () => {
    await using gateway = await start(gatewayObject(listener(443)), secret('web', 'web.test'));
    expect(await statusOf(gateway, 443, 'web.test')).toBe(200);
    writeFileSync(
      gateway.file,
      [authorities, service, route, gatewayObject(listener(443), `tls: { frontend: { default: ${asks('ours')} } },`), secret('web', 'web.test')].join(
        '',
      ),
    );
    await gateway.reload();
    expect([await statusOf(gateway, 443, 'web.test', ours), await statusOf(gateway, 443, 'web.test')]).toEqual([200, 0]);
  });
});
