import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGateway, type Gateway } from '../../../src/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-ports-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (...ports: readonly number[]): void =>
  writeFileSync(
    path.join(folder, 'gateway.yaml'),
    [
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: g, namespace: shop }\n',
      `spec: { gatewayClassName: any, listeners: [${ports.map((port) => `{ name: p${port}, port: ${port}, protocol: HTTP }`).join()}] }\n---\n`,
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r, namespace: shop }\n',
      'spec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [{ name: a, port: 80 }] }] }\n',
    ].join(''),
  );
const start = (): Promise<Gateway> =>
  createGateway({ config: 'gateway.yaml', folder, upstreams: { 'shop/a:80': () => new Response('a') }, watch: false, logLevel: 'silent' });
const answers = async (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

describe('the ports of a gateway', () => {
  it('are opened and closed as the configuration says, and the others stay where they are', async () => {
    write(80, 81);
    await using gateway = await start();
    const [first, second] = gateway.listeners.map(({ url }) => url) as [string, string];
    write(80, 82);
    await gateway.reload();
    expect(gateway.urlFor(80)).toBe(first);
    expect([await answers(first), await answers(gateway.urlFor(82)), await answers(second)]).toEqual([true, true, false]);
    expect(gateway.listeners.map(({ port }) => port)).toEqual([80, 82]);
  });

  it('keep the first address whatever its port of production becomes', async () => {
    write(80);
    await using gateway = await start();
    const { url } = gateway;
    write(8080);
    await gateway.reload();
    expect([gateway.url, gateway.urlFor(8080)]).toEqual([url, url]);
    expect(await answers(url)).toBe(true);
  });

  it('stay as they are where the new configuration fails', async () => {
    write(80, 81);
    await using gateway = await start();
    const before = gateway.listeners;
    writeFileSync(path.join(folder, 'gateway.yaml'), 'kind: [');
    await expect(gateway.reload()).rejects.toThrow();
    expect(gateway.listeners).toEqual(before);
    expect(await answers(gateway.urlFor(81))).toBe(true);
  });
});
