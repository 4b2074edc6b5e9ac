// npm run build && npm run bench: requests per second of the native chain (API key, limit, header edit) and of Kong's (100 routes,
// key-auth, rate-limiting) beside their peers, in turns in one run, after a warm-up. Ratios are what counts: the machine is shared
// with the load.
import { spawn } from 'node:child_process';
import path from 'node:path';

const rounds = Number(process.argv[2] ?? 5);
const seconds = 2;
const file = (name) => path.join(import.meta.dirname, name);
const children = [];
const serve = (...args) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [file('serve.mjs'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    child.stdout.once('data', (text) => resolve(String(text).trim()));
  });
const load = (port, time) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [file('load.mjs'), port, String(time), '32'], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', (text) => resolve(JSON.parse(String(text))));
  });
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const upstream = await serve('upstream');
const names = ['undici', 'devgateway', 'kong', 'express'];
const ports = {};
for (const name of names) ports[name] = await serve(name, upstream);
const got = Object.fromEntries(names.map((name) => [name, []]));
for (const name of names) await load(ports[name], 1);
for (let round = 0; round < rounds; round += 1) {
  for (const name of names) {
    const { perSecond, bad } = await load(ports[name], seconds);
    if (bad > 0) throw new Error(`${name}: ${bad} answers were not 200`);
    got[name].push(perSecond);
  }
}
for (const child of children) child.kill();
const of = (name) => median(got[name]);
for (const name of names) console.log(`${name}: ${of(name)} requests/s`);
console.log(`devgateway / minimal undici proxy: ${(of('devgateway') / of('undici')).toFixed(2)}`);
console.log(`kong / minimal undici proxy: ${(of('kong') / of('undici')).toFixed(2)}`);
console.log(`devgateway / express + http-proxy-middleware: ${(of('devgateway') / of('express')).toFixed(2)}`);
