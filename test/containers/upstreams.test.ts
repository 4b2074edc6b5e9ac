import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGateway, type ContainerSettings, type Gateway } from '../../src/index.ts';
import { container } from '../../src/testcontainers.ts';
import { Spawned } from '../cli/spawned.ts';
import { containersWith, hasImages } from './docker.ts';

const image = 'devgateway-test/httpd';
const port = 9471;
const start = (settings: Partial<ContainerSettings> = {}): Promise<Gateway> =>
  createGateway({
    config: { routes: [{ match: { path: '/*' }, upstream: 'orders:80' }] },
    upstreams: { 'orders:80': container({ image, port, env: { PORT: String(port) }, ...settings }) },
  });

describe.skipIf(!hasImages)('an upstream in a container, on a real engine', { timeout: 60_000 }, () => {
  it('starts at the first request, once for all, and ends with the gateway', async () => {
    await using gateway = await start();
    expect(await containersWith(port)).toHaveLength(0);
    const answers = await Promise.all([1, 2, 3].map(async () => (await fetch(`${gateway.url}/orders/7`)).json()));
    expect(answers).toEqual([{ order_id: 7 }, { order_id: 7 }, { order_id: 7 }]);
    expect(await containersWith(port)).toHaveLength(1);
    await gateway.close();
    expect(await containersWith(port)).toHaveLength(0);
  });

  it.each([
    ['a path', { http: '/orders/7' }],
    ['a line of its log', { log: 'Ready to serve' }],
  ])('is waited for by %s', async (_, wait) => {
    await using gateway = await start({ wait });
    expect(await (await fetch(`${gateway.url}/orders/7`)).json()).toEqual({ order_id: 7 });
  });

  it('runs another command', async () => {
    const command = ['sh', '-c', 'mkdir /other && echo hello > /other/a && exec httpd -f -p $PORT -h /other'];
    await using gateway = await start({ command });
    expect(await (await fetch(`${gateway.url}/a`)).text()).toBe('hello\n');
  });

  it('that is not ready in time is an upstream that cannot be reached', async () => {
    await using gateway = await start({ wait: { log: 'never said' }, startupTimeoutMs: 1_500 });
    const answer = await fetch(gateway.url);
    expect(answer.status).toBe(502);
    expect(await answer.text()).toMatch(
      /container of devgateway-test\/httpd did not start \(Log message \\"never said\\" not received after 1500ms\)/,
    );
    expect(await containersWith(port)).toHaveLength(0);
  });

  it('of an image that is not there is told so', async () => {
    await using gateway = await start({ image: 'localhost:1/devgateway-test/none' });
    expect(await (await fetch(gateway.url)).text()).toContain('the container of localhost:1/devgateway-test/none did not start');
  });

  it('ends with the command line that started it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-container-'));
    const local = JSON.stringify({ container: { image, port, env: { PORT: port } } });
    writeFileSync(path.join(folder, 'devgateway.yaml'), `upstreams: { 'orders:80': ${local} }\nroutes: [{ upstream: 'orders:80' }]\n`);
    const gateway = new Spawned(folder, ['start', '--port', '0']);
    expect(await (await fetch(`${await gateway.url()}/orders/7`)).json()).toEqual({ order_id: 7 });
    expect(await gateway.stop()).toBe(0);
    expect(await containersWith(port)).toHaveLength(0);
    rmSync(folder, { recursive: true });
  });
});
