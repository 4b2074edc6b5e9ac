import type { Gateway } from '../gateway/types.ts';
import { renderRoutes } from '../report/route-table.ts';
import type { CommandLine } from './arguments.ts';
import { failure } from './failure.ts';
import { placeOf } from './place-of.ts';
import type { Terminal } from './terminal.ts';

export interface KeyContext {
  readonly gateway: Gateway;
  readonly line: CommandLine;
  readonly terminal: Terminal;
  readonly quit: () => void;
}

/** Single keys while `start` runs in a terminal. Answers how to give the terminal back. */
export function listenForKeys(input: NodeJS.ReadStream, context: KeyContext): () => void {
  const listener = (data: Buffer): void => {
    for (const key of data.toString('utf8')) void press(key, context);
  };
  input.setRawMode(true);
  input.resume();
  input.on('data', listener);
  return () => {
    input.off('data', listener);
    input.setRawMode(false);
    input.pause();
  };
}

export async function press(key: string, { gateway, line, terminal, quit }: KeyContext): Promise<void> {
  // A raw terminal sends Ctrl-C and Ctrl-D as characters, not as signals.
  if (key === 'q' || key === '\u0003' || key === '\u0004') return quit();
  if (key === 'h') terminal.out('h help, r reload, u urls, o routes, c clear, q quit');
  else if (key === 'u') terminal.out(gateway.listeners.map((one) => `${one.url}  ${placeOf(one)}`).join('\n'));
  else if (key === 'o') terminal.out(renderRoutes(gateway.routes) || 'no routes');
  else if (key === 'c') terminal.out('\u001B[2J\u001B[3J\u001B[H');
  else if (key === 'r') {
    try {
      await gateway.reload();
      terminal.out(`reloaded: ${gateway.routes.length} routes`);
    } catch (error) {
      failure(error, line, terminal);
    }
  }
}
