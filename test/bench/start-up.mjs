// npm run build && node test/bench/start-up.mjs: time from the start of a process to its first proxied answer, `devgateway start`
// beside a bare node:http proxy, in turns. Then createGateway + close in one warm process.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

const rounds = Number(process.argv[2] ?? 15);
const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-start-up-'));
const file = (name, text) => (writeFileSync(path.join(folder, name), text), path.join(folder, name));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
const freePort = async () => {
  const server = http.createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};
const ask = (port) =>
  new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', path: '/orders', agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode === 200));
    });
    request.on('error', () => resolve(false));
  });

async function startToAnswer(args, port) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  while (!(await ask(port))) await new Promise((resolve) => setImmediate(resolve));
  const took = performance.now() - startedAt;
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  return took;
}

const upstream = http.createServer((_, res) => res.end('ok'));
const to = await listening(upstream);
const port = await freePort();
const config = file('devgateway.yaml', `routes:\n  - match: {path: "/*"}\n    upstream: 127.0.0.1:${to}\n`);
const bare = file(
  'bare.mjs',
  `import http from 'node:http';
http.createServer((req, res) => {
  const out = http.request({ host: '127.0.0.1', port: ${to}, path: req.url, method: req.method, headers: req.headers }, (answer) => {
    res.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(res);
  });
  req.pipe(out);
}).listen(${port}, '127.0.0.1');`,
);
const bin = path.join(import.meta.dirname, '../../bin/devgateway.js');
const took = { bare: [], devgateway: [] };
for (let round = 0; round <= rounds; round += 1) {
  const one = { bare: await startToAnswer([bare], port), devgateway: await startToAnswer([bin, 'start', config, '--port', String(port)], port) };
  if (round > 0) for (const name of ['bare', 'devgateway']) took[name].push(one[name]);
}
const [ours, theirs] = [median(took.devgateway), median(took.bare)];
console.log(`first proxied answer: devgateway ${ours.toFixed(0)} ms, bare node:http ${theirs.toFixed(0)} ms, ratio ${(ours / theirs).toFixed(2)}`);

const { createGateway } = await import('../../dist/esm/index.js');
const each = [];
for (let round = 0; round < 60; round += 1) {
  const startedAt = performance.now();
  await (await createGateway({ config })).close();
  each.push(performance.now() - startedAt);
}
console.log(`createGateway + close: median ${median(each).toFixed(1)} ms`);
rmSync(folder, { recursive: true });
process.exit();
