import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';

let folder: string | undefined;
afterEach(() => folder !== undefined && rmSync(folder, { recursive: true }));

/** Uses all that opens something: a watched file, served functions, the issuer, traffic, faults, waiting requests, a WebSocket. */
const script = `
import { createServer, request } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { createGateway } from '${new URL('../../src/index.ts', import.meta.url).href}';

const open = () => process.getActiveResourcesInfo().filter((one) => one !== 'Immediate').sort();
process.stdout.write('');
const before = open();

const chat = createServer().on('upgrade', (req, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n');
  socket.on('data', (chunk) => socket.write(chunk)).on('end', () => socket.end()).on('error', () => {});
});
await new Promise((resolve) => chat.listen(0, '127.0.0.1', resolve));
const gateway = await createGateway({
  config: 'devgateway.yaml',
  watch: true,
  // The WebSocket is still open when the gateway closes.
  closeGraceMs: 50,
  upstreams: { 'one:80': 'echo:', 'two:80': async () => Response.json({}), 'chat:80': 'http://127.0.0.1:' + chat.address().port },
});
const statusOf = (url) => new Promise((resolve, reject) => {
  request(url, { agent: false }, (res) => res.resume().on('end', () => resolve(res.statusCode))).on('error', reject).end();
});
const { jwksUri } = await gateway.issuer();
const statuses = [await statusOf(gateway.url + '/one'), await statusOf(gateway.url + '/two'), await statusOf(jwksUri)];
statuses.push((await gateway.fetch('/limited')).status);
gateway.clock.freeze();
gateway.fault('two:80', { delayMs: 60_000 });
const delayed = gateway.fetch('/two');
await gateway.traffic.waitFor({ path: '/one' });
const echoed = await new Promise((resolve, reject) => {
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  request(gateway.url + '/chat', { agent: false, headers }).on('upgrade', (res, socket) => {
    socket.on('error', () => {}).once('data', (data) => resolve(String(data)));
    socket.write('frame');
  }).on('error', reject).end();
});
await gateway.clock.advance(60_000);
statuses.push((await delayed).status);
await gateway.close();
await new Promise((resolve) => chat.close(resolve));
// What is closed goes within a few turns of the loop.
let turns = 0;
while (open().join() !== before.join() && turns < 1_000) turns += (await setImmediate(), 1);
process.stdout.write(JSON.stringify({ statuses, echoed, before, after: open() }));
`;

const config = `routes:
  - { match: { path: /limited }, steps: [{ rateLimit: { limit: 1, per: 1h } }, { reply: {} }] }
  - { match: { path: /chat }, upstream: chat:80 }
  - { match: { path: /two }, upstream: { url: two:80, responseTimeout: 1h } }
  - { match: { path: '/*' }, upstream: one:80 }
`;

it('a closed gateway leaves nothing open and keeps no process alive', async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-close-'));
  writeFileSync(path.join(folder, 'devgateway.yaml'), config);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script], { cwd: folder, timeout: 15_000 });
  const { statuses, echoed, before, after } = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  expect({ statuses, echoed }).toEqual({ statuses: [200, 200, 200, 200, 200], echoed: 'frame' });
  expect(after).toEqual(before);
}, 20_000);
