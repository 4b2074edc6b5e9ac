import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare, type Floors } from './floors.ts';
import { conformanceFolder as folder, runCases } from './run-cases.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(path.join(import.meta.dirname, name), 'utf8'));
const { suites, smuggle } = read('floors.json') as Floors;
const exempt = read('exemptions.json') as Readonly<Record<string, string>>;

describe.skipIf(!existsSync(folder))('conformance (the cases that lie beside the project)', () => {
  it.each(Object.entries(suites))(
    '%s does not fall below its floor',
    async (suite, floor) => {
      const [name, ...only] = suite.split(' / ');
      const run = await runCases('run.mjs', [
        '--jobs',
        '3',
        ...(only.length === 0 ? [] : ['--only', only.join(' / ')]),
        path.join(folder, 'cases', `${name}.json`),
      ]);
      expect(run.escaped ?? 0, 'errors that escaped from the gateway outside any request').toBe(0);
      expect(compare(run, floor)).toBe('kept');
    },
    600_000,
  );

  it('smuggle.mjs serves nothing that must be refused', async () => {
    expect(compare(await runCases('smuggle.mjs', []), smuggle)).toBe('kept');
  }, 300_000);

  it('exempts cases by name and reason', () => {
    for (const [name, reason] of Object.entries(exempt)) {
      expect(name.split(' / ').length, name).toBeGreaterThanOrEqual(3);
      expect(reason.length, name).toBeGreaterThan(20);
    }
  });
});

describe('a floor', () => {
  it('is broken by one case fewer', () => {
    expect(compare({ passed: 9, failed: 1 }, { passed: 10, of: 10 })).toMatch(/below/);
  });
  it('must be raised when more cases pass', () => {
    expect(compare({ passed: 10, failed: 0 }, { passed: 9, of: 10 })).toMatch(/raise/);
  });
  it('does not hold for a run that saw fewer cases', () => {
    expect(compare({ passed: 9, failed: 0 }, { passed: 9, of: 10 })).toMatch(/saw 9 of 10/);
  });
  it('is kept by the same number', () => {
    expect(compare({ passed: 9, failed: 1 }, { passed: 9, of: 10 })).toBe('kept');
  });
});
