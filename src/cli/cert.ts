import { localAuthority } from '../transport/local-ca/authority.ts';
import { authorityFolder } from '../transport/local-ca/folder.ts';
import type { CommandLine } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/** Exports the certificate of the local authority: stdout carries the PEM alone. */
export async function cert(line: CommandLine, terminal: Terminal): Promise<number> {
  const { certificate, file } = localAuthority(authorityFolder(terminal.folder, terminal.env));
  if (line.json) terminal.out(JSON.stringify({ certificate, file }));
  else {
    terminal.out(certificate.trimEnd());
    if (!line.quiet && file !== null) terminal.err(`kept in ${file}; for Node: NODE_EXTRA_CA_CERTS=${file}`);
  }
  return 0;
}
