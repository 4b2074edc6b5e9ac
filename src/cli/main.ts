import { existsSync } from 'node:fs';
import path from 'node:path';
import { standardInput } from '../sources/files.ts';
import { readCommandLine, wrongUsage, type CommandLine, type CommandName } from './arguments.ts';
import { failure } from './failure.ts';
import { processTerminal, type Terminal } from './terminal.ts';

type Command = (line: CommandLine, terminal: Terminal) => Promise<number>;

/** A command is loaded when it is run: `start` pays for nothing else. */
const load = async (name: CommandName): Promise<Command> =>
  name === 'start' ? (await import('./start.ts')).start : (await import('./other-commands.ts'))[name];

/** `-` among the configurations is what comes by standard input. */
async function withInput(line: CommandLine, terminal: Terminal): Promise<CommandLine> {
  if (!line.positionals.includes(standardInput)) return line;
  if (terminal.input !== null)
    throw wrongUsage('nothing comes by standard input', 'pipe a configuration into it: helm template . | devgateway start -');
  return { ...line, input: await terminal.readInput() };
}

/** Runs a command line. Answers the exit code: 0 ok, 1 a run-time failure or a failed check, 2 wrong usage. */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const given = { noColor: argv.includes('--no-color'), json: argv.includes('--json'), debug: argv.includes('--debug') };
  try {
    const line = readCommandLine(argv, (name) => existsSync(path.resolve(terminal.folder, name)));
    if (line.version) {
      terminal.out((await import('./version.ts')).version());
      return 0;
    }
    const run = await load(line.help ? 'help' : line.command);
    return await run(await withInput(line, terminal), terminal);
  } catch (error) {
    return failure(error, given, terminal);
  }
}
