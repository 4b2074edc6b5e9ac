import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requestLine } from '../../../src/cli/request-line.ts';
import { createGateway } from '../../../src/gateway/create.ts';
import type { ExchangeRecord } from '../../../src/gateway/exchange-record.ts';
import type { Gateway } from '../../../src/gateway/types.ts';
import { paintFor } from '../../../src/report/paint.ts';

/** Stands in for testcontainers in the folder of a project: writes down what it is told, and fails where `fails` says so. */
const library = (port: number): string => `
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const at = (name) => require('node:path').join(__dirname, name);
const note = (line) => appendFileSync(at('said'), line + '\\n');
const fails = (what) => existsSync(at('fails')) && readFileSync(at('fails'), 'utf8') === what;
class GenericContainer {
  constructor(image) { this.image = image; }
  withExposedPorts(port) { return this.with('port', port); }
  withEnvironment(env) { return this.with('env', JSON.stringify(env)); }
  withStartupTimeout(ms) { return this.with('timeout', ms); }
  withCommand(command) { return this.with('command', JSON.stringify(command)); }
  withWaitStrategy(wait) { return this.with('wait', wait); }
  with(name, value) { this.told = (this.told ?? '') + ' ' + name + '=' + value; return this; }
  async start() {
    note('start ' + this.image + this.told);
    if (fails('start')) throw new Error('not bound');
    return { getHost: () => '127.0.0.1', getMappedPort: () => ${port}, stop: async () => note('stop ' + this.image) };
  }
}
const Wait = { forListeningPorts: () => 'port', forHttp: (path, port) => 'http:' + path + ':' + port, forLogMessage: (text) => 'log:' + text };
const getContainerRuntimeClient = async () => { if (fails('docker')) throw new Error('no runtime'); };
module.exports = { GenericContainer, Wait, getContainerRuntimeClient };
`;

let folder: string;
let service: Server;
const at = (name: string): string => path.join(folder, 'node_modules/testcontainers', name);
const said = (): string[] => readFileSync(at('said'), 'utf8').trim().split('\n');
beforeEach(async () => {
  service = createServer((_, res) => res.end('from the container'));
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-containers-'));
  mkdirSync(at('.'), { recursive: true });
  writeFileSync(at('index.js'), library((service.address() as AddressInfo).port));
  writeFileSync(at('said'), '');
});
afterEach(() => {
  service.close();
  rmSync(folder, { recursive: true });
});

const records: ExchangeRecord[] = [];
const start = (container: string, more = ''): Promise<Gateway> => {
  write(container, more);
  return createGateway({ config: 'devgateway.yaml', folder, onExchange: (one) => records.unshift(one) });
};
const write = (container: string, more = ''): void =>
  writeFileSync(
    path.join(folder, 'devgateway.yaml'),
    `upstreams: { search: { container: ${container} }${more} }\nroutes: [{ match: { path: '/*' }, upstream: 'search:80' }]\n`,
  );

it('is started by the testcontainers of the project, with what the configuration says', async () => {
  await using gateway = await start('{ image: one, port: 9200, env: { A: 1 }, command: [a, b], wait: { http: /health }, startupTimeout: 90s }');
  expect(said()).toEqual(['']);
  const answers = await Promise.all([1, 2].map(async () => (await fetch(gateway.url)).text()));
  expect(answers).toEqual(['from the container', 'from the container']);
  expect(said()).toEqual(['start one port=9200 env={"A":"1"} timeout=90000 command=["a","b"] wait=http:/health:9200']);
  await gateway.close();
  expect(said().at(-1)).toBe('stop one');
});

it('is waited for by its port for one minute, where nothing is said', async () => {
  await using gateway = await start('{ image: one, port: 9200 }');
  await fetch(gateway.url);
  expect(said()).toEqual(['start one port=9200 env={} timeout=60000 wait=port']);
});

it('goes on over a reload that does not change it, and ends with one that does', async () => {
  await using gateway = await start('{ image: one, port: 9200, wait: port }');
  await fetch(gateway.url);
  write('{ image: one, port: 9200, wait: port }', ', other: http://localhost:1');
  await gateway.reload();
  await fetch(gateway.url);
  expect(said()).toHaveLength(1);
  write('{ image: two, port: 9200, wait: { log: Ready } }');
  await gateway.reload();
  await fetch(gateway.url);
  expect(said().slice(1).sort()).toEqual(['start two port=9200 env={} timeout=60000 wait=log:Ready', 'stop one']);
});

it.each([
  ['start', 'DG1305', 'the container of one did not start (not bound). check its image'],
  ['docker', 'DG1304', 'Docker, which is to run one, cannot be reached (no runtime). start it'],
])('that fails (%s) is told, and tried again by the next request', async (what, code, reason) => {
  await using gateway = await start('{ image: one, port: 9200 }');
  writeFileSync(at('fails'), what);
  const answer = await gateway.fetch('http://localhost/');
  expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining(reason) as string]);
  const line = requestLine(records[0] as ExchangeRecord, paintFor(false));
  expect(line).toContain(`${code}  search:80: ${reason}`);
  expect(line).not.toContain('--upstream');
  rmSync(at('fails'));
  expect(await (await fetch(gateway.url)).text()).toBe('from the container');
});

it.each([
  ['{ port: 1 }', 'DG1204', 'image is missing'],
  ['{ image: a }', 'DG1204', 'port is missing'],
  ['{ image: a, port: 70000 }', 'DG1203', 'port'],
  ['{ image: a, port: 1, wait: soon }', 'DG1203', 'no way to wait'],
  ['{ image: a, port: 1, wait: { http: health } }', 'DG1203', 'expected a path'],
  ['{ image: a, port: 1, wait: { http: /a, log: b } }', 'DG1203', 'must say one thing'],
  ['{ image: a, port: 1 }, module: ./a.mjs', 'DG1206', 'a module and a container'],
  ['{ image: a, port: 1, restart: always }', 'DG1201', 'restart'],
])('is refused over its own line: %s', async (container, code, message) => {
  await expect(start(container)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
});
