import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fc } from '../../properties.ts';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';
import { stackOfServerless } from './read.ts';

const everything: unknown = parse(readFileSync(path.resolve(import.meta.dirname, '../../../fixtures/aws-serverless/everything.yml'), 'utf8'), {
  logLevel: 'silent',
});

type Step = string | number;
const placesIn = (value: unknown, at: readonly Step[] = []): (readonly Step[])[] => {
  if (typeof value !== 'object' || value === null) return [at];
  const keys: Step[] = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [at, ...keys.flatMap((key) => placesIn((value as Record<Step, unknown>)[key], [...at, key]))];
};
const replaced = (value: unknown, [step, ...rest]: readonly Step[], by: unknown): unknown => {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((one, index) => (index === step ? replaced(one, rest, by) : (one as unknown)));
  return { ...(value as object), [step]: replaced((value as Record<Step, unknown>)[step], rest, by) };
};

const places = placesIn(everything).filter((one) => one.length > 0);
const junk = fc.oneof(
  fc.constantFrom(
    null,
    '',
    true,
    false,
    0,
    -1,
    1e9,
    [],
    {},
    [null],
    [[]],
    { Ref: 'X' },
    { 'Fn::GetAtt': ['X', 'Arn'] },
    { 'Fn::Sub': '${' },
    'arn:',
    '*',
    '{',
    '__proto__',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

it('a configuration with anything in any place is read or refused, and never breaks the reader', () => {
  fc.assert(
    fc.property(fc.constantFrom(...places), junk, (place, by) => {
      const { resources } = stackOfServerless(JSON.stringify(replaced(everything, place, by)));
      expect(resources).toBeTypeOf('object');
    }),
    { numRuns: 400 },
  );
}, 60_000);

it('and neither the gateway behind it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), junk, async (place, by) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-hostile-'));
      writeFileSync(path.join(folder, 'serverless.json'), JSON.stringify(replaced(everything, place, by)));
      try {
        const gateway = await createGateway({ config: path.join(folder, 'serverless.json'), logLevel: 'silent', port: 0 });
        await gateway.close();
      } catch (error) {
        expect((error as Error).name).toBe('DevgatewayError');
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
