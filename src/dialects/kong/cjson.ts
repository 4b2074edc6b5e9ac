import { luaNumber } from './lua/numbers.ts';

const short: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
};
// eslint-disable-next-line no-control-regex -- these are what is escaped
const special = /[\u0000-\u001f"\\/\u007f]/g;
const quote = (text: string): string =>
  `"${text.replaceAll(special, (char) => short[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;

/**
 * JSON as lua-cjson writes it: slashes and DEL escaped, numbers with fourteen digits. The members of an object stay in their order, where
 * cjson has that of a Lua table, which is none. A Map is an object too. @throws TypeError for what JSON has no word for.
 */
export function encodeCjson(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('cannot serialise number: must not be NaN or Inf');
    return luaNumber(value);
  }
  if (Array.isArray(value)) return `[${value.map(encodeCjson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`cannot serialise ${typeof value}: type not supported`);
  const members: Iterable<[string, unknown]> = value instanceof Map ? (value as Map<string, unknown>) : Object.entries(value);
  return `{${[...members]
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => `${quote(name)}:${encodeCjson(one)}`)
    .join(',')}}`;
}
