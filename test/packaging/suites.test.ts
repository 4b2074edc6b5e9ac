import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project } from './project.ts';

let project: Project;
beforeAll(async () => {
  project = await Project.withPackage();
}, 120_000);
afterAll(() => project.remove(), 60_000);
const broken = (name: string, from: string, to: string): void => {
  const text = readFileSync(path.join(project.folder, name), 'utf8');
  expect(text).toContain(from);
  project.write(name, text.replace(from, to));
};
/** One test that fails by its upstream alone, one that takes the error, one after them that has nothing to do with it. */
const throwingSuite = (imports: string): string => `${imports}
const open = () => createGateway({
  config: { routes: [{ match: { path: '/orders/*' }, upstream: 'orders.internal:8080' }] },
  upstreams: { 'orders.internal:8080': async () => { throw new Error('out of orders'); } },
});
test('looks elsewhere', async () => {
  const gateway = await open();
  await gateway.fetch('/orders/7');
  await gateway.close();
});
test('takes it', async () => {
  const gateway = await open();
  await gateway.fetch('/orders/7');
  expect(gateway.errors.splice(0)[0].error.message).toBe('out of orders');
  await gateway.close();
});
test('comes after', async () => {
  expect(1).toBe(1);
});
`;
/** What a test must tell whose upstream function threw. */
const threw = /upstream functions of this test threw\s+orders\.internal:8080, GET \/orders\/7: Error: out of orders/;
/** What a failing matcher must tell: what was wanted, and what each step said with its line. */
const story = /expected the exchange to take the route "other"[^]*GET \/orders\/7 -> 200, route orders[^]*jwt {2}continue {2}\S*devgateway\.yaml:5/;

describe('a real suite of Vitest, in a project that installs the package', () => {
  beforeAll(async () => {
    await project.install('vitest@5.1.1', 'typescript@7.0.2', '@types/node@22.20.5');
    project.copy('vitest-suite');
  }, 120_000);

  it('passes, and ends by itself', async () => {
    expect(await project.node('node_modules/vitest/vitest.mjs', 'run', 'orders.test.ts')).toMatch(/3 passed/);
  }, 60_000);

  it('jumps over the windows of a limit of Kong', async () => {
    project.copy('kong-rate-limit-in-vitest');
    expect(await project.node('node_modules/vitest/vitest.mjs', 'run', 'reports.test.ts')).toMatch(/3 passed/);
  }, 60_000);

  it('reads manifests of the Gateway API', async () => {
    project.copy('gateway-api-in-vitest');
    expect(await project.node('node_modules/vitest/vitest.mjs', 'run', 'routes.test.ts')).toMatch(/6 passed/);
  }, 60_000);

  it('runs Lambda functions of a template', async () => {
    project.copy('lambda-in-vitest');
    expect(await project.node('node_modules/vitest/vitest.mjs', 'run', 'shop.test.ts')).toMatch(/5 passed/);
  }, 60_000);

  it('has types for the matchers', async () => {
    const flags = [
      '--noEmit',
      '--skipLibCheck',
      '--strict',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--target',
      'es2024',
      '--types',
      'node',
    ];
    expect(await project.said('node_modules/typescript/bin/tsc', ...flags, 'orders.test.ts')).toBe('');
    project.write('wrong.test.ts', "import 'devgateway/vitest';\nimport { expect } from 'vitest';\nexpect(1).toTakeRoute(7);\n");
    expect(await project.said('node_modules/typescript/bin/tsc', ...flags, 'wrong.test.ts')).toContain('TS2345');
  }, 60_000);

  it('fails a test whose upstream throws, unless it takes the error', async () => {
    project.write('throwing.test.ts', throwingSuite(`import { createGateway } from 'devgateway';\nimport { expect, test } from 'vitest';\n`));
    const said = await project.said('node_modules/vitest/vitest.mjs', 'run', 'throwing.test.ts');
    expect(said).toMatch(threw);
    expect(said).toMatch(/Tests +1 failed \| 2 passed/);
  }, 60_000);

  it('tells the story of an exchange where a matcher fails', async () => {
    broken('orders.test.ts', "toTakeRoute('orders')", "toTakeRoute('other')");
    expect(await project.said('node_modules/vitest/vitest.mjs', 'run', 'orders.test.ts')).toMatch(story);
  }, 60_000);
});

describe('a real suite of Jest in its default mode, in a project that installs the package', () => {
  beforeAll(async () => {
    project.write('package.json', '{ "name": "project", "private": true, "overrides": { "unrs-resolver": "1.12.2" } }');
    await project.install(project.tarball, 'jest@30.5.2');
    project.copy('jest-suite');
  }, 120_000);

  it('passes, and leaves no handle open', async () => {
    const said = await project.said('node_modules/jest/bin/jest.js', '--detectOpenHandles', 'orders.test.js');
    expect(said).toMatch(/Tests: +2 passed/);
    expect(said).not.toMatch(/open handle|did not exit/);
  }, 60_000);

  it('fails a test whose upstream throws, unless it takes the error', async () => {
    project.write('throwing.test.js', throwingSuite(`const { createGateway } = require('devgateway');\n`));
    const said = await project.said('node_modules/jest/bin/jest.js', 'throwing.test.js');
    expect(said).toMatch(threw);
    expect(said).toMatch(/Tests: +1 failed, 2 passed/);
  }, 60_000);

  it('tells the story of an exchange where a matcher fails', async () => {
    broken('orders.test.js', "toTakeRoute('orders')", "toTakeRoute('other')");
    expect(await project.said('node_modules/jest/bin/jest.js', 'orders.test.js')).toMatch(story);
  }, 60_000);
});
