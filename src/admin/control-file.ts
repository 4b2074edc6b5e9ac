import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Control } from '../gateway/types.ts';
import { writePrivateFile } from '../identity/private-file.ts';

/** Where a running gateway leaves URL and token of its control API for other processes of the same user. */
export const controlFile = (folder: string): string => path.join(folder, '.devgateway', 'control.json');

/** Answers how to take it away; what another start has written since stays. */
export function leaveControl(folder: string, { url, token }: Control): () => void {
  const file = controlFile(folder);
  writePrivateFile(file, `${JSON.stringify({ url, token }, null, 1)}\n`);
  return () => {
    if (findControl(folder)?.token === token) rmSync(file, { force: true });
  };
}

export function findControl(folder: string): Control | undefined {
  try {
    const { url, token } = JSON.parse(readFileSync(controlFile(folder), 'utf8')) as Partial<Control>;
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined;
  } catch {
    return undefined;
  }
}
