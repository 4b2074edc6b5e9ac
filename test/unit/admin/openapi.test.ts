import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { controlApp } from '../../../src/admin/app.ts';
import { documentOf } from '../../../src/admin/openapi.ts';
import { operationsOf } from '../../../src/admin/operations/all.ts';
import { createGateway } from '../../../src/index.ts';
import { asking } from './asking.ts';

const file = '../../../schema/control-api.openapi.json';
const shipped = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { openapi: string; paths: Record<string, object> };
const written = (paths: Record<string, object>): string[] =>
  Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));

it('the document that is shipped is the one of the operations', async () => {
  await expect(`${JSON.stringify(documentOf(operationsOf()), null, 2)}\n`).toMatchFileSnapshot(file);
});

it('every route of the app stands in the document that is shipped, and the other way round', async () => {
  await using gateway = await createGateway({ config: { routes: [] } });
  const app = await controlApp(gateway, 'x');
  const served: string[] = [];
  for (const { route } of app.router.stack) {
    if (route === undefined) continue;
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    for (const layer of route.stack) served.push(`${layer.method} ${path}`);
  }
  expect(served.length).toBeGreaterThan(15);
  expect(served.sort()).toEqual(written(shipped.paths).sort());
});

it('is served', async () => {
  await using gateway = await createGateway({ config: { routes: [] }, control: true });
  const { status, body } = await asking(gateway)('GET', '/v1/openapi');
  expect([status, body]).toEqual([200, shipped]);
  expect(shipped.openapi).toMatch(/^3\.1\./);
});
