import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Spawned } from './spawned.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-tapes-'));
  cpSync(path.resolve(import.meta.dirname, '../../recipes/record-replay-in-ci'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = async (...args: string[]): Promise<Spawned & { code: number }> => {
  const one = new Spawned(folder, args);
  return Object.assign(one, { code: await one.ended });
};
const suite = [process.execPath, '--test', 'suite.test.mjs'];
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

describe('recipes/record-replay-in-ci', () => {
  it('replays the tape that lies there, with no service, and reports', async () => {
    rmSync(path.join(folder, 'service.mjs'));
    const replay = await run('replay', '--strict', '--report', 'out/a.json', '--report', 'out/a.xml', '--', ...suite);
    expect(replay.out).toContain('4 requests answered from tapes/traffic.har, 4 of its 4 answers used, 0 requests unknown');
    expect(replay.out).toContain('answers from tapes/traffic.har');
    expect(replay.code, replay.err).toBe(0);
    expect(JSON.parse(read('out/a.json'))).toMatchObject({
      mode: 'strict',
      ok: true,
      file: path.join('tapes', 'traffic.har'),
      unknown: [],
      unused: [],
    });
    expect(read('out/a.xml')).toMatch(/<testsuite name="[^"]*" tests="4" failures="0" [\s\S]*name="POST \/login \(shop\.internal:80\)"\/>/);
  });

  it('records one that is as good', async () => {
    rmSync(path.join(folder, 'tapes'), { recursive: true });
    const record = await run('record', '--', ...suite);
    expect(record.out).toContain('6 exchanges recorded to tapes/traffic.har');
    expect(record.code, record.err).toBe(0);
    expect(read('tapes/traffic.har')).not.toContain('from the environment');
    expect((await run('replay', '--strict', '--', ...suite)).code).toBe(0);
  });

  it('ends with 1 where an answer is unused or a request unknown, and with what the suite ended with', async () => {
    const unused = await run('replay', '--strict', '--', process.execPath, '-e', '');
    expect([unused.code, unused.err]).toEqual([1, expect.stringContaining('unused: POST /login (shop.internal:80)')]);
    const ask = `fetch(process.env.DEVGATEWAY_URL + '/login', { method: 'POST', body: '{"user":"bob"}' }).then((answer) => process.exit(answer.status === 501 ? 0 : 9))`;
    const unknown = await run('replay', '--json', '--strict', '--report', 'a.xml', '--', process.execPath, '-e', ask);
    expect(unknown.code).toBe(1);
    expect((JSON.parse(unknown.out) as { unknown: { nearest: unknown[] }[] }).unknown[0]?.nearest).toHaveLength(2);
    // Standard output is one JSON document, whatever the program says.
    expect(JSON.parse(unknown.out)).toMatchObject({ ok: false, unknown: [{ request: 'POST /login (shop.internal:80)' }] });
    expect(read('a.xml')).toMatch(
      /<failure message="the tape does not have this request">[^<]*body \/user: the tape has &quot;ann&quot;, asked was &quot;bob&quot;/,
    );
    expect((await run('replay', '--', process.execPath, '-e', 'process.exit(7)')).code).toBe(7);
  });

  it('says what is wrong with what it is given', async () => {
    const report = await run('replay', '--report', 'a.txt');
    expect([report.code, report.err]).toEqual([2, expect.stringContaining('expected a name that ends in .json, or in .xml for JUnit')]);
    expect((await run('record', '--mode', 'strict')).err).toContain('expected record or record-missing');
    const missing = await run('replay', '--tapes', 'nowhere');
    expect([missing.code, missing.err]).toEqual([1, expect.stringMatching(/DG1602.*there is no tape[\s\S]*devgateway record/)]);
    const program = await run('replay', '--', './no-such-program');
    expect([program.code, program.err]).toEqual([2, expect.stringContaining('cannot run ./no-such-program')]);
    expect(existsSync(path.join(folder, 'out'))).toBe(false);
  });
});
