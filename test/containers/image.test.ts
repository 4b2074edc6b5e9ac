import { readFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answering, docker, hasImages } from './docker.ts';

const root = path.resolve(import.meta.dirname, '../..');
const recipes = path.join(root, 'recipes');
const image = 'devgateway-test/devgateway';

describe.skipIf(!hasImages)('the image of the Dockerfile', { timeout: 60_000 }, () => {
  // Npm is asked from inside: the network of the machine is the one that reaches it.
  beforeAll(() => docker('build', '--network', 'host', '--build-arg', 'BASE=devgateway-test/node', '--tag', image, root), 600_000);
  const started: string[] = [];
  afterAll(() => docker('rm', '--force', ...started));
  const run = async (recipe: string): Promise<{ readonly id: string; readonly url: string }> => {
    const id = await docker('run', '--detach', '--publish', '127.0.0.1::8080', '--volume', `${path.join(recipes, recipe)}:/config:ro`, image);
    started.push(id);
    const url = `http://${await docker('port', id, '8080/tcp')}`;
    await answering(url);
    return { id, url };
  };

  it('serves what is mounted', async () => {
    const { url } = await run('quickstart');
    const ask = async (headers: Record<string, string> = {}): Promise<number> => (await fetch(`${url}/api/orders/7`, { headers })).status;
    expect(await ask()).toBe(401);
    const authorization = `Bearer ${readFileSync(path.join(recipes, 'quickstart/token.txt'), 'utf8').trim()}`;
    const statuses: number[] = [];
    for (let at = 0; at < 6; at += 1) statuses.push(await ask({ authorization }));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it('runs as nobody in particular, mints tokens that it accepts, and ends when it is asked to', async () => {
    const { id, url } = await run('quickstart');
    expect(await docker('exec', id, 'id', '-u')).toBe('1000');
    const token = await docker('exec', id, 'devgateway', 'token', '/config');
    expect((await fetch(`${url}/api/orders/7`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    await docker('stop', '--time', '15', id);
    expect(await docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('0');
  });

  it('stands in Compose as recipes/compose says', async () => {
    const compose = spawnSync('docker', ['compose', 'version']).status === 0 ? ['docker', 'compose'] : ['docker-compose'];
    const env = { ...process.env, DEVGATEWAY_IMAGE: image, ORDERS_IMAGE: 'devgateway-test/httpd', GATEWAY_PORT: '127.0.0.1:0' };
    const say = (...args: string[]): string => {
      const [command = '', ...first] = [...compose, '--project-name', 'devgateway-test', ...args];
      return execFileSync(command, first, { cwd: path.join(recipes, 'compose'), env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    };
    try {
      say('up', '--detach');
      const url = `http://${say('port', 'gateway', '8080')}/api/orders/7`;
      expect((await answering(url)).status).toBe(401);
      const ask = (): Promise<Response> => fetch(url, { headers: { 'x-api-key': 'test-key' } });
      expect(await (await ask()).json()).toEqual({ order_id: 7 });
      expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
    } finally {
      say('down', '--timeout', '5');
    }
  });
});
