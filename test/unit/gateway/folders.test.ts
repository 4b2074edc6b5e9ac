import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { load, type Loaded } from '../../../src/gateway/load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-folders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};
const read = (...config: string[]): Promise<Loaded> => load({ config, dialect: undefined, folder, options: { variables: {}, env: {} } }, dialects);
const hintOf = (hint: string) => ({ diagnostics: [{ hint: expect.stringContaining(hint) as string }] });
const manifest = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n';
const warnings = ({ ledger }: Loaded): unknown => ledger.diagnostics.map(({ code, file, hint }) => [code, file, hint]);

describe('a folder', () => {
  it('is read without its subfolders, which are named where it has nothing else', async () => {
    write('all/one/a.yaml', manifest);
    write('all/.git/a.yaml', manifest);
    write('all/node_modules/a.yaml', manifest);
    write('all/none/a.txt', '');
    await expect(read('all')).rejects.toMatchObject(hintOf('(all/one)'));
    await expect(read('all')).rejects.toThrow('no configuration found in all');
    write('all/b.yaml', manifest);
    expect((await read('all')).sources.map(({ file }) => file)).toEqual(['all/b.yaml']);
  });

  it('that is a chart is told with what renders it', async () => {
    write('chart/Chart.yaml', 'apiVersion: v2\nname: a\nversion: 1.0.0\n');
    write('chart/templates/a.yaml', '{{ if .Values.a }}\nkind: Service\n');
    await expect(read('chart')).rejects.toMatchObject(hintOf('helm template chart | devgateway start -'));
    await expect(read('chart/Chart.yaml')).rejects.toMatchObject(hintOf('helm template chart | devgateway start -'));
  });

  it('that Kustomize builds is told so, also where its files were read', async () => {
    write('over/kustomization.yaml', 'resources: [a.yaml]\n');
    await expect(read('over')).rejects.toMatchObject(hintOf('kustomize build over | devgateway start -'));
    await expect(read('over/kustomization.yaml')).rejects.toMatchObject(hintOf('kustomize build over | devgateway start -'));
    write('over/a.yaml', manifest);
    expect(warnings(await read('over'))).toEqual([['DG1208', 'over', 'pipe what it makes: kustomize build over | devgateway start -']]);
    expect(warnings(await read('over/a.yaml'))).toEqual([]);
  });

  it('of another gateway is none of this', async () => {
    write('kong/Chart.yaml', 'apiVersion: v2\nname: a\nversion: 1.0.0\n');
    write('kong/kong.yml', '_format_version: "3.0"\nservices: []\n');
    expect(warnings(await read('kong'))).toEqual([]);
  });
});
