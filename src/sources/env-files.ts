import path from 'node:path';
import { parseEnv } from 'node:util';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';
import type { Files } from './files.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment with the values of the given files; what the environment itself says stands above them, a later file above an earlier one.
 * @throws DevgatewayError DG1102 where one cannot be read.
 */
export function environmentWith(names: readonly string[], env: Env, files: Files, folder: string): Env {
  const read = names.map((name) => {
    const text = files.read(path.resolve(folder, name));
    if (text !== undefined) return parseEnv(text);
    throw new DevgatewayError(
      diagnosticAt('DG1102', { ...nowhere, file: name }, 'cannot be read: there is no such file', 'name a file with --env-file'),
    );
  });
  return Object.assign({}, ...read, env) as Env;
}
