import { inspect } from '../gateway/inspect.ts';
import { DevgatewayError, type Diagnostic } from '../model/error.ts';
import { renderRoutes } from '../report/route-table.ts';
import type { CommandLine } from './arguments.ts';
import { loadRequestOf } from './configuration.ts';
import type { Terminal } from './terminal.ts';

/** The route table in matching order. */
export async function routes(line: CommandLine, terminal: Terminal): Promise<number> {
  const report = await inspect(loadRequestOf(line, terminal));
  const [first, ...rest] = report.diagnostics.filter((one) => one.severity === 'error');
  if (first !== undefined) throw new DevgatewayError([first, ...rest] as [Diagnostic, ...Diagnostic[]]);
  if (line.json) terminal.out(JSON.stringify({ sources: report.sources, routes: report.routes }));
  else terminal.out(report.routes.length === 0 ? 'no routes' : renderRoutes(report.routes));
  return 0;
}
