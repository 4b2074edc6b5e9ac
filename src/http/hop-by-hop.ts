import { Fields } from './fields.ts';

/**
 * RFC 9110 section 7.6.1, with the older names that proxies still drop; `Expect` is settled by the listener, `Proxy` would be httpoxy.
 * Names are lower-case.
 */
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
  'proxy',
]);
/** The lengths of these names: most fields pass without a further look. */
const droppedLengths: readonly boolean[] = Array.from({ length: 32 }, (_, length) => [...dropped].some((name) => name.length === length));

/** Never taken away on the word of a Connection field: without them a message means something else (connection-listed end-to-end fields). */
const keptAnyway: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type', 'cookie', 'authorization']);

/** The names that a Connection field lists, lower-case. */
export function connectionTokens(fields: Fields): string[] {
  const found: string[] = [];
  for (const value of fields.getAll('connection'))
    for (const token of value.split(',')) if (token.trim() !== '') found.push(token.trim().toLowerCase());
  return found;
}

/** What Connection fields take away beside hop-by-hop fields; null for nothing, as nearly always. */
function listedFields(fields: Fields): string[] | null {
  for (let at = 0; at < fields.raw.length; at += 2) {
    if ((fields.raw[at] as string).length !== 10 || (fields.raw[at] as string).toLowerCase() !== 'connection') continue;
    const value = fields.raw[at + 1] as string;
    if (value !== 'keep-alive' && value !== 'close') return connectionTokens(fields).filter((name) => !keptAnyway.has(name));
  }
  return null;
}

/** A copy without what belongs to one connection only. */
export function endToEnd(fields: Fields): Fields {
  const listed = listedFields(fields);
  const raw: string[] = [];
  for (let at = 0; at < fields.raw.length; at += 2) {
    const name = fields.raw[at] as string;
    if (droppedLengths[name.length] === true && dropped.has(name.toLowerCase())) continue;
    if (listed !== null && listed.includes(name.toLowerCase())) continue;
    raw.push(name, fields.raw[at + 1] as string);
  }
  return new Fields(raw);
}

/** Whether a field belongs to one connection only, whatever a Connection field says. */
export const isHopByHop = (lowerName: string): boolean => dropped.has(lowerName);
