import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileNative } from '../../../src/dialects/native/compile.ts';
import { stepReaders } from '../../../src/dialects/native/read-steps.ts';
import { Ledger } from '../../../src/model/ledger.ts';
import { Files } from '../../../src/sources/files.ts';
import { Source } from '../../../src/sources/source.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly $ref?: string;
}
const schema = JSON.parse(readFileSync(new URL('../../../schema/devgateway.schema.json', import.meta.url), 'utf8')) as Schema & {
  $defs: { edits: Schema };
};

function problemsOf(source: Source): string[] {
  const ledger = new Ledger();
  compileNative({ sources: [source], files: new Files('.'), ledger, options: { variables: {}, env: {} } });
  return ledger.diagnostics.map(({ code, hint }) => `${code} ${hint}`);
}
/** The keys that the reader knows at a place: what it expects where an unknown one stands there. */
function knownAt(config: object): string[] {
  const hint = problemsOf(Source.inline(config, '')).find((one) => one.startsWith('DG1201')) ?? '';
  return hint
    .replace(/^DG1201 expected /, '')
    .replace(/ \(did you mean.*$/, '')
    .split(/, | or /)
    .sort();
}
const keysOf = (one: Schema | undefined): string[] => Object.keys(one?.properties ?? {}).sort();
const route = schema.properties?.['routes']?.items;

it('the schema and the readers know the same settings', () => {
  expect(knownAt({ zzzzzzzz: 1 })).toEqual(keysOf(schema));
  const locals = schema.properties?.['upstreams']?.additionalProperties?.oneOf ?? [];
  const container = locals.map((one) => one.properties?.['container']).find((one) => one !== undefined);
  expect(knownAt({ upstreams: { a: { zzzzzzzz: 1 } } })).toEqual(locals.flatMap(keysOf).sort());
  expect(knownAt({ upstreams: { a: { container: { zzzzzzzz: 1 } } } })).toEqual(keysOf(container));
  expect(knownAt({ upstreams: { a: { container: { wait: { zzzzzzzz: 1 } } } } })).toEqual(keysOf(container?.properties?.['wait']?.oneOf?.[1]));
  const called = schema.properties?.['upstreams']?.patternProperties?.['^function:']?.oneOf?.[1];
  expect(knownAt({ upstreams: { 'function:a': { zzzzzzzz: 1 } } })).toEqual(keysOf(called));
  const ways = called?.properties?.['function']?.oneOf ?? [];
  expect(knownAt({ upstreams: { 'function:a': { function: { zzzzzzzz: 1 } } } })).toEqual(ways.flatMap(keysOf).sort());
  expect(knownAt({ limits: { zzzzzzzz: 1 } })).toEqual(keysOf(schema.properties?.['limits']));
  expect(knownAt({ listeners: [{ zzzzzzzz: 1 }] })).toEqual(keysOf(schema.properties?.['listeners']?.items));
  expect(knownAt({ consumers: [{ zzzzzzzz: 1 }] })).toEqual(keysOf(schema.properties?.['consumers']?.items));
  expect(knownAt({ routes: [{ zzzzzzzz: 1 }] })).toEqual(keysOf(route));
  expect(knownAt({ routes: [{ match: { zzzzzzzz: 1 } }] })).toEqual(keysOf(route?.properties?.['match']));
  expect(knownAt({ routes: [{ upstream: { zzzzzzzz: 1 } }] })).toEqual(keysOf(route?.properties?.['upstream']?.oneOf?.[1]));
  expect(keysOf(route?.properties?.['steps']?.items)).toEqual(Object.keys(stepReaders).sort());
});

it.each(Object.keys(stepReaders))('the schema and the reader know the same settings of %s', (name) => {
  const written = route?.properties?.['steps']?.items?.properties?.[name];
  const whole = written?.$ref === undefined ? written : schema.$defs.edits;
  const map = whole?.properties === undefined ? whole?.oneOf?.find((one) => one.properties !== undefined) : whole;
  if (map === undefined) return;
  // Which settings a limit has depends on its algorithm.
  const variants = name === 'rateLimit' ? ['fixed-window', 'token-bucket', 'quota'].map((algorithm) => ({ algorithm, limit: 1 })) : [{}];
  const known = variants.flatMap((variant) => knownAt({ routes: [{ steps: [{ [name]: { zzzzzzzz: 1, ...variant } }] }] }));
  expect([...new Set(known)].sort()).toEqual(keysOf(map));
});
