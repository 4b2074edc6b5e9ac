import { spawnSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = path.resolve(import.meta.dirname, '../../bin/devgateway.js');
const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-input-'));
const api = 'gateway.networking.k8s.io/v1';
const gateway = `apiVersion: ${api}\nkind: Gateway\nmetadata: { name: g }\nspec: { gatewayClassName: any, listeners: [{ name: http, port: 80, protocol: HTTP }] }\n---\n`;
const route = (name: string): string =>
  `apiVersion: ${api}\nkind: HTTPRoute\nmetadata: { name: ${name} }\nspec:\n  parentRefs: [{ name: g }]\n  rules:\n    - matches: [{ path: { value: /${name} } }]\n      backendRefs: [{ name: a, port: 80 }]\n`;

beforeAll(() => {
  mkdirSync(path.join(folder, 'routes'));
  writeFileSync(path.join(folder, 'routes/two.yaml'), route('two'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const run = (input: string, ...args: string[]) =>
  spawnSync(process.execPath, [bin, ...args], { cwd: folder, input, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

describe('what is piped into the command line', () => {
  it('is a configuration beside a folder', () => {
    const { status, stdout } = run(gateway + route('one'), 'routes', '-', 'routes/');
    expect(status).toBe(0);
    expect(stdout).toMatch(/\/one .*-:\d+/);
    expect(stdout).toContain(path.join('routes', 'two.yaml'));
  });

  it('has places for its mistakes, and is none where it is empty', () => {
    expect(run('apiVersion: v1\nkind: [\n', 'check', '-')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^-:\d+:\d+ {2}error DG1101/) as string,
    });
    expect(run('', 'check', '-').status).toBe(1);
  });

  it('stays what it was when a file beside it changes', async () => {
    const child = spawn(process.execPath, [bin, 'start', '-', 'routes/', '--port', '0', '--upstream', '*/*=echo:'], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let out = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (out += data.toString()));
    child.stdin.end(gateway + route('one'));
    try {
      await expect.poll(() => /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0], { timeout: 15_000 }).toBeDefined();
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0] ?? '';
      const statusOf = async (at: string): Promise<number> => (await fetch(url + at)).status;
      expect(await statusOf('/one')).toBe(200);
      expect(await statusOf('/three')).toBe(404);
      writeFileSync(path.join(folder, 'routes/three.yaml'), route('three'));
      await expect.poll(() => statusOf('/three'), { timeout: 15_000 }).toBe(200);
      expect(await statusOf('/one')).toBe(200);
    } finally {
      child.kill('SIGINT');
    }
  }, 40_000);
});
