/** The path of a request as locations see it: decoded, dot segments resolved, slashes merged. Undefined: 400. Strings are bytes. */
export function normalise(raw: string, mergeSlashes: boolean): string | undefined {
  const hash = raw.indexOf('#');
  const path = hash < 0 ? raw : raw.slice(0, hash);
  if (!path.startsWith('/')) return undefined;
  if (/%(?![0-9a-fA-F]{2})/.test(path) || /%00/.test(path) || path.includes('\0')) return undefined;
  const decoded = path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const parts = decoded.slice(1).split('/');
  const out: string[] = [];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === '.') {
      if (last) out.push('');
    } else if (part === '..') {
      while (mergeSlashes && out.at(-1) === '') out.pop();
      if (out.length === 0) return undefined;
      out.pop();
      if (last) out.push('');
    } else if (part === '' && !last && mergeSlashes) continue;
    else out.push(part);
  }
  return `/${out.join('/')}`;
}

const escapeOf = (set: RegExp) => (text: string) => text.replace(set, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** What is sent upstream or put into a redirect for a directory: bytes above 126 stay. */
export const escapeUri: (text: string) => string = escapeOf(/[\x00-\x20"#%<>?\\^`{|}\x7f]/g);
/** A capture inside arguments of a replacement. */
export const escapeArgs: (text: string) => string = escapeOf(/[\x00-\x20"#%&+;<>?\\^`{|}\x7f]/g);
/** The path of a `rewrite ... redirect`: a question mark stays. */
export const escapeRedirect: (text: string) => string = escapeOf(/[\x00-\x20"#%<>\\^`{|}\x7f]/g);
export const unescape = (text: string): string =>
  text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
