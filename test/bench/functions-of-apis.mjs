// npm run build && node test/bench/functions-of-apis.mjs: a warm proxy invocation through a whole API beside a call of the same function here. Medians of
// 3000 requests one after the other, in the process (no socket).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGateway } from '../../dist/esm/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-bench-'));
writeFileSync(path.join(folder, 'f.mjs'), 'export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.headers) });');
const sam = (type) => `Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      { CodeUri: ., Handler: f.handler, Runtime: nodejs22.x, Events: { Get: { Type: ${type}, Properties: { Path: '/orders/{id}', Method: GET } } } }
`;
const { handler } = await import(pathToFileURL(path.join(folder, 'f.mjs')).href);
const event = { headers: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`x-${at}`, 'value'.repeat(4)])) };
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
async function timed(call, count) {
  const took = [];
  for (let at = 0; at < count; at += 1) {
    const from = performance.now();
    await call();
    took.push(performance.now() - from);
  }
  return median(took);
}
await timed(() => handler(event), 500);
const direct = await timed(() => handler(event), 3_000);
for (const [type, dialect, url] of [
  ['HttpApi', 'aws-http', 'http://localhost/orders/7'],
  ['Api', 'aws-rest', 'http://localhost/Prod/orders/7'],
]) {
  writeFileSync(path.join(folder, 'template.yaml'), sam(type));
  const gateway = await createGateway({ config: 'template.yaml', folder, traffic: false });
  const ask = async () => {
    const answer = await gateway.fetch(new Request(url, event));
    if (answer.status !== 200) throw new Error(`${dialect} answered ${answer.status}`);
    await answer.text();
  };
  await timed(ask, 500);
  const warm = await timed(ask, 3_000);
  console.log(`${dialect}: ${warm.toFixed(3)} ms warm, ${direct.toFixed(3)} ms directly, ${(warm - direct).toFixed(3)} ms over it`);
  if (warm - direct >= 1) process.exitCode = 1;
  await gateway.close();
}
rmSync(folder, { recursive: true });
