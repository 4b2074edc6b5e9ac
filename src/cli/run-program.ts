import { spawn } from 'node:child_process';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';
import type { CommandLine } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs the program behind `--`, which is told where the gateway is. Answers its exit code, 1 where a signal ended it.
 * @throws DevgatewayError DG1501 where there is no such program.
 */
export function runProgram({ program: [name = '', ...args], json }: CommandLine, url: string, terminal: Terminal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      cwd: terminal.folder,
      env: { ...terminal.env, DEVGATEWAY_URL: url },
      // Standard output belongs to the one JSON document.
      stdio: ['inherit', json ? 2 : 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    const forget = terminal.onStop(() => child.kill());
    child.once('error', (error) => {
      forget();
      reject(new DevgatewayError(diagnosticAt('DG1501', nowhere, `cannot run ${name}: ${error.message}`, 'expected a program behind --')));
    });
    child.once('exit', (code) => {
      forget();
      resolve(code ?? 1);
    });
  });
}
