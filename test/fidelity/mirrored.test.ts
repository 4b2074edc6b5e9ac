import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { Behaviour, Dialect } from '../../src/dialects/dialect.ts';
import { load, type Loaded } from '../../src/gateway/load.ts';
import { DevgatewayError } from '../../src/model/error.ts';
import { documentOf, othersFor, replacedAt, textOf, valueAt } from './mutate.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-mirrored-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const read = (name: string, text: string, from: readonly Dialect[] = dialects): Promise<Loaded> => {
  writeFileSync(path.join(scratch, name), text);
  return load({ config: name, dialect: undefined, folder: scratch, options: { variables: {}, env: {} } }, from);
};
/** What a configuration comes to, whatever the places in it. */
const modelOf = (loaded: Loaded): string => JSON.stringify(loaded.gateway, (key, value: unknown) => (key === 'origin' ? undefined : value));

/** Leaves that are called mirrored of which some other value is taken, and none changes anything. */
async function withoutEffect(name: string, text: string, from: readonly Dialect[] = dialects): Promise<string[]> {
  const document = documentOf(text);
  const whole = await read(name, textOf(document), from);
  expect(whole.ledger.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  const before = modelOf(whole);
  const found: string[] = [];
  for (const { origin, verdict } of whole.ledger.entries) {
    const value = valueAt(document, origin.pointer);
    if (verdict !== 'mirrored' || value === undefined || value === null || typeof value === 'object') continue;
    if (await isWithoutEffect(name, document, origin.pointer, before, from)) found.push(`${origin.pointer} = ${JSON.stringify(value)}`);
  }
  return found;
}

async function isWithoutEffect(
  name: string,
  document: ReturnType<typeof documentOf>,
  pointer: string,
  before: string,
  from: readonly Dialect[],
): Promise<boolean> {
  let taken = false;
  for (const other of othersFor(valueAt(document, pointer) ?? null)) {
    try {
      const changed = await read(name, textOf(replacedAt(document, pointer, other)), from);
      if (changed.ledger.failed) continue;
      taken = true;
      const { verdict } = changed.ledger.entries.find((one) => one.origin.pointer === pointer) ?? { verdict: 'unknown' };
      // Where the other value is called something else than mirrored, the reader has told them apart.
      if (verdict !== 'mirrored' || modelOf(changed) !== before) return false;
    } catch (error) {
      if (!(error instanceof DevgatewayError)) throw error;
    }
  }
  return taken;
}

describe('each leaf that is called mirrored changes the model', () => {
  it.each([
    ['native/everything.yaml', 'devgateway.yaml'],
    ['kong/everything.yml', 'kong.yml'],
    ['kong/authentication.yml', 'kong.yml'],
    ['kong/editing.yml', 'kong.yml'],
    ['kong/telemetry.yml', 'kong.yml'],
    ['aws-rest/everything.yaml', 'template.yaml'],
    ['aws-rest/guards.yaml', 'template.yaml'],
    ['aws-rest/stages.yaml', 'template.yaml'],
    ['aws-http/everything.yaml', 'template.yaml'],
    ['gateway-api/everything.yaml', 'manifests.yaml'],
  ])(
    '%s',
    async (fixture, name) => {
      expect(await withoutEffect(name, readFileSync(path.join(fixtures, fixture), 'utf8'))).toEqual([]);
    },
    60_000,
  );

  it('and a reader that settles what it does not use is found out', async () => {
    const behaviour: Behaviour = {
      kit: {},
      compile({ sources, ledger }) {
        for (const source of sources) {
          const root = source.settings(ledger, 'liar');
          root.get('used').string();
          root.get('unused').string();
        }
        return { sites: [], upstreams: { a: { url: sources[0]?.settings(ledger, 'liar').get('used').string() ?? '' } } };
      },
    };
    const liar: Dialect = { name: 'liar', recognises: (source) => source.basename === 'liar.yaml', behaviour: async () => behaviour };
    expect(await withoutEffect('liar.yaml', 'used: a\nunused: b\n', [liar])).toEqual(['/unused = "b"']);
  });
});
