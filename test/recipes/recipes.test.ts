import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type GatewayOptions } from '../../src/index.ts';
import { Spawned } from '../cli/spawned.ts';
import { transcriptOf } from './transcript.ts';

const recipes = path.resolve(import.meta.dirname, '../../recipes');
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Asks what the README of a recipe asks, of a gateway that was started as it says. */
async function follow(name: string, options: GatewayOptions): Promise<void> {
  const folder = path.join(recipes, name);
  const exchanges = transcriptOf(readFileSync(path.join(folder, 'README.md'), 'utf8'));
  expect(exchanges.length).toBeGreaterThan(0);
  await using gateway = await createGateway({ folder, ...options });
  gateway.clock.freeze();
  for (const { command, url, method, headers, body, expected } of exchanges) {
    const target = `${gateway.url}${url.replace('localhost:8080', '')}`;
    const answer = await fetch(target, {
      method,
      headers: headers.map(([key, value]): [string, string] => [key, value]),
      ...(body === undefined ? {} : { body }),
    });
    const fields = [...answer.headers].map(([key, value]) => `${key}: ${value}`);
    const text = [`HTTP/1.1 ${answer.status} ${answer.statusText}`, ...fields, '', await answer.text()].join('\n');
    expect(gateway.errors).toEqual([]);
    // Field names have no case; Fetch shows them in lower case.
    for (const line of expected) expect(text.toLowerCase(), command).toContain(line.toLowerCase());
  }
}

describe('a recipe does what its README says', () => {
  it('kong-declarative', () => follow('kong-declarative', { config: 'kong.yml', upstreams: { 'orders.internal:8080': 'echo:' } }));
  it('nginx-conf', () => follow('nginx-conf', { config: 'devgateway.yaml' }));
  it('aws-rest-api', () => follow('aws-rest-api', { config: 'template.yaml', upstreams: { 'orders.internal:8080': 'echo:' } }));
  it('cdk-http-api', () => follow('cdk-http-api', { config: 'cdk.out' }));
  it('sam-rest-vtl', () => follow('sam-rest-vtl', { config: 'template.yaml', onFunctionLog: () => {} }));
  it('serverless-jwt', () => follow('serverless-jwt', { config: 'serverless.yml' }));
  it('gateway-api-local', () => follow('gateway-api-local', { config: 'manifests.yaml', upstreams: { 'shop/orders:8080': 'echo:' } }));

  it('in-front-of-json-server, a service from npm', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-json-server-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    // The service writes to its file: it gets a copy.
    cpSync(path.join(recipes, 'in-front-of-json-server/db.json'), path.join(folder, 'db.json'));
    const port = await freePort();
    const bin = createRequire(import.meta.url).resolve('json-server/lib/cli/bin.js');
    const service = spawn(process.execPath, [bin, 'db.json', '--host', '127.0.0.1', '--port', String(port)], { cwd: folder, stdio: 'ignore' });
    cleanups.push(() => ended(service));
    await listening(port, service);
    await follow('in-front-of-json-server', { config: 'devgateway.yaml', upstreams: { '127.0.0.1:3000': `http://127.0.0.1:${port}` } });
  }, 20_000);
});

const python = spawnSync('python3', ['--version']).status === 0;

it.skipIf(!python)(
  'the tests of drive-from-python pass against a running gateway (needs python3)',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-python-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    cpSync(path.join(recipes, 'drive-from-python'), folder, { recursive: true });
    const gateway = new Spawned(folder, ['start', '--control']);
    cleanups.unshift(() => gateway.stop());
    await gateway.says(/control API/);
    const tests = spawn('python3', ['-B', '-m', 'unittest', '-v'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [tests.stdout, tests.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    await new Promise((resolve) => tests.once('close', resolve));
    expect(said).toMatch(/Ran 5 tests in .*\n\nOK/);
  },
  30_000,
);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when something accepts connections there. */
function listening(port: number, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the service ended with ${code}`)));
    const attempt = (): void => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve()));
      socket.on('error', () => setImmediate(attempt));
    };
    attempt();
  });
}

function ended(child: ChildProcess): Promise<unknown> {
  child.removeAllListeners('exit');
  return new Promise((resolve) => (child.once('exit', resolve), child.kill()));
}
