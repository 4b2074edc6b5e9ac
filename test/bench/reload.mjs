// npm run build && node test/bench/reload.mjs: from the save of a file with 1,000 routes to the first answer of the new program, over a socket.
// Then 200 reloads under load: how many requests failed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGateway } from '../../dist/esm/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-reload-'));
const config = path.join(folder, 'devgateway.yaml');
const write = (version) => {
  let text = 'routes:\n';
  for (let at = 0; at < 1_000; at += 1)
    text += `  - match: {path: "/service-${at}/orders/{id}", method: GET}\n    steps:\n      - requestHeaders: {set: {X-Route: "${at}"}}\n    upstream: orders:80\n`;
  text += `  - match: {path: /version}\n    steps:\n      - reply: {status: 200, body: "${version}"}\n`;
  writeFileSync(config, text);
};
write(0);
const gateway = await createGateway({ config, watch: true, upstreams: { '*': 'echo:' } });
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const get = (where) =>
  new Promise((resolve, reject) => {
    http
      .get(new URL(where, gateway.url), { agent }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += chunk)).on('end', () => resolve({ status: answer.statusCode, text }));
      })
      .on('error', reject);
  });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const saved = async (version) => {
  write(version);
  const startedAt = performance.now();
  while ((await get('/version')).text !== String(version)) await pause(1);
  return performance.now() - startedAt;
};

const took = [];
for (let version = 1; version <= 40; version += 1) {
  took.push(await saved(version));
  await pause(30);
}
console.log(`in order: ${took.map((ms) => ms.toFixed(0)).join(' ')}`);
took.sort((a, b) => a - b);
const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))].toFixed(0);
console.log(`save to effect at 1,000 routes: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);

let [asked, failed, running] = [0, 0, true];
const load = Array.from({ length: 4 }, async () => {
  while (running) {
    asked += 1;
    const answer = await get('/service-7/orders/1').catch(() => ({ status: 0 }));
    if (answer.status !== 200) failed += 1;
  }
});
for (let version = 1_000; version < 1_200; version += 1) {
  write(version);
  await gateway.reload();
  await pause(1);
}
running = false;
await Promise.all(load);
console.log(`200 reloads under load: ${asked} requests, ${failed} failed`);
agent.destroy();
await gateway.close();
rmSync(folder, { recursive: true });
