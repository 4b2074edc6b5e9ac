import { existsSync } from 'node:fs';
import path from 'node:path';
import { readCommandLine, type CommandLine, type CommandName } from './arguments.ts';
import { failure } from './failure.ts';
import { processTerminal, type Terminal } from './terminal.ts';

type Command = (line: CommandLine, terminal: Terminal) => Promise<number>;

/** Each command is loaded when it is run: start-up pays for nothing else. */
const load: Readonly<Record<CommandName, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).start,
  check: async () => (await import('./check.ts')).check,
  routes: async () => (await import('./routes.ts')).routes,
  explain: async () => (await import('./explain.ts')).explain,
  cert: async () => (await import('./cert.ts')).cert,
  init: async () => (await import('./init.ts')).init,
  completion: async () => (await import('./completion.ts')).completion,
  help: async () => (await import('./help.ts')).help,
};

/** Runs a command line. Answers the exit code: 0 ok, 1 a run-time failure or a failed check, 2 wrong usage. */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const given = { noColor: argv.includes('--no-color'), json: argv.includes('--json'), debug: argv.includes('--debug') };
  try {
    const line = readCommandLine(argv, (name) => existsSync(path.resolve(terminal.folder, name)));
    if (line.version) {
      terminal.out((await import('./version.ts')).version());
      return 0;
    }
    const run = await load[line.help ? 'help' : line.command]();
    return await run(line, terminal);
  } catch (error) {
    return failure(error, given, terminal);
  }
}
