import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { dump, load } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderReport, type Published } from './gateway-api-page.ts';
import {
  dated,
  isTest,
  outcomesOf,
  profilesOf,
  supportOf,
  type CaseResult,
  type Features,
  type Outcome,
  type SuiteGroup,
} from './gateway-api-report.ts';
import { conformanceFolder, runCases } from './run-cases.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');
const { digest, features, published } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'gateway-api-tests.json'), 'utf8')) as {
  /** SHA-256 of the cases that the kept report was made from. */
  readonly digest: string;
  readonly features: Features;
  readonly published: Published;
};
const exempt = JSON.parse(readFileSync(path.join(import.meta.dirname, 'exemptions.json'), 'utf8')) as Readonly<Record<string, string>>;
const cases = path.join(conformanceFolder, 'cases/gateway-api.json');

describe.skipIf(!existsSync(cases))('the conformance report of the Gateway API', () => {
  let outcomes = new Map<string, Outcome>();
  let groups: readonly SuiteGroup[] = [];
  let source = '';
  let same = false;
  beforeAll(async () => {
    const text = readFileSync(cases, 'utf8');
    same = createHash('sha256').update(text).digest('hex') === digest;
    const suite = JSON.parse(text) as { readonly source: string; readonly groups: readonly SuiteGroup[] };
    ({ groups, source } = suite);
    outcomes = outcomesOf(groups, (await runCases('run.mjs', ['--jobs', '3', cases])).results as readonly CaseResult[], exempt);
  }, 300_000);

  it('knows the features of every test', () => {
    const names = groups.filter(isTest).map(({ name }) => name);
    // Other cases than those that the report was made from may have tests that it does not know.
    expect(same ? names.sort() : Object.keys(features).sort()).toEqual(Object.keys(features).sort());
  });

  it('is what the run gives', async () => {
    const report = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      gatewayAPIChannel: 'experimental',
      gatewayAPIVersion: `main@${source.slice(source.lastIndexOf('@') + 1).slice(0, 12)}`,
      implementation: {
        contact: ['the issues of the project'],
        organization: 'devgateway',
        project: 'devgateway',
        url: 'npm:devgateway',
        version: 'main',
      },
      kind: 'ConformanceReport',
      mode: 'default',
      profiles: profilesOf(outcomes, features),
    };
    const kept = path.join(docs, 'gateway-api-conformance.yaml');
    if (!same) return expect([...outcomes].filter(([, outcome]) => outcome === 'failed')).toEqual([]);
    await expect(
      dump(dated(report, existsSync(kept) ? load(readFileSync(kept, 'utf8')) : {}), { sortKeys: true, lineWidth: -1 }),
    ).toMatchFileSnapshot(kept);
    await expect(renderReport(report.profiles, outcomes, features, published)).toMatchFileSnapshot(path.join(docs, 'gateway-api-conformance.md'));
  });
});

it('keeps the day on which a report became what it is, whatever the order of its members', () => {
  const kept = { kind: 'ConformanceReport', profiles: [{ name: 'A', core: { result: 'success' } }], date: '2001-02-03T00:00:00Z' };
  const report = { profiles: [{ core: { result: 'success' }, name: 'A' }], kind: 'ConformanceReport' };
  expect(dated(report, kept)).toEqual(kept);
  expect(dated({ ...report, profiles: [] }, kept)).not.toMatchObject({ date: kept.date });
  expect(dated(report, {})).toHaveProperty('date');
});

describe('a test of the suite', () => {
  const groups = ['A', 'B', 'C', 'D'].map((name) => ({ name, source: `conformance/tests/${name}.go:1` }));
  const results = (
    [
      ['A', 'passed'],
      ['A', 'skipped'],
      ['B', 'failed'],
      ['B', 'passed'],
      ['C', 'skipped'],
      ['D', 'passed'],
      ['spec table', 'failed'],
    ] as const
  ).map(([group, outcome]): CaseResult => ({ suite: 's', group, case: 'one', outcome }));
  const needs: Features = {
    A: ['Gateway', 'HTTPRoute'],
    B: ['Gateway', 'HTTPRoute', 'HTTPRouteCORS'],
    C: ['Gateway', 'HTTPRoute', 'ReferenceGrant'],
    D: ['Gateway', 'GRPCRoute', 'HTTPRoute'],
  };

  it('fails by one case, passes by those that ran, and is skipped where none did', () => {
    const all: CaseResult[] = [
      ...results,
      { suite: 's', group: 'D', case: 'advised', outcome: 'failed', advisory: true },
      { suite: 's', group: 'A', case: 'wrong', outcome: 'failed' },
    ];
    const exemptions = { 's / A / wrong': 'no gateway can pass it' };
    expect([...outcomesOf([...groups, { name: 'spec table', source: 'apis/v1' }], all, exemptions)]).toEqual([
      ['A', 'passed'],
      ['B', 'failed'],
      ['C', 'skipped'],
      ['D', 'passed'],
    ]);
  });
  it('belongs to the profiles that have all its features, and is extended by one that is', () => {
    const [http, grpc] = profilesOf(outcomesOf(groups, results), needs);
    expect(http?.core).toEqual({ result: 'partial', statistics: { Failed: 0, Passed: 1, Skipped: 1 }, skippedTests: ['C'] });
    expect(http?.extended).toMatchObject({ result: 'failure', failedTests: ['B'], supportedFeatures: [], unsupportedFeatures: ['HTTPRouteCORS'] });
    expect(grpc?.core.statistics).toEqual({ Failed: 0, Passed: 0, Skipped: 0 });
  });
  it('says nothing of a feature where it could not be run', () => {
    expect(supportOf('ReferenceGrant', outcomesOf(groups, results), needs)).toBe('skipped');
  });
});
