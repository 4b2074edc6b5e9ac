import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { load } from '../../../src/gateway/load.ts';
import { environmentWith } from '../../../src/sources/env-files.ts';
import { Files } from '../../../src/sources/files.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-load-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (name: string, text: string, envFiles: readonly string[] = []): ReturnType<typeof load> => {
  writeFileSync(path.join(folder, name), text);
  return load({ config: name, dialect: undefined, folder, envFiles, options: { variables: {}, env: {} } }, dialects);
};
const dialectOf = async (name: string, text: string): Promise<string | undefined> => (await read(name, text)).sources[0]?.dialect;

describe('a file that was named', () => {
  it('is known by what stands in it, whatever it is called', async () => {
    expect(await dialectOf('gate.yaml', 'routes:\n  - match: {path: "/*"}\n    upstream: 127.0.0.1:3000\n')).toBe('native');
    expect(await dialectOf('gate.json', '{\n"routes": [{\n "match": {"path": "/"},\n "steps": []\n}]\n}')).toBe('native');
    expect(await dialectOf('any.yml', '_format_version: "3.0"\nservices: []\n')).toBe('kong');
    expect(await dialectOf('default', 'server {\n  listen 80;\n}\n')).toBe('nginx');
    expect(await dialectOf('site.conf', 'http { server { listen 80; location / { return 204; } } }\n')).toBe('nginx');
  });

  it.each([
    ['an unknown language', 'routes:\n  - uri: /a\n    upstream: {nodes: {}}\n'],
    ['nothing', ''],
  ])('is refused where it is %s, with the names to choose from', async (_, text) => {
    await expect(read('other.yaml', text)).rejects.toThrow(/is not recognised/);
  });
});

describe('a program as configuration', () => {
  const routes = (body: string): string => `routes: [{ match: { path: '/a' }, steps: [{ reply: { body: '${body}' } }] }]`;

  it('is run, and run anew after a change', async () => {
    const first = await read('devgateway.config.mjs', `export default { ${routes('one')} };`);
    expect(first.sources).toEqual([{ file: 'devgateway.config.mjs', dialect: 'native' }]);
    expect(JSON.stringify(first.gateway)).toContain('"one"');
    utimesSync(path.join(folder, 'devgateway.config.mjs'), 0, 0);
    expect(JSON.stringify((await read('devgateway.config.mjs', `export default { ${routes('two')} };`)).gateway)).toContain('"two"');
  });

  it.each([
    ['that throws', 'throw new Error("no luck");', 'cannot be run: no luck'],
    ['that exports nothing', 'export const a = 1;', 'exports no configuration'],
    ['that exports a function inside', 'export default { routes: [() => {}] };', 'exports more than data'],
  ])('%s is refused', async (what, text, message) => {
    await expect(read(`${what.replaceAll(' ', '-')}.mjs`, text)).rejects.toMatchObject({
      code: 'DG1103',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('env files', () => {
  it('give values, a later one above an earlier one, and are watched', async () => {
    writeFileSync(path.join(folder, 'a.env'), 'A=file a\nB=file a\nC=file a\n');
    writeFileSync(path.join(folder, 'b.env'), 'B=file b\nC=file b\n');
    const files = new Files(folder);
    expect(environmentWith(['a.env', 'b.env'], { C: 'process' }, files, folder)).toEqual({ A: 'file a', B: 'file b', C: 'process' });
    expect([...files.seen].map((file) => path.basename(file))).toEqual(['a.env', 'b.env']);
    const loaded = await read('kong.yml', '_format_version: "3.0"\n', ['a.env']);
    expect(loaded.watched).toContain(path.join(folder, 'a.env'));
  });

  it('must be there', async () => {
    await expect(read('kong.yml', '_format_version: "3.0"\n', ['none.env'])).rejects.toMatchObject({ code: 'DG1102' });
  });
});
