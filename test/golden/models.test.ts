import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import { load } from '../../src/gateway/load.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-golden-'));
afterAll(() => rmSync(scratch, { recursive: true }));
for (const name of ['shop.pem', 'shop.key', 'users']) writeFileSync(path.join(scratch, name), `ann:{PLAIN}the text of ${name}\n`);

/**
 * What each fixture is compiled to, with the place of every part. A change of a model is seen in the diff of its file; where it is meant,
 * `npx vitest run test/golden -u` writes it anew.
 */
it.each([
  ['native/everything.yaml', 'devgateway.yaml'],
  ['kong/everything.yml', 'kong.yml'],
  ['kong/editing.yml', 'kong.yml'],
  ['nginx/everything.conf', 'nginx.conf'],
  ['aws-rest/everything.yaml', 'template.yaml'],
  ['aws-rest/stages.yaml', 'template.yaml'],
  ['aws-http/everything.yaml', 'template.yaml'],
  ['gateway-api/everything.yaml', 'manifests.yaml'],
  ['aws-serverless/everything.yml', 'serverless.yml'],
])('the model of %s is as it was', async (fixture, name) => {
  cpSync(path.join(fixtures, fixture), path.join(scratch, name));
  const { gateway, ledger } = await load({ config: name, dialect: undefined, folder: scratch, options: { variables: {}, env: {} } }, dialects);
  expect(ledger.diagnostics).toEqual([]);
  // What is in the file is data alone: nothing of it can be lost on the way.
  expect(JSON.parse(JSON.stringify(gateway))).toEqual(gateway);
  const text = JSON.stringify(gateway, null, 1).replaceAll(JSON.stringify(scratch).slice(1, -1), 'FOLDER');
  await expect(`${text}\n`).toMatchFileSnapshot(path.join(fixtures, `${fixture}.model.json`));
});
