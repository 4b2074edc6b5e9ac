import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const answering = (text: string, limit = 100): string =>
  `routes:\n  - name: r\n    steps:\n      - rateLimit: { limit: ${limit}, per: 1h }\n      - reply: { body: ${text} }\n`;

/** A gateway over a file that a test may change; `changed` resolves after the next reload. */
async function watched(text: string): Promise<{ gateway: Gateway; file: string; changed: (act: () => void) => Promise<unknown> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-watch-'));
  folders.push(folder);
  const file = path.join(folder, 'devgateway.yaml');
  writeFileSync(file, text);
  let tell: (error: unknown) => void = () => {};
  const gateway = await createGateway({ config: file, watch: true, onReload: (error) => tell(error) });
  const changed = (act: () => void): Promise<unknown> =>
    new Promise((resolve) => {
      tell = resolve;
      act();
    });
  return { gateway, file, changed };
}
const ask = async (gateway: Gateway): Promise<string> => (await fetch(gateway.url)).text();

describe('a changed file', () => {
  it('takes effect without a restart, also when an editor replaces it', async () => {
    const { gateway, file, changed } = await watched(answering('one'));
    await using _ = gateway;
    expect(await ask(gateway)).toBe('one');
    expect(await changed(() => writeFileSync(file, answering('two')))).toBeNull();
    expect(await ask(gateway)).toBe('two');
    await changed(() => {
      writeFileSync(`${file}~`, answering('three'));
      renameSync(`${file}~`, file);
    });
    expect(await ask(gateway)).toBe('three');
  });

  it('that is broken leaves the old gateway serving and says where', async () => {
    const { gateway, file, changed } = await watched(answering('one'));
    await using _ = gateway;
    const error = (await changed(() => writeFileSync(file, 'routes:\n  - stepz: []\n'))) as { diagnostics: { code: string; line: number }[] };
    expect(error.diagnostics[0]).toMatchObject({ code: 'DG1201', line: 2 });
    expect(await ask(gateway)).toBe('one');
    expect(await changed(() => writeFileSync(file, answering('mended')))).toBeNull();
    expect(await ask(gateway)).toBe('mended');
  });

  it('that says what it said before is not taken anew', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-same-'));
    folders.push(folder);
    const file = path.join(folder, 'devgateway.yaml');
    writeFileSync(file, answering('one'));
    const told: unknown[] = [];
    let tell: () => void = () => {};
    const second = new Promise<void>((resolve) => (tell = resolve));
    const onReload = (error: unknown): void => {
      told.push(error);
      tell();
    };
    await using _ = await createGateway({ config: file, watch: true, onReload });
    const reload = async (text: string): Promise<void> => {
      writeFileSync(file, text);
      await second;
    };
    writeFileSync(file, answering('one'));
    await reload(answering('two'));
    expect(told).toEqual([null]);
  });

  it('keeps the counts of a limit whose number changed', async () => {
    const { gateway, file, changed } = await watched(answering('one', 2));
    await using _ = gateway;
    const status = async (): Promise<number> => (await fetch(gateway.url)).status;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
    await changed(() => writeFileSync(file, answering('one', 3)));
    expect([await status(), await status()]).toEqual([200, 429]);
  });

  it('loses no request under way or asked meanwhile, over sockets', async () => {
    const { gateway, file } = await watched(answering('one', 1_000_000));
    await using _ = gateway;
    let asking = true;
    const seen = new Map<string, number>();
    const load = Array.from({ length: 4 }, async () => {
      while (asking) {
        const answer = await fetch(gateway.url);
        const what = `${answer.status} ${(await answer.text()).slice(0, 4)}`;
        seen.set(what, (seen.get(what) ?? 0) + 1);
      }
    });
    for (let at = 0; at < 200; at += 1) {
      writeFileSync(file, answering(`text${at}`, 1_000_000));
      await gateway.reload();
      // Lets requests come in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
    asking = false;
    await Promise.all(load);
    expect([...seen.keys()].filter((what) => !/^200 (?:one|text)$/.test(what))).toEqual([]);
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
  });

  it('asked for twice at once ends with what was asked for last', async () => {
    await using gateway = await createGateway({ config: { routes: [{ steps: [{ reply: { body: 'zero' } }] }] } });
    const next = (body: string): object => ({ routes: [{ steps: [{ reply: { body } }] }] });
    await Promise.all([gateway.reload(next('one')), gateway.reload(next('two'))]);
    expect(await ask(gateway)).toBe('two');
    await Promise.allSettled([gateway.reload({ routes: [{ stepz: 1 }] }), gateway.reload(next('three'))]);
    expect(await ask(gateway)).toBe('three');
  });

  it('is taken with an env file that changes', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-env-'));
    folders.push(folder);
    writeFileSync(path.join(folder, 'devgateway.yaml'), answering('one'));
    writeFileSync(path.join(folder, '.env'), 'A=1');
    let told: (error: unknown) => void = () => {};
    const reloaded = new Promise((resolve) => (told = resolve));
    await using gateway = await createGateway({ config: '.', folder, envFiles: ['.env'], watch: true, onReload: told });
    writeFileSync(path.join(folder, '.env'), 'A=2');
    expect(await reloaded).toBeNull();
    expect(await ask(gateway)).toBe('one');
  });
});
