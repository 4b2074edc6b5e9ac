import { text } from 'node:stream/consumers';
import { paintFor, type Paint } from '../report/paint.ts';

/** What a command may touch of the process. Tests give their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly isTerminal: boolean;
  readonly input: NodeJS.ReadStream | null;
  /** All that comes by standard input. */
  readonly readInput: () => Promise<string>;
  /** Calls `act` when the process is asked to end. Answers how to stop listening. */
  readonly onStop: (act: () => void) => () => void;
}

export function processTerminal(): Terminal {
  // Whoever reads has enough, as in `devgateway check | head`: there is nothing more to do.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    env: process.env,
    folder: process.cwd(),
    isTerminal: process.stdout.isTTY === true,
    input: process.stdin.isTTY === true ? process.stdin : null,
    readInput: () => text(process.stdin),
    onStop(act) {
      process.on('SIGINT', act);
      process.on('SIGTERM', act);
      // A library that sees itself as the only listener ends the process at once: ours stays until all have heard the signal.
      return () =>
        void setImmediate(() => {
          process.off('SIGINT', act);
          process.off('SIGTERM', act);
        });
    },
  };
}

export const paintOf = (terminal: Terminal, options: { readonly noColor: boolean }): Paint =>
  paintFor(terminal.isTerminal && !options.noColor && (terminal.env['NO_COLOR'] ?? '') === '');
