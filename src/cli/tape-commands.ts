import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Gateway, TapeOptions } from '../gateway/types.ts';
import { junitOf } from '../traffic/tape/junit.ts';
import type { TapeReport } from '../traffic/tape/tapes.ts';
import { wrongUsage, type CommandLine } from './arguments.ts';
import { serve } from './start.ts';
import { paintOf, type Terminal } from './terminal.ts';

/** `start` that records what upstreams answer. */
export async function record(line: CommandLine, terminal: Terminal): Promise<number> {
  const mode = line.mode ?? 'record';
  if (mode !== 'record' && mode !== 'record-missing') throw wrongUsage(`--mode is ${JSON.stringify(mode)}`, 'expected record or record-missing');
  return serve(line, terminal, {
    traffic: trafficOf(line, mode),
    async conclude({ tapes }, program) {
      await tapes.flush();
      conclude(line, terminal, shownIn(terminal.folder, tapes.report()));
      return program;
    },
  });
}

/** `start` that answers from a tape. */
export async function replay(line: CommandLine, terminal: Terminal): Promise<number> {
  for (const file of line.reports)
    if (!/\.(?:json|xml)$/.test(file))
      throw wrongUsage(`--report is ${JSON.stringify(file)}`, 'expected a name that ends in .json, or in .xml for JUnit');
  return serve(line, terminal, {
    traffic: trafficOf(line, line.strict ? 'strict' : 'replay'),
    async conclude({ tapes }: Gateway, program) {
      const report = shownIn(terminal.folder, tapes.report());
      for (const file of line.reports) write(path.resolve(terminal.folder, file), report);
      conclude(line, terminal, report);
      return report.ok ? program : 1;
    },
  });
}

const trafficOf = ({ tapes }: CommandLine, mode: TapeOptions['mode']): TapeOptions => ({ mode, ...(tapes === undefined ? {} : { tapes }) });

const shownIn = (folder: string, report: TapeReport): TapeReport => ({ ...report, file: path.relative(folder, report.file) });

function write(file: string, report: TapeReport): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, file.endsWith('.xml') ? junitOf(report) : `${JSON.stringify(report, null, 1)}\n`);
}

function conclude(line: CommandLine, terminal: Terminal, report: TapeReport): void {
  if (line.json) return terminal.out(JSON.stringify(report));
  if (line.quiet && report.ok) return;
  const paint = paintOf(terminal, line);
  const { mode, file, entries, served, recorded, unknown, unused, leftOut } = report;
  const counts = mode.startsWith('record')
    ? `${recorded} exchanges recorded to ${file}${mode === 'record-missing' ? `, ${served} answered from it` : ''}`
    : `${served} requests answered from ${file}, ${entries - unused.length} of its ${entries} answers used, ${unknown.length} requests unknown`;
  const lines = [
    report.ok ? counts : paint.red(counts),
    ...leftOut.map(({ request, reason }) => `left out: ${request}: ${reason}`),
    ...unknown.map(({ story }) => story),
    ...(mode === 'strict' || mode === 'replay' ? unused.map((one) => `unused: ${one}`) : []),
  ];
  (report.ok ? terminal.out : terminal.err)(lines.join('\n'));
}
