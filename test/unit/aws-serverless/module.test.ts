import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { load } from '../../../src/gateway/load.ts';

const service = JSON.stringify({
  service: 'shop',
  provider: { name: 'aws', stage: "${opt:stage, 'dev'}" },
  functions: { list: { handler: 'list.handler', events: [{ http: { method: 'get', path: 'orders' } }] } },
});

test.each([
  ['serverless.ts', `export default ${service};`],
  ['serverless.mjs', `export default Promise.resolve(${service});`],
  ['serverless.json', service],
])('a folder with a %s', async (name, text) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-serverless-module-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, name), text);
  const options = { variables: {}, env: {}, stage: 'test' };
  const { sources, gateway, ledger } = await load({ config: folder, dialect: undefined, folder, options }, dialects);
  expect(ledger.diagnostics).toEqual([]);
  expect(sources).toEqual([{ file: name, dialect: 'aws-rest' }]);
  expect(JSON.stringify(gateway)).toContain('/orders');
});
