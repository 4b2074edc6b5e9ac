import { readFileSync } from 'node:fs';

/** Of the package. The sources and the bundle both lie two folders below it. */
export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
