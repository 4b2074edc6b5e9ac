import path from 'node:path';
import type { Source } from '../source.ts';
import { isServerless } from './serverless.ts';

/** Absolute paths of files that a configuration takes in by `${file(...)}`: beside it, they are no configurations of their own. */
export function partsOf(source: Source): string[] {
  if (!isServerless(source)) return [];
  const locations = [...source.text.matchAll(/\bfile\(([^()$]+)\)/g)].map(([, location = '']) => location.trim().replaceAll(/['"]/g, ''));
  return locations.map((location) => path.resolve(source.folder, location));
}
