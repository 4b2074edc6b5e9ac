import path from 'node:path';
import type { Files } from '../../sources/files.ts';
import type { Setting } from '../../sources/setting.ts';

/** Where a configuration lies: what relative paths count from. */
export interface Place {
  readonly files: Files;
  readonly folder: string;
}

/** The text of a PEM file, or the PEM text itself. */
export function readPem(setting: Setting, { files, folder }: Place): string | undefined {
  const given = setting.string();
  if (given === undefined || given.includes('-----BEGIN ')) return given;
  const text = files.read(path.resolve(folder, given));
  if (text === undefined) setting.problem('DG1205', `the file ${given} does not exist`, 'expected a PEM file, or its text');
  return text;
}
