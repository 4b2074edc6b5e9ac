import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { Deps, FaultBookKind, LinkedFaultBook } from '../../src/engine/kit.ts';
import { load } from '../../src/gateway/load.ts';
import type { CoreFaultKind, FaultDetails, Wording } from '../../src/model/fault.ts';
import { root, sourceFiles } from './source-files.ts';

/** One of each, with what a client must never see in the last. */
const samples: FaultDetails = {
  'bad-request': { reason: 'r' },
  'method-unknown': { method: 'M' },
  'target-too-long': { limit: 1 },
  'header-too-large': { limit: 1 },
  'body-too-large': { limit: 1 },
  'length-required': {},
  'request-timeout': { afterMs: 1 },
  'unsupported-media-type': { type: 't' },
  'no-route': { path: '/p' },
  'method-not-allowed': { allow: ['GET'] },
  unauthenticated: { scheme: 'Bearer', reason: 'r', missing: true },
  forbidden: { reason: 'r' },
  'rate-limited': { limit: 1, remaining: 0, retryAfterMs: 1 },
  'upstream-unmapped': { upstream: 'u' },
  'upstream-unresolved': { upstream: 'u', hostname: 'h' },
  'upstream-unreachable': { upstream: 'u', reason: 'r' },
  'upstream-connect-timeout': { upstream: 'u', afterMs: 1 },
  'upstream-timeout': { upstream: 'u', afterMs: 1 },
  'upstream-reset': { upstream: 'u', reason: 'r' },
  'upstream-malformed': { upstream: 'u', reason: 'r' },
  'too-many-jumps': { limit: 1 },
  'not-implemented': { what: 'w' },
  internal: { cause: new Error('the inside of the program') },
};
const fixtures: Readonly<Record<string, string>> = {
  native: 'native/everything.yaml',
  kong: 'kong/everything.yml',
  nginx: 'nginx/everything.conf',
  'aws-rest': 'aws-rest/everything.yaml',
  'aws-http': 'aws-http/everything.yaml',
  'gateway-api': 'gateway-api/everything.yaml',
};
const deps = { random: () => 0.5, clock: { now: () => 0 } } as unknown as Deps;

async function bookOf(dialect: string): Promise<LinkedFaultBook> {
  const one = await dialects.find(({ name }) => name === dialect)?.behaviour();
  const config = path.join(root, 'fixtures', fixtures[dialect] ?? '');
  const { gateway } = await load({ config, dialect, folder: root, options: { variables: {}, env: {} } }, dialects);
  const { kind, options } = gateway.sites[0]?.faults ?? { kind: '', options: null };
  const book = one?.kit.faultBooks?.find((each) => each.kind === kind) as FaultBookKind<unknown> | undefined;
  if (book === undefined) throw new Error(`${dialect} has no fault book`);
  return book.build(options, deps);
}

/** The faults that a book has no words for, or words that no answer can be made of. */
function unworded(book: LinkedFaultBook): string[] {
  return (Object.keys(samples) as CoreFaultKind[]).filter((kind) => {
    const word = book.core[kind] as ((detail: unknown, exchange: null) => Wording) | undefined;
    const wording = word?.(samples[kind], null);
    return wording === undefined || wording.status < 400 || wording.status > 599 || wording.headers.length % 2 !== 0;
  });
}

describe('fault books', () => {
  it('are there for every dialect', () => {
    expect(Object.keys(fixtures).sort()).toEqual(dialects.map(({ name }) => name).sort());
  });

  it.each(Object.keys(fixtures))('%s words every fault, and tells no client of our inside', async (dialect) => {
    const book = await bookOf(dialect);
    expect(unworded(book)).toEqual([]);
    expect(JSON.stringify(book.core.internal(samples.internal, null))).not.toContain('inside of the program');
  });

  it.each(Object.keys(fixtures))('%s words every fault of its own that its sources raise', async (dialect) => {
    const files = [...sourceFiles(path.join(root, 'src/dialects', dialect)).values()];
    const raised = new Set(files.flatMap((text) => [...text.matchAll(/ownFault\(\s*'([^']+)'/g)].map((match) => match[1] as string)));
    const { own } = await bookOf(dialect);
    expect([...raised].filter((kind) => !(kind in own))).toEqual([]);
  });

  it('a book that forgets one is found out', async () => {
    const book = await bookOf('native');
    const { 'no-route': _, ...rest } = book.core;
    expect(unworded({ ...book, core: rest as LinkedFaultBook['core'] })).toEqual(['no-route']);
  });
});
