import type { GatewayOptions } from '../gateway/types.ts';
import type { CommandLine } from './arguments.ts';
import { loadRequestOf } from './configuration.ts';
import type { Terminal } from './terminal.ts';

export function gatewayOptionsOf(line: CommandLine, terminal: Terminal, named?: readonly string[]): GatewayOptions {
  const { config, folder, envFiles = [], texts, options } = loadRequestOf(line, terminal, named);
  return {
    config,
    folder,
    envFiles,
    ...(texts === undefined ? {} : { texts }),
    ...options,
    upstreams: line.upstreams,
    ...(line.dialect === undefined ? {} : { dialect: line.dialect }),
    ...(line.port === undefined ? {} : { port: line.port }),
    ...(line.host === undefined ? {} : { host: line.host }),
    ...(line.asHost === undefined ? {} : { asHost: line.asHost }),
  };
}
