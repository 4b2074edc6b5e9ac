import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { publicApiOf } from './public-api.ts';

const root = path.resolve(import.meta.dirname, '../..');
type Target = string | { readonly import?: { readonly types?: string }; readonly types?: string };
const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { readonly exports: Readonly<Record<string, Target>> };

const entries = Object.entries(exports).flatMap(([name, target]) => {
  const types = typeof target === 'string' ? undefined : (target.import?.types ?? target.types);
  return types === undefined ? [] : [[name.replace('.', 'devgateway'), path.join(root, types)] as const];
});

/** A change of what users can name shows in a diff. Where it is meant: npx vitest run test/packaging/api.test.ts -u */
it('the public surface is the one that was reviewed', async () => {
  expect(entries.length).toBeGreaterThanOrEqual(6);
  const chapters = entries.map(([name, file]) => `# ${name}\n\n${publicApiOf(file).join('\n')}\n`);
  expect(chapters[0]).toContain('function createGateway(');
  await expect(chapters.join('\n')).toMatchFileSnapshot('api.txt');
});
