import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
async function start(declarative: string): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'kong.yml'), `_format_version: '3.0'\n${declarative}`);
  const said = (request: Request): Response => Response.json(Object.fromEntries(request.headers));
  return createGateway({ config: 'kong.yml', folder, upstreams: { '*': said } });
}
const service = (more: string): string => `services:\n  - name: s\n    url: http://s.internal:8080\n    routes: [{ name: r, paths: [/] }]\n${more}`;

describe('a node of Kong', () => {
  it('lets nobody pass where a plugin that guards is not mirrored', async () => {
    await using gateway = await start(service('    plugins: [{ name: opa, config: { opa_path: /v1 } }]\n'));
    const answer = await gateway.fetch('/');
    expect(answer.status).toBe(501);
    expect(await answer.json()).toMatchObject({ message: 'devgateway does not serve this: the plugin opa' });
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', severity: 'warning' }]);
  });

  it('does not know the routes of a service that is switched off', async () => {
    await using gateway = await start(service('    enabled: false\n'));
    expect((await gateway.fetch('/')).status).toBe(404);
  });

  it.each([
    ['', '', 'a.internal:8080'],
    ['    host_header: pool.example\n', '', 'pool.example:8080'],
    ['    host_header: pool.example\n', 'preserve_host: true, ', 'localhost'],
  ])('tells a target of an upstream its host (%j %j)', async (header, preserve, host) => {
    const declarative = `services:\n  - name: s\n    host: pool\n    routes: [{ name: r, ${preserve}paths: [/] }]\nupstreams:\n  - name: pool\n${header}    targets: [{ target: 'a.internal:8080' }]\n`;
    await using gateway = await start(declarative);
    expect(await (await gateway.fetch('/')).json()).toMatchObject({ host });
  });

  it('refuses a plugin on a consumer that finds out who the consumer is', async () => {
    for (const declarative of [
      'consumers: [{ username: ann, plugins: [{ name: key-auth }] }]\n',
      'consumers: [{ username: ann }]\nplugins: [{ name: jwt, consumer: ann }]\n',
    ])
      await expect(start(service('') + declarative)).rejects.toMatchObject({ code: 'DG1203' });
  });

  it('refuses a format that it does not know', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
    folders.push(folder);
    writeFileSync(path.join(folder, 'kong.yml'), "_format_version: '9.0'\n");
    await expect(createGateway({ config: 'kong.yml', folder })).rejects.toMatchObject({ code: 'DG1203' });
  });
});
