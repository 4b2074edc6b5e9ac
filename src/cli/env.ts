import path from 'node:path';
import { parseEnv } from 'node:util';
import { readFileSync } from 'node:fs';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The environment with the values of the given files; what the environment itself says stands above them, a later file above an earlier one. */
export function environmentWith(files: readonly string[], folder: string, env: Env): Env {
  const read = files.map((file) => {
    try {
      return parseEnv(readFileSync(path.resolve(folder, file), 'utf8'));
    } catch (error) {
      throw new DevgatewayError(
        diagnosticAt('DG1102', { ...nowhere, file }, `cannot be read: ${(error as Error).message}`, 'name a file with --env-file'),
      );
    }
  });
  return Object.assign({}, ...read, env) as Env;
}
