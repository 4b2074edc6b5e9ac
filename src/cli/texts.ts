import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The text of a file that a finding names: as it was read, else as it is now (a file that could not be parsed was not kept). */
export const textsIn =
  (folder: string, kept: ReadonlyMap<string, string> = new Map()) =>
  (file: string): string | undefined => {
    const known = kept.get(file);
    if (known !== undefined || file === '' || file === 'inline') return known;
    try {
      return readFileSync(path.resolve(folder, file), 'utf8');
    } catch {
      return undefined;
    }
  };
