import { inspect } from '../gateway/inspect.ts';
import { DevgatewayError, type Diagnostic } from '../model/error.ts';
import { renderRoutes } from '../report/route-table.ts';
import { renderConditions } from '../report/statuses.ts';
import type { CommandLine } from './arguments.ts';
import { loadRequestOf } from './configuration.ts';
import type { Terminal } from './terminal.ts';

/** The route table in matching order. */
export async function routes(line: CommandLine, terminal: Terminal): Promise<number> {
  const report = await inspect(loadRequestOf(line, terminal));
  const [first, ...rest] = report.diagnostics.filter((one) => one.severity === 'error');
  if (first !== undefined) throw new DevgatewayError([first, ...rest] as [Diagnostic, ...Diagnostic[]]);
  const { sources, routes: table, statuses } = report;
  const own = statuses.filter(({ about }) => about === 'route');
  if (line.json) terminal.out(JSON.stringify({ sources, routes: table, ...(own.length === 0 ? {} : { statuses: own }) }));
  else {
    terminal.out(table.length === 0 ? 'no routes' : renderRoutes(table));
    const unserved = own.filter(({ served }) => !served);
    if (unserved.length > 0) terminal.out(`not served:\n${renderConditions(unserved)}`);
  }
  return 0;
}
