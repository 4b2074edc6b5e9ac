import { Fields } from './fields.ts';

/** RFC 9110 section 7.6.1, with the older names that proxies still drop. Names are lower-case. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Never taken away on the word of a Connection field: without them a message means something else (connection-listed end-to-end fields). */
const keptAnyway: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type', 'cookie', 'authorization']);

/** The names that a Connection field lists, lower-case. */
export function connectionTokens(fields: Fields): string[] {
  const found: string[] = [];
  for (const value of fields.getAll('connection'))
    for (const token of value.split(',')) if (token.trim() !== '') found.push(token.trim().toLowerCase());
  return found;
}

/** A copy without what belongs to one connection only. Also drops `Expect` (settled by the listener) and `Proxy` (httpoxy). */
export function endToEnd(fields: Fields): Fields {
  const listed = fields.has('connection') ? connectionTokens(fields).filter((name) => !keptAnyway.has(name)) : [];
  const raw: string[] = [];
  for (let at = 0; at < fields.raw.length; at += 2) {
    const name = fields.raw[at] as string;
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || lower === 'expect' || lower === 'proxy' || (listed.length > 0 && listed.includes(lower))) continue;
    raw.push(name, fields.raw[at + 1] as string);
  }
  return new Fields(raw);
}
