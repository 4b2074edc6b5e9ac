// node test/bench/functions.mjs: a warm invocation of a function in its thread beside a call of the same function here. Median of 5000
// calls one after the other, and invocations per second with ten at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { LocalFunctions } from '../../src/transport/functions/local-functions.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-bench-'));
const file = path.join(folder, 'f.mjs');
writeFileSync(file, 'export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.headers) });');
const { handler } = await import(pathToFileURL(file).href);
const functions = new LocalFunctions({ folder, env: {}, log() {}, loaded() {} }, new Map([['f', { function: './f.handler' }]]));
const invoke = functions.find('f');
const event = {
  httpMethod: 'GET',
  path: '/orders/7',
  headers: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`x-${at}`, 'value'.repeat(4)])),
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
async function timed(call, count) {
  const took = [];
  for (let at = 0; at < count; at += 1) {
    const from = performance.now();
    await call(event);
    took.push(performance.now() - from);
  }
  return took;
}
const [cold] = await timed(invoke, 1);
await timed(invoke, 500);
await timed(handler, 500);
const warm = median(await timed(invoke, 5_000));
const direct = median(await timed(handler, 5_000));
const from = performance.now();
await Promise.all(Array.from({ length: 10 }, () => timed(invoke, 1_000)));
const perSecond = Math.round(10_000 / ((performance.now() - from) / 1_000));
console.log(`cold start: ${cold.toFixed(1)} ms`);
console.log(`warm invocation: ${warm.toFixed(3)} ms; called directly: ${direct.toFixed(3)} ms; over it: ${(warm - direct).toFixed(3)} ms`);
console.log(`ten at once, threads started among them: ${perSecond} invocations/s`);
await functions.close();
rmSync(folder, { recursive: true });
if (warm - direct >= 1) throw new Error('a warm invocation costs a millisecond and more');
