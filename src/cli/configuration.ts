import { existsSync } from 'node:fs';
import path from 'node:path';
import type { LoadRequest } from '../gateway/load.ts';
import { standardInput } from '../sources/files.ts';
import type { CommandLine } from './arguments.ts';
import type { Terminal } from './terminal.ts';

const own = [
  'devgateway.yaml',
  'devgateway.yml',
  'devgateway.json',
  'devgateway.config.ts',
  'devgateway.config.mts',
  'devgateway.config.mjs',
  'devgateway.config.js',
];

/** What was named, else our own file in the working folder, else whatever production configuration is there. */
export function configOf(named: readonly string[], folder: string): string | readonly string[] {
  if (named.length > 0) return named;
  return own.find((name) => existsSync(path.join(folder, name))) ?? '.';
}

export function loadRequestOf(line: CommandLine, terminal: Terminal, named: readonly string[] = line.positionals): LoadRequest {
  return {
    config: configOf(named, terminal.folder),
    dialect: line.dialect,
    folder: terminal.folder,
    envFiles: line.envFiles,
    texts: line.input === undefined ? undefined : { [standardInput]: line.input },
    options: {
      ...(line.unsupported === undefined ? {} : { unsupported: line.unsupported }),
      ...(line.stage === undefined ? {} : { stage: line.stage }),
      variables: line.variables,
      env: terminal.env,
    },
  };
}
