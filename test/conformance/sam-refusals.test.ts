import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import { load } from '../../src/gateway/load.ts';
import type { Diagnostic } from '../../src/model/error.ts';

const folder = path.resolve(import.meta.dirname, '../../../shared/conformance/translations');
const list = path.join(folder, 'sam.json');
interface Refused {
  readonly name: string;
  readonly input: string;
}
const { errors } = (existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : { errors: [] }) as { readonly errors: readonly Refused[] };
/** What SAM's translator refuses and is taken here, each with the reason. */
const taken = JSON.parse(readFileSync(path.join(import.meta.dirname, 'sam-refusals.json'), 'utf8')) as Readonly<Record<string, string>>;
const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-sam-refused-'));
afterAll(() => rmSync(scratch, { recursive: true }));

async function refusalsOf(name: string, text: string): Promise<Diagnostic[]> {
  writeFileSync(path.join(scratch, `${name}.yaml`), text);
  const { ledger } = await load({ config: `${name}.yaml`, dialect: undefined, folder: scratch, options: { variables: {}, env: {} } }, dialects);
  return ledger.diagnostics.filter(({ severity }) => severity === 'error');
}

describe.skipIf(errors.length === 0)('what the translator of SAM refuses', () => {
  it.each(errors)('$name', async ({ name, input }) => {
    const refusals = await refusalsOf(name, readFileSync(path.join(folder, input), 'utf8'));
    if (name in taken) expect(refusals).toEqual([]);
    else expect(refusals[0]).toMatchObject({ file: expect.stringMatching(`${name}.yaml$`), line: expect.any(Number) });
  });

  it('is taken only by name and for a reason', () => {
    expect(errors.length).toBeGreaterThanOrEqual(95);
    for (const [name, reason] of Object.entries(taken)) {
      expect(errors.map((one) => one.name)).toContain(name);
      expect(reason.length, name).toBeGreaterThan(20);
    }
  });
});
