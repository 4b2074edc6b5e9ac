import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from '../gateway/inspect.ts';
import { DevgatewayError, diagnosticAt } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';
import type { CommandLine } from './arguments.ts';
import { loadRequestOf } from './configuration.ts';
import type { Terminal } from './terminal.ts';

const name = 'devgateway.yaml';

/** Writes a commented devgateway.yaml that includes the production configuration found here. Overwrites nothing without --force. */
export async function init(line: CommandLine, terminal: Terminal): Promise<number> {
  const file = path.join(terminal.folder, name);
  if (existsSync(file) && !line.force) {
    throw new DevgatewayError(diagnosticAt('DG1206', { ...nowhere, file: name }, 'is there already', 'overwrite it with --force'));
  }
  const request = loadRequestOf(line, terminal);
  const found = await inspect({ ...request, config: line.positionals.length > 0 ? line.positionals : '.' });
  const included = found.sources.filter((one) => path.basename(one.file) !== name);
  writeFileSync(
    file,
    contentOf(
      included.map((one) => one.file),
      [...new Set(found.routes.map((one) => one.upstream).filter((one) => one !== ''))],
    ),
  );
  if (line.json) terminal.out(JSON.stringify({ file: name, included }));
  else
    terminal.out(
      `wrote ${name}${included.length === 0 ? '' : `, which includes ${included.map((one) => `${one.file} (${one.dialect})`).join(', ')}`}`,
    );
  return 0;
}

function contentOf(included: readonly string[], upstreams: readonly string[]): string {
  const lines = ['# What is local to this machine stands here, beside the production configuration.'];
  if (included.length > 0)
    lines.push('', '# Production configuration, as it stands.', 'include:', ...included.map((file) => `  - ${JSON.stringify(file)}`));
  if (upstreams.length > 0) {
    lines.push('', '# Where production addresses are on this machine. Uncomment what runs here.', '# upstreams:');
    lines.push(...upstreams.map((one) => `#   ${JSON.stringify(one)}: http://localhost:3000`));
  }
  if (included.length === 0) lines.push('', 'routes:', '  - match: { path: /* }', '    upstream: localhost:3000');
  return `${lines.join('\n')}\n`;
}
