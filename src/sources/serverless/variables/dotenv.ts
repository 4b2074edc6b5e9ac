import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Files } from '../../files.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The environment with what `.env.STAGE` and then `.env` beside the configuration add to it (Serverless Framework: Environment Variables). */
export function withDotenv(env: Env, stage: string, folder: string, files: Files): Env {
  const read = (name: string): Env => parseEnv(files.read(path.resolve(folder, name)) ?? '');
  return { ...read('.env'), ...read(`.env.${stage}`), ...env };
}
