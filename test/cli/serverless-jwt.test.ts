import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Spawned } from './spawned.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-serverless-'));
  cpSync(path.resolve(import.meta.dirname, '../../recipes/serverless-jwt'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As the README does: what stands in TOKEN was minted on the command line. */
const withToken = `const { execFileSync } = require('node:child_process');
const [bin, ...args] = process.argv.slice(1);
const TOKEN = execFileSync(process.execPath, [bin, 'token', 'serverless.yml', '--claim', 'sub=ann', '--claim', 'scope=orders/write'], { encoding: 'utf8' }).trim();
process.exit(require('node:child_process').spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, TOKEN } }).status);`;
const bin = path.resolve(import.meta.dirname, '../../bin/devgateway.js');
const suite = [process.execPath, '-e', withToken, bin, '--test', 'suite.test.mjs'];

it('recipes/serverless-jwt replays its tape without the service, and records one that is as good', async () => {
  const replay = new Spawned(folder, ['replay', '--strict', '--report', 'replay.xml', '--', ...suite]);
  expect(await replay.ended, replay.out).toBe(0);
  expect(replay.out).toContain('1 requests answered from tapes/traffic.har, 1 of its 1 answers used, 0 requests unknown');
  rmSync(path.join(folder, 'tapes'), { recursive: true });
  const record = new Spawned(folder, ['record', '--', ...suite]);
  expect(await record.ended, record.out).toBe(0);
  expect(readFileSync(path.join(folder, 'tapes/traffic.har'), 'utf8')).toContain('"upstream": "prices.internal"');
  rmSync(path.join(folder, 'prices.mjs'));
  expect(await new Spawned(folder, ['replay', '--strict', '--', ...suite]).ended).toBe(0);
}, 60_000);
