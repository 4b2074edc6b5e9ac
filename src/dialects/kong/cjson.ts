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

/** A number as C's `%.14g` writes it, which is how Lua and cjson do. */
export function luaNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const { digits, exponent } = fourteenDigits(Math.abs(value));
  const sign = value < 0 ? '-' : '';
  if (exponent < -4 || exponent >= 14)
    return `${sign}${trimZeros(`${digits[0] as string}.${digits.slice(1)}`)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const whole = exponent < 0 ? '0' : digits.slice(0, exponent + 1);
  return `${sign}${trimZeros(`${whole}.${exponent < 0 ? '0'.repeat(-exponent - 1) + digits : digits.slice(exponent + 1)}`)}`;
}

/** C rounds what lies in the middle to the even digit, unlike toExponential. */
function fourteenDigits(value: number): { readonly digits: string; readonly exponent: number } {
  const [mantissa, power] = value.toExponential(60).split('e') as [string, string];
  const all = mantissa.replace('.', '');
  const head = Number(all.slice(0, 14));
  const rest = all.slice(14);
  const up = rest >= '5' && (head % 2 === 1 || !/^50*$/.test(rest));
  const digits = String(up ? head + 1 : head);
  return { digits: digits.slice(0, 14), exponent: Number(power) + digits.length - 14 };
}
const trimZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0*$/, '') : digits);

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
