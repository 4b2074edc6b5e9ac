import { DevgatewayError, isUserError } from '../model/error.ts';
import { renderDiagnostics } from '../report/diagnostics.ts';
import { textsIn } from './texts.ts';
import { paintOf, type Terminal } from './terminal.ts';

/** Shows what went wrong and answers the exit code. A user's mistake is shown over their text; our own bug is one line. */
export function failure(
  error: unknown,
  options: { readonly noColor: boolean; readonly json: boolean; readonly debug: boolean },
  terminal: Terminal,
): number {
  if (isUserError(error)) {
    if (options.json) terminal.out(JSON.stringify({ diagnostics: error.diagnostics }));
    else terminal.err(renderDiagnostics(error.diagnostics, textsIn(terminal.folder), paintOf(terminal, options)));
    return error.code === 'DG1501' ? 2 : 1;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof DevgatewayError ? error.code : 'DG9002';
  terminal.err(
    options.debug
      ? (stack ?? message)
      : `internal error ${code}: ${message.split('\n')[0]}. This is a bug of devgateway; run again with --debug to see where`,
  );
  return 1;
}
