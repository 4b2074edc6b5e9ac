import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
/** Lies beside the project, or is not there. */
export const conformanceFolder = path.resolve(root, '../shared/conformance');

/** Runs one of the runners that lie beside the cases and answers what it wrote with --json. */
export async function runCases(script: string, args: readonly string[]): Promise<Run> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-conformance-'));
  const file = path.join(scratch, 'results.json');
  try {
    const child = spawn(process.execPath, [path.join(conformanceFolder, script), '--project', root, '--json', file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    const code = await new Promise((resolve) => child.on('close', resolve));
    if (!existsSync(file)) throw new Error(`${script} ${args.join(' ')} ended with ${String(code)} and wrote no results:\n${said.slice(-2000)}`);
    return JSON.parse(readFileSync(file, 'utf8')) as Run;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
export interface Run {
  readonly passed: number;
  readonly failed: number;
  readonly escaped?: number;
  readonly results: readonly {
    readonly suite?: string;
    readonly group: string;
    readonly name?: string;
    readonly case?: string;
    readonly outcome?: string;
  }[];
}
