import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where the local authority is kept: in `.devgateway` of the project where there is one already, otherwise in the state folder of the
 * user, so that it has to be trusted only once.
 */
export function authorityFolder(project: string, env: Readonly<Record<string, string | undefined>>): string {
  const own = path.join(project, '.devgateway');
  if (existsSync(path.join(own, 'ca.pem'))) return own;
  const state = env['XDG_STATE_HOME'] ?? env['LOCALAPPDATA'] ?? path.join(homedir(), '.local', 'state');
  return path.join(state, 'devgateway');
}
