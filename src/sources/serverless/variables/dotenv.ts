import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Files } from '../../files.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment with what `.env.STAGE` beside the configuration adds to it, or `.env` where there is none for the stage
 * (Serverless Framework: Resolution of environment variables).
 */
export function withDotenv(env: Env, stage: string, folder: string, files: Files): Env {
  const read = (name: string): string | undefined => files.read(path.resolve(folder, name));
  return expanded({ ...parseEnv(read(`.env.${stage}`) ?? read('.env') ?? ''), ...env }, env);
}

/** `$NAME` and `${NAME:-otherwise}` in what files say, each in terms of what stands in the environment as it was read. */
function expanded(all: Env, own: Env): Env {
  const value = (text: string): string =>
    text.replaceAll(/\\\$|\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (whole: string, braced?: string, otherwise?: string, bare?: string) =>
      whole === '\\$' ? '$' : (all[braced ?? bare ?? ''] ?? otherwise ?? ''),
    );
  return Object.fromEntries(Object.entries(all).map(([name, text]) => [name, name in own || text === undefined ? text : value(text)]));
}
