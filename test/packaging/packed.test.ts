import { readFileSync } from 'node:fs';
import path from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project } from './project.ts';

const root = path.resolve(import.meta.dirname, '../..');
let project: Project;
beforeAll(async () => {
  project = await Project.withPackage();
}, 120_000);
afterAll(() => project.remove(), 60_000);

const kong = '_format_version: "3.0"\nservices:\n  - { name: a, url: "http://orders.internal:8080", routes: [{ name: a, paths: [/orders] }] }\n';
const use = `const gateway = await createGateway({ config: { routes: [{ match: { path: '/a' }, steps: [{ reply: { body: 'hi' } }] }] } });
console.log(await (await fetch(gateway.url + '/a')).text());
await gateway.close();`;

describe('the packed package, in an empty project', () => {
  it('weighs no more than it must', () => {
    const { packages, bytes } = project.weight;
    console.log(`${packages} packages, ${(bytes / 1e6).toFixed(1)} MB`);
    expect(packages).toBeLessThanOrEqual(100);
    expect(bytes).toBeLessThanOrEqual(20_000_000);
  });

  it('is imported', async () => {
    project.write(
      'a.mjs',
      `import { createGateway, defineConfig } from 'devgateway';\nimport 'devgateway/dialect';\nimport 'devgateway/identity';\n${use}`,
    );
    expect(await project.node('a.mjs')).toBe('hi\n');
  });

  it('is required', async () => {
    project.write(
      'a.cjs',
      `const { createGateway } = require('devgateway');\nrequire('devgateway/dialect');\nrequire('devgateway/identity');\n(async () => {\n${use}\n})();`,
    );
    expect(await project.node('a.cjs')).toBe('hi\n');
  });

  it('runs on the command line', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await project.node('node_modules/.bin/devgateway', '--version')).toBe(`${version}\n`);
    project.write(
      'kong.yml',
      '_format_version: "3.0"\nservices:\n  - { name: a, url: "http://orders.internal:8080", routes: [{ name: a, paths: [/orders] }] }\n',
    );
    expect(await project.node('node_modules/.bin/devgateway', 'routes', 'kong.yml')).toContain('/orders');
  });

  it('brings the schema of its configuration', async () => {
    const print = "console.log(require('devgateway/schema').$schema)";
    expect(await project.node('-e', print)).toContain('json-schema.org');
  });

  it('runs the tests of recipes/negative-tokens', async () => {
    for (const name of ['devgateway.yaml', 'tokens.test.mjs'])
      project.write(name, readFileSync(path.join(root, 'recipes/negative-tokens', name), 'utf8'));
    const said = await project.node('--test', '--test-reporter=tap', 'tokens.test.mjs');
    expect(said).toMatch(/# pass 10\n# fail 0/);
  });

  it('runs the tests of recipes/kong-jwt', async () => {
    for (const name of ['kong.yml', 'orders.test.mjs']) project.write(name, readFileSync(path.join(root, 'recipes/kong-jwt', name), 'utf8'));
    expect(await project.node('--test', '--test-reporter=tap', 'orders.test.mjs')).toMatch(/# pass 7\n# fail 0/);
  });

  it('runs the tests of recipes/cdk-http-api', async () => {
    project.copy('cdk-http-api');
    expect(await project.node('--test', '--test-reporter=tap', 'api.test.mjs')).toMatch(/# pass 4\n# fail 0/);
  });

  it('runs the tests of recipes/msw-upstreams, beside the peer that they need', async () => {
    await project.install('msw@3.0.5');
    for (const name of ['devgateway.yaml', 'orders.test.mjs'])
      project.write(name, readFileSync(path.join(root, 'recipes/msw-upstreams', name), 'utf8'));
    expect(await project.node('--test', '--test-reporter=tap', 'orders.test.mjs')).toMatch(/# pass 5\n# fail 0/);
  }, 60_000);

  it('runs the tests of recipes/supertest-express', async () => {
    await project.install('supertest@7.3.2', 'express@5.3.0');
    project.copy('supertest-express');
    expect(await project.node('--test', '--test-reporter=tap', 'orders.test.mjs')).toMatch(/# pass 5\n# fail 0/);
  }, 60_000);

  it.each(['README.md', 'docs/tokens.md', 'docs/in-tests.md'])('does what %s shows', async (name) => {
    const snippets = [...readFileSync(path.join(root, name), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1] as string);
    expect(snippets.length).toBeGreaterThan(0);
    project.write('kong.yml', kong);
    for (const [at, snippet] of snippets.entries()) {
      // Node 22 knows no `await using` of its own: there it is compiled, as in any project with TypeScript.
      const { code } = await transform(`${snippet}\nconsole.log('ran');\n`, { loader: 'ts', target: 'node22', format: 'esm' });
      project.write(`snippet-${at}.mjs`, code);
      expect(await project.node(`snippet-${at}.mjs`)).toContain('ran');
    }
  });
});

describe('its entries', () => {
  it('satisfy publint', async () => {
    const { publint } = await import('publint');
    const { messages } = await publint({ pkgDir: root, strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  it.each([
    ['all of them', ['--exclude-entrypoints', 'schema', 'vitest']],
    // Vitest itself is ESM alone.
    ['that for Vitest', ['--entrypoints', 'vitest', '--ignore-rules', 'cjs-resolves-to-esm']],
  ])(
    'have the right types for every way of resolving them: %s',
    async (_, args) => {
      const attw = path.join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
      const said = JSON.parse(await project.node(attw, project.tarball, '--profile', 'node16', '--format', 'json', ...args)) as {
        readonly analysis: { readonly entrypoints: object };
        readonly problems?: Readonly<Record<string, readonly { readonly kind: string; readonly resolutionKind?: string }[]>>;
      };
      expect(Object.keys(said.analysis.entrypoints).length).toBeGreaterThan(0);
      const problems = Object.values(said.problems ?? {}).flat();
      // The oldest way of resolving knows no exports; Node that old is not served.
      expect(problems.filter(({ kind, resolutionKind }) => resolutionKind !== 'node10' && kind !== 'CJSResolvesToESM')).toEqual([]);
    },
    60_000,
  );
});
