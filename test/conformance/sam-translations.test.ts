import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import { load } from '../../src/gateway/load.ts';

const folder = path.resolve(import.meta.dirname, '../../../shared/conformance/translations');
const list = path.join(folder, 'sam.json');
interface Pair {
  readonly name: string;
  readonly input: string;
  readonly output: string;
}
const { pairs } = (existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : { pairs: [] }) as { readonly pairs: readonly Pair[] };
/** Pairs whose models differ, each with the reason. */
const exempt = JSON.parse(readFileSync(path.join(import.meta.dirname, 'sam-exemptions.json'), 'utf8')) as Readonly<Record<string, string>>;
const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-sam-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a template is compiled to, without the places of its parts and what is said of them for people. */
async function model(name: string, text: string): Promise<unknown> {
  const at = mkdtempSync(path.join(scratch, 'pair-'));
  writeFileSync(path.join(at, name), text);
  const { gateway } = await load({ config: name, dialect: undefined, folder: at, options: { variables: {}, env: {} } }, dialects);
  return sorted(gateway.sites.map((site) => stripped({ ...site, id: '', routes: sorted(site.routes) })));
}

/** A deployment makes a stage of its own (`Stage`): the stages that are asked for are looked at first, as they stand in the input. */
function stagesFirst(text: string): string {
  const template = JSON.parse(text) as { readonly Resources: Readonly<Record<string, { readonly Type: string }>> };
  const late = ({ Type }: { readonly Type: string }): boolean => Type === 'AWS::ApiGateway::Deployment';
  const resources = Object.entries(template.Resources);
  const ordered = [...resources.filter(([, one]) => !late(one)), ...resources.filter(([, one]) => late(one))];
  return JSON.stringify({ ...template, Resources: Object.fromEntries(ordered) });
}

/** Lists whose order is that of the keys of a map: the translator's outputs have them in another order. */
const unordered = new Set(['headers', 'parameters', 'requestParameters', 'responses']);
function stripped(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((one) => stripped(one));
    return unordered.has(key) ? sorted(items) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, one]) => name !== 'origin' && name !== 'label' && one !== undefined);
  return Object.fromEntries(kept.map(([name, one]) => [name, stripped(one, name)]));
}
const sorted = (values: readonly unknown[]): unknown[] =>
  values
    .map((value) => [JSON.stringify(stripped(value)), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);

describe.skipIf(pairs.length === 0)('SAM templates are served as what the translator makes of them', () => {
  mkdirSync(scratch, { recursive: true });
  it.each(pairs)('$name', async ({ name, input, output }) => {
    const [template, translated] = [input, output].map((file) => readFileSync(path.join(folder, file), 'utf8')) as [string, string];
    const ours = await model('template.yaml', template);
    const theirs = await model('template.json', stagesFirst(translated));
    if (name in exempt) expect(ours).not.toEqual(theirs);
    else expect(ours).toEqual(theirs);
  });

  it('exempts at most 2 % of the pairs, each by name and reason', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(176);
    expect(Object.keys(exempt).length).toBeLessThanOrEqual(pairs.length * 0.02);
    for (const [name, reason] of Object.entries(exempt)) {
      expect(pairs.map((pair) => pair.name)).toContain(name);
      expect(reason.length, name).toBeGreaterThan(20);
    }
  });
});
