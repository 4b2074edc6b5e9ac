import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FunctionSettings } from '../../../../src/model/gateway.ts';
import type { LogLine } from '../../../../src/transport/functions/instance.ts';
import { LocalFunctions, type Invoke } from '../../../../src/transport/functions/local-functions.ts';

export interface TestFunctions extends AsyncDisposable {
  readonly folder: string;
  readonly functions: LocalFunctions;
  readonly lines: LogLine[];
  readonly loaded: string[];
  write(files: Readonly<Record<string, string>>): void;
  find(name: string): Invoke;
}

/** Functions of a folder of their own. */
export function testFunctions(files: Readonly<Record<string, string>>, settings: Readonly<Record<string, FunctionSettings>>): TestFunctions {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-functions-'));
  const lines: LogLine[] = [];
  const loaded: string[] = [];
  const write = (more: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
  };
  write(files);
  const env = { PATH: process.env['PATH'], GIVEN: 'yes', DEVGATEWAY_CONTROL_TOKEN: 'x' };
  const functions = new LocalFunctions(
    { folder, env, log: (line) => lines.push(line), loaded: (names) => loaded.push(...names) },
    new Map(Object.entries(settings)),
  );
  return {
    folder,
    functions,
    lines,
    loaded,
    write,
    find: (name) => functions.find(name) as Invoke,
    async [Symbol.asyncDispose]() {
      await functions.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What an invocation failed with. */
export const failureOf = async (
  invoked: Promise<unknown>,
): Promise<{ readonly name: string; readonly message: string; readonly trace?: readonly string[] }> =>
  invoked.then(
    (result) => Promise.reject(new Error(`answered ${JSON.stringify(result)}`)),
    (error: Error) => error,
  );
