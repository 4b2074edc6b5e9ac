import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Spawned } from './spawned.ts';

let folder: string;
const children: Spawned[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-control-'));
  writeFileSync(path.join(folder, 'devgateway.yaml'), 'routes: [{ name: a, match: { path: /a }, steps: [{ reply: { body: hi } }] }]\n');
});
afterEach(async () => {
  for (const one of children.splice(0)) await one.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
function start(args: string[], env: Record<string, string> = {}): Spawned {
  const child = new Spawned(folder, args, env);
  children.push(child);
  return child;
}
const file = (): string => path.join(folder, '.devgateway', 'control.json');
const left = (): { url: string; token: string } => JSON.parse(readFileSync(file(), 'utf8')) as { url: string; token: string };

it('start --control leaves URL and token for processes of the same user until it ends', async () => {
  const child = start(['start', '--control']);
  const [, url] = await child.says(/(http:\S+) {2}control API, its token is in \.devgateway\/control\.json/);
  const { token } = left();
  expect(left()).toEqual({ url, token: expect.stringMatching(/^[\w-]{43}$/) });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readFileSync(path.join(folder, '.devgateway', '.gitignore'), 'utf8')).toBe('*\n');
  await fetch(`${await child.url()}/a`);
  const answer = await fetch(`${url}/v1/traffic`, { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({ exchanges: [{ route: 'a' }] });
  expect(await child.stop()).toBe(0);
  expect(existsSync(file())).toBe(false);
  expect(child.out + child.err).not.toContain(token);
});

it('a start that ends leaves what a later one has written', async () => {
  const first = start(['--control']);
  await first.says(/control API/);
  const later = start(['--control'], { DEVGATEWAY_CONTROL_TOKEN: 'a-token-of-our-own' });
  await later.says(/control API/);
  expect(left().token).toBe('a-token-of-our-own');
  await first.stop();
  expect(left().token).toBe('a-token-of-our-own');
});

it('without it there is none; with --json its URL is told, its token is not', async () => {
  const child = start([]);
  await child.says(/try: curl/);
  expect(existsSync(file())).toBe(false);
  const told = start(['--json', '--control-port', '0']);
  const [line] = await told.says(/^\{.*\}$/m);
  expect(JSON.parse(line)).toMatchObject({ control: { url: left().url } });
  expect(line).not.toContain(left().token);
  expect(await start(['--control-port', 'x']).ended).toBe(2);
});
