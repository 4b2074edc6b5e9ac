import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasImages } from '../containers/docker.ts';
import { Project } from './project.ts';

const recipe = path.resolve(import.meta.dirname, '../../recipes/containers');
let project: Project;
beforeAll(async () => {
  project = await Project.withPackage();
  for (const name of ['devgateway.yaml', 'orders.test.mjs']) {
    const text = readFileSync(path.join(recipe, name), 'utf8');
    expect(text).toContain('registry.example.com/orders:1');
    project.write(name, text.replaceAll('registry.example.com/orders:1', 'devgateway-test/httpd'));
  }
}, 120_000);
afterAll(() => project.remove());

describe('containers, in a project that installs the package', () => {
  it.each([
    ['import', "import { createGateway } from 'devgateway';\nimport 'devgateway/testcontainers';"],
    ['require', "const { createGateway } = require('devgateway');\nrequire('devgateway/testcontainers');"],
  ])('need testcontainers, and say so (%s)', async (how, head) => {
    const file = how === 'import' ? 'none.mjs' : 'none.cjs';
    const ask = "await fetch(gateway.url + '/api/orders/7', { headers: { 'x-api-key': 'test-key' } })";
    project.write(
      file,
      `${head}\n(async () => { const gateway = await createGateway({ config: 'devgateway.yaml' });\nconsole.log(await (${ask}).text());\nawait gateway.close(); })();`,
    );
    expect(await project.node(file)).toContain(
      'testcontainers, which starts the container, is not installed. install it in this project with: npm i',
    );
  });

  it.skipIf(!hasImages)(
    'run the tests of recipes/containers, beside the peer that they need',
    async () => {
      await project.install('testcontainers@12.2.0');
      expect(await project.node('--test', '--test-reporter=tap', 'orders.test.mjs')).toMatch(/# pass 3\n# fail 0/);
    },
    120_000,
  );
});
