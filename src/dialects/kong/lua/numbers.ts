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

/** Lua's `tonumber` of a text: decimal or hexadecimal, with spaces around it. */
export function luaToNumber(text: string): number | undefined {
  const bare = text.trim();
  if (/^[-+]?0[xX][\dA-Fa-f]+$/.test(bare)) return (bare.startsWith('-') ? -1 : 1) * Number(bare.replace(/^[-+]/, ''));
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(bare) ? Number(bare) : undefined;
}
