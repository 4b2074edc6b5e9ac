import { supportOf, type Features, type Outcome, type ProfileReport } from './gateway-api-report.ts';

/** Features that the published reports of others say they support. */
export type Published = Readonly<Record<string, readonly string[]>>;

const introduction = `What the conformance tests of the Gateway API ask of a data plane, asked of devgateway: each request of a test, with its manifests, is sent
to a gateway that reads them, and its answer and what the backends saw are compared. [The report](gateway-api-conformance.yaml) has the form of the one that the suite writes, which is the one
that implementations publish. Both are made by \`npx vitest run test/conformance/gateway-api-report.test.ts -u\`; nobody writes them by hand.

**Not run**: the suite itself, which needs a cluster. The conditions and reasons that it reads from the status of objects are judged by unit tests of this project
([what \`check\` says](gateway-api.md)), and tests that look at nothing else (such as \`GatewayModifyListeners\` or \`HTTPRouteObservedGenerationBump\`) are not counted here, neither as passed nor as skipped: so there
are fewer tests in a profile than in a published report. A test of which no request could be sent is skipped, by name. A case that no gateway can pass is left out: its name and the
reason stand in [exemptions.json](../test/conformance/exemptions.json).`;

const mark: Readonly<Record<Outcome, string>> = { passed: 'passes', failed: 'fails', skipped: 'not run' };
const count = (values: Iterable<Outcome>, outcome: Outcome): number => [...values].filter((one) => one === outcome).length;
const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** For people: what the report says, beside what others have published. */
export function renderReport(
  reports: readonly ProfileReport[],
  outcomes: ReadonlyMap<string, Outcome>,
  features: Features,
  published: Published,
): string {
  const others = Object.entries(published);
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
    [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
  const profiles = reports.flatMap(({ name, core, extended }) =>
    [['core', core] as const, ['extended', extended] as const].map(([level, { statistics }]) => [
      name,
      level,
      statistics.Passed,
      statistics.Failed,
      statistics.Skipped,
    ]),
  );
  const core = new Set(['Gateway', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'ReferenceGrant']);
  const optional = [...new Set([...Object.values(features).flat(), ...others.flatMap(([, theirs]) => theirs)])]
    .filter((one) => !core.has(one))
    .sort();
  const support = optional.map((feature) => {
    const tested = Object.values(features).some((all) => all.includes(feature));
    return [
      `\`${feature}\``,
      tested ? mark[supportOf(feature, outcomes, features)] : 'no test',
      ...others.map(([, theirs]) => (theirs.includes(feature) ? 'passes' : '')),
    ];
  });
  const which = (outcome: Outcome): string[] => [...outcomes].filter(([, one]) => one === outcome).map(([test]) => test);
  const [failed, skipped] = [which('failed'), which('skipped')];
  return [
    '# Conformance to the Gateway API',
    introduction,
    `## Profiles\n\n${table(['profile', 'level', 'passed', 'failed', 'skipped'], profiles)}`,
    `Of ${outcomes.size} tests ${count(outcomes.values(), 'passed')} pass. A test may belong to no profile (\`BackendTLSPolicyGRPCRoute\`, \`BackendTLSPolicyTLSRouteTerminate\`): it is counted here alone.`,
    ...(failed.length === 0 ? [] : [`Fail: ${quoted(failed)}.`]),
    ...(skipped.length === 0 ? [] : [`Not run, since there is no case that can be: ${quoted(skipped)}.`]),
    `## Extended features\n\nBeside the newest published reports (for v1.6, \`conformance/reports\` of the project). *not run*: no request of its tests could be sent; *no test*: none of those that send requests needs it.\n\n${table(
      ['feature', 'devgateway', ...others.map(([name]) => name)],
      support,
    )}`,
  ]
    .join('\n\n')
    .concat('\n');
}
