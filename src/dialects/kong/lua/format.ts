import { luaNumber } from './numbers.ts';
import { LuaError, toNumber, toText, typeOf, type LuaValue } from './values.ts';

const directive = /%(?:%|([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?([\s\S]?))/g;

/** Lua's string.format: `%s %d %i %u %c %x %X %o %q %f %e %g` with their flags. @throws LuaError. */
export function formatText(format: string, args: readonly LuaValue[]): string {
  let next = 0;
  return format.replaceAll(directive, (whole: string, flags: string | undefined, width: string, precision: string | undefined, kind: string) => {
    if (whole === '%%') return '%';
    const value = args[next];
    next += 1;
    if (next > args.length) throw new LuaError(`bad argument #${next + 1} to 'format' (no value)`);
    const digits = precision === undefined ? undefined : Number(precision);
    return padded(converted(kind, value, digits, flags ?? '', next), flags ?? '', Number(width), kind);
  });
}

function converted(kind: string, value: LuaValue, precision: number | undefined, flags: string, index: number): string {
  if (kind === 's') {
    const text = toText(value);
    return precision === undefined ? text : text.slice(0, precision);
  }
  if (kind === 'q')
    return `"${toText(value)
      .replaceAll(/["\\\n]/g, '\\$&')
      .replaceAll('\r', '\\r')
      .replaceAll('\0', '\\0')}"`;
  const number = toNumber(value);
  if (number === undefined) throw new LuaError(`bad argument #${index + 1} to 'format' (number expected, got ${typeOf(value)})`);
  const whole = Math.trunc(number);
  const sign = number < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  switch (kind) {
    case 'd':
    case 'i':
      return sign + String(Math.abs(whole)).padStart(precision ?? 1, '0');
    case 'u':
      return String(BigInt.asUintN(64, BigInt(whole)));
    case 'c':
      return String.fromCharCode(whole & 255);
    case 'x':
    case 'X':
    case 'o': {
      const text = BigInt.asUintN(64, BigInt(whole))
        .toString(kind === 'o' ? 8 : 16)
        .padStart(precision ?? 1, '0');
      return kind === 'X' ? text.toUpperCase() : text;
    }
    case 'f':
      return sign + Math.abs(number).toFixed(precision ?? 6);
    case 'e':
    case 'E': {
      const text = Math.abs(number)
        .toExponential(precision ?? 6)
        .replace(/e([-+])(\d)$/, 'e$10$2');
      return sign + (kind === 'E' ? text.toUpperCase() : text);
    }
    case 'g':
      if (precision === undefined || precision === 14) return luaNumber(precision === 14 ? number : Number(number.toPrecision(6)));
      return luaNumber(Number(number.toPrecision(Math.max(1, precision))));
    default:
      throw new LuaError(`invalid option '%${kind}' to 'format'`);
  }
}

function padded(text: string, flags: string, width: number, kind: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || kind === 's' || kind === 'q' || kind === 'c') return text.padStart(width);
  const sign = /^[-+ ]?/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
