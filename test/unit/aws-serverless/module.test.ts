import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { load } from '../../../src/gateway/load.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-serverless-module-'));
afterAll(() => rmSync(folder, { recursive: true }));

const service = `{
  service: 'shop',
  provider: { name: 'aws', stage: '\${opt:stage, "dev"}' },
  functions: { list: { handler: 'list.handler', events: [{ http: { method: 'get', path: 'orders' } }] } },
}`;

test.each([
  ['serverless.ts', `interface Service { service: string }\nconst service: Service & object = ${service};\nmodule.exports = service;`],
  ['serverless.mjs', `export default ${service};`],
  ['serverless.cjs', `module.exports = Promise.resolve(${service});`],
  ['serverless.json', `{ "service": "shop", "provider": { "name": "aws" }, "functions": { "list": { "handler": "a.b", "events": [{ "http": "GET orders" }] } } }`],
])('a folder with a %s', async (name, text) => {
  writeFileSync(path.join(folder, name), text);
  const { sources, gateway, ledger } = await load(
    { config: folder, dialect: undefined, folder, options: { variables: {}, env: {}, stage: 'test' } },
    dialects,
  );
  rmSync(path.join(folder, name));
  expect(ledger.diagnostics).toEqual([]);
  expect(sources).toEqual([{ file: name, dialect: 'aws-rest' }]);
  expect(JSON.stringify(gateway)).toContain('/orders');
});
