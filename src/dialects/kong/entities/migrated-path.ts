import { normalizeUri } from '../router/uri.ts';

/**
 * A path of a file from before 3.0, as Kong takes it over: with the signs of a regular expression it was one, without `~`.
 * Source: kong.db.migrations.migrate_path_280_300.
 */
export const migratedPath = (path: string): string => (/^[a-zA-Z0-9.\-_~/%]*$/.test(path) ? normalizeUri(path) : `~${decodedRegex(path)}`);

/** Percent-encoded characters mean themselves, save the reserved ones. */
const decodedRegex = (regex: string): string =>
  regex.replaceAll(/%([\dA-Fa-f]{2})/g, (whole, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16));
    if ("!#$%&'()*+,/:;=?@[]".includes(char)) return whole.toUpperCase();
    return '.^-{}\\|'.includes(char) ? `\\${char}` : char;
  });
