import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import { load, type Loaded } from '../../src/gateway/load.ts';
import { DevgatewayError } from '../../src/model/error.ts';
import { othersFor } from './mutate.ts';

const fixture = readFileSync(path.resolve(import.meta.dirname, '../../fixtures/nginx/everything.conf'), 'utf8');
const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-mirrored-'));
for (const name of ['shop.pem', 'shop.key']) writeFileSync(path.join(scratch, name), `the text of ${name}`);
writeFileSync(path.join(scratch, 'users'), 'ann:{PLAIN}secret\n');
afterAll(() => rmSync(scratch, { recursive: true }));

const read = (text: string): Promise<Loaded> => {
  writeFileSync(path.join(scratch, 'nginx.conf'), text);
  return load({ config: 'nginx.conf', dialect: undefined, folder: scratch, options: { variables: {}, env: {} } }, dialects);
};
const modelOf = (loaded: Loaded): string => JSON.stringify(loaded.gateway, (key, value: unknown) => (key === 'origin' ? undefined : value));

/** The text of a directive from its name to its `;` or `{`, cut into words with their places. */
function wordsAt(text: string, line: number, column: number): { readonly word: string; readonly at: number }[] {
  const start =
    text
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length +
    (line > 1 ? 1 : 0) +
    column -
    1;
  const end = start + (/[;{]/.exec(text.slice(start).replaceAll(/"[^"]*"/g, (quoted) => ' '.repeat(quoted.length)))?.index ?? 0);
  return [...text.slice(start, end).matchAll(/"[^"]*"|[^\s"]+/g)].map((match) => ({ word: match[0], at: start + match.index }));
}

const alternatives = (word: string): string[] => {
  const bare = word.replaceAll('"', '');
  const flags: Record<string, string> = {
    on: 'off',
    off: 'on',
    any: 'all',
    all: '10.9.9.9',
    always: 'x',
    nodelay: 'delay=1',
    default_server: '',
    '1.1': '1.0',
    last: 'break',
  };
  const other = flags[bare];
  return [...(other === undefined ? [] : [other]), ...(othersFor(bare) as string[])].map((one) => (word.startsWith('"') ? `"${one}"` : one));
};

it('each directive that is called mirrored changes the model', async () => {
  const whole = await read(fixture);
  expect(whole.ledger.diagnostics).toEqual([]);
  const before = modelOf(whole);
  const changes = async (text: string): Promise<boolean> => {
    try {
      const changed = await read(text);
      return !changed.ledger.failed && modelOf(changed) !== before;
    } catch (error) {
      if (error instanceof DevgatewayError) return false;
      throw error;
    }
  };
  const found: string[] = [];
  for (const { origin, verdict } of whole.ledger.entries) {
    if (verdict !== 'mirrored') continue;
    const [name, ...args] = wordsAt(fixture, origin.line, origin.column) as [{ word: string; at: number }, ...{ word: string; at: number }[]];
    const blocks = ['http', 'server', 'types', 'location'];
    if (args.length === 0 && blocks.includes(name.word)) continue;
    const places =
      args.length === 0 ? [{ ...name, word: `${name.word};`, others: [''] }] : args.map((arg) => ({ ...arg, others: alternatives(arg.word) }));
    let effect = false;
    for (const { word, at, others } of places)
      for (const other of others) effect ||= await changes(`${fixture.slice(0, at)}${other}${fixture.slice(at + word.length)}`);
    if (!effect) found.push(`${origin.line}: ${name.word} ${args.map(({ word }) => word).join(' ')}`);
  }
  expect(found).toEqual([]);
});
