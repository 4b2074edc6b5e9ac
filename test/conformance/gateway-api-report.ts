import { isDeepStrictEqual } from 'node:util';

/** A case of the runner that lies beside the project. */
export interface CaseResult {
  readonly suite: string;
  readonly group: string;
  readonly case: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly advisory?: boolean;
}
export interface SuiteGroup {
  readonly name: string;
  readonly source: string;
}
/** `failed`: one of its cases fails. `skipped`: it has no case that the runner can run. */
export type Outcome = 'passed' | 'failed' | 'skipped';
/** What the tests of the Gateway API need, as they say themselves. */
export type Features = Readonly<Record<string, readonly string[]>>;

interface Status {
  readonly result: 'success' | 'partial' | 'failure';
  readonly statistics: { readonly Failed: number; readonly Passed: number; readonly Skipped: number };
  readonly failedTests?: readonly string[];
  readonly skippedTests?: readonly string[];
}
export interface ProfileReport {
  readonly core: Status;
  readonly extended: Status & { readonly supportedFeatures: readonly string[]; readonly unsupportedFeatures?: readonly string[] };
  readonly name: string;
  readonly summary: string;
}

/** Source: the conformance suite of the Gateway API, profiles. */
const profiles = {
  'GATEWAY-HTTP': { core: ['Gateway', 'HTTPRoute', 'ReferenceGrant'], extended: /^(?:Gateway|ListenerSet|HTTPRoute|BackendTLSPolicy)/ },
  'GATEWAY-GRPC': { core: ['Gateway', 'GRPCRoute', 'ReferenceGrant'], extended: /^(?:Gateway|ListenerSet|GRPCRoute)/ },
  'GATEWAY-TLS': { core: ['Gateway', 'TLSRoute', 'ReferenceGrant'], extended: /^(?:Gateway|ListenerSet|TLSRoute)/ },
} as const;

/** Groups of cases that are tests of the suite, and not sentences of the specification. */
export const isTest = ({ source }: SuiteGroup): boolean => source.startsWith('conformance/tests/');

/** Cases that are advisory speak for nobody, and those that are exempt by name for themselves. */
export function outcomesOf(
  groups: readonly SuiteGroup[],
  results: readonly CaseResult[],
  exempt: Readonly<Record<string, string>> = {},
): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>(groups.filter(isTest).map(({ name }) => [name, 'skipped']));
  for (const one of results) {
    const judged = outcomes.has(one.group) && one.advisory !== true && one.outcome !== 'skipped' && !(nameOf(one) in exempt);
    if (judged && outcomes.get(one.group) !== 'failed') outcomes.set(one.group, one.outcome);
  }
  return outcomes;
}

const nameOf = (one: CaseResult): string => `${one.suite} / ${one.group} / ${one.case}`;

/** A feature is supported where a test that needs it passes and none fails; where none could be run, nothing is said of it. */
export function supportOf(feature: string, outcomes: ReadonlyMap<string, Outcome>, features: Features): Outcome {
  const found = [...outcomes].filter(([test]) => features[test]?.includes(feature) === true).map(([, outcome]) => outcome);
  return found.includes('failed') ? 'failed' : found.includes('passed') ? 'passed' : 'skipped';
}

/** The profiles of a report, in the form that the suite itself writes. */
export function profilesOf(outcomes: ReadonlyMap<string, Outcome>, features: Features): ProfileReport[] {
  return Object.entries(profiles).map(([name, { core, extended }]): ProfileReport => {
    const isCore = (feature: string): boolean => core.some((one) => one === feature);
    const needs = (test: string): readonly string[] => features[test] ?? [];
    const mine = [...outcomes.keys()].filter((test) => needs(test).every((one) => isCore(one) || extended.test(one)));
    const optional = [...new Set(mine.flatMap(needs))].filter((one) => !isCore(one)).sort();
    const which = (outcome: Outcome): string[] => optional.filter((one) => supportOf(one, outcomes, features) === outcome);
    const coreStatus = statusOf(
      mine.filter((test) => needs(test).every(isCore)),
      outcomes,
    );
    const extendedStatus = statusOf(
      mine.filter((test) => !needs(test).every(isCore)),
      outcomes,
    );
    const unsupported = which('failed');
    return {
      core: coreStatus,
      extended: { ...extendedStatus, supportedFeatures: which('passed'), ...(unsupported.length === 0 ? {} : { unsupportedFeatures: unsupported }) },
      name,
      summary: `Core tests ${said(coreStatus)}. Extended tests ${said(extendedStatus)}.`,
    };
  });
}

function statusOf(tests: readonly string[], outcomes: ReadonlyMap<string, Outcome>): Status {
  const which = (outcome: Outcome): string[] => tests.filter((test) => outcomes.get(test) === outcome).sort();
  const [failed, passed, skipped] = [which('failed'), which('passed'), which('skipped')];
  return {
    result: failed.length > 0 ? 'failure' : skipped.length > 0 ? 'partial' : 'success',
    statistics: { Failed: failed.length, Passed: passed.length, Skipped: skipped.length },
    ...(failed.length === 0 ? {} : { failedTests: failed }),
    ...(skipped.length === 0 ? {} : { skippedTests: skipped }),
  };
}

function said({ result, statistics }: Status): string {
  if (result === 'success') return 'succeeded';
  return result === 'partial' ? `partially succeeded with ${statistics.Skipped} test skips` : `failed with ${statistics.Failed} test failures`;
}

/** The day of a report is that on which it became what it is. `kept`: the report as it was, read from its file. */
export function dated(report: object, kept: unknown): object {
  const { date, ...rest } = kept as { readonly date?: string };
  // As it will be read from the file: without what is undefined.
  const same = isDeepStrictEqual(rest, JSON.parse(JSON.stringify(report)));
  return { date: same && date !== undefined ? date : `${new Date().toISOString().slice(0, 10)}T00:00:00Z`, ...report };
}
