import { inspect } from '../gateway/inspect.ts';
import { renderDiagnostics } from '../report/diagnostics.ts';
import { renderFidelity } from '../report/fidelity.ts';
import { renderStatuses } from '../report/statuses.ts';
import type { CommandLine } from './arguments.ts';
import { loadRequestOf } from './configuration.ts';
import { textsIn } from './texts.ts';
import { paintOf, type Terminal } from './terminal.ts';

/** Reads and links without serving. Exit code 1 where there is an error. */
export async function check(line: CommandLine, terminal: Terminal): Promise<number> {
  const { texts, statuses, ...report } = await inspect(loadRequestOf(line, terminal));
  const failed = report.diagnostics.some((one) => one.severity === 'error');
  if (line.json) {
    // Only where there is a control plane that would say something.
    terminal.out(JSON.stringify(statuses.length === 0 ? report : { ...report, statuses }));
    return failed ? 1 : 0;
  }
  const paint = paintOf(terminal, line);
  if (report.diagnostics.length > 0) terminal.out(`${renderDiagnostics(report.diagnostics, textsIn(terminal.folder, texts), paint)}\n`);
  for (const { file, dialect } of report.sources) terminal.out(`read ${file} (${dialect})`);
  if (!line.quiet && report.sources.length > 0) {
    terminal.out(`${report.routes.length} routes`);
    if (statuses.length > 0) terminal.out(renderStatuses(statuses, paint));
    terminal.out(renderFidelity(report.fidelity, paint));
  }
  return failed ? 1 : 0;
}
