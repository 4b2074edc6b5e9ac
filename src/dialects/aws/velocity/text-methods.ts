import { compileRegex } from '../../../matching/regex.ts';
import { javaText, textHash } from './java-values.ts';
import { TemplateFailure } from './syntax.ts';

type Method = (text: string, ...args: unknown[]) => unknown;
/** Work of one call on a large text is bounded. */
const longest = 1_000_000;
const patterns = new Map<string, RegExp>();

/** Regular expressions are guarded; the few that a template makes are kept. */
function pattern(source: unknown, whole = false): RegExp {
  const key = `${whole ? '^' : ''}${javaText(source)}`;
  let found = patterns.get(key);
  if (found === undefined) {
    try {
      const text = javaText(source).replaceAll(/\\p\{(Alpha|Digit|Alnum|Space|Punct|Upper|Lower)\}/g, (_, name: string) => posix[name] as string);
      found = compileRegex(whole ? `^(?:${text})$` : text, whole ? '' : 'g');
    } catch (error) {
      throw new TemplateFailure((error as Error).message);
    }
    if (patterns.size >= 200) patterns.clear();
    patterns.set(key, found);
  }
  found.lastIndex = 0;
  return found;
}
const posix: Readonly<Record<string, string>> = {
  Alpha: '[A-Za-z]',
  Digit: '\\d',
  Alnum: '[A-Za-z0-9]',
  Space: '\\s',
  Punct: '[!-/:-@[-`{-~]',
  Upper: '[A-Z]',
  Lower: '[a-z]',
};

/** `$1` is a group and a backslash escapes, as in Java's Matcher. */
function replacement(template: unknown): (...found: unknown[]) => string {
  const text = javaText(template);
  return (...found) =>
    text.replaceAll(/\\([\s\S])|\$(\d)/g, (_, escaped: string | undefined, group: string | undefined) =>
      group === undefined ? (escaped as string) : ((found[Number(group)] as string | undefined) ?? ''),
    );
}

/** Trailing empty pieces go unless a limit is given. */
function split(text: string, regex: unknown, limit: unknown = 0n): string[] {
  const most = Number(limit as bigint);
  const pieces: string[] = [];
  let from = 0;
  for (const found of text.matchAll(pattern(regex))) {
    if (most > 0 && pieces.length === most - 1) break;
    const end = found.index + found[0].length;
    if (end === 0) continue;
    pieces.push(text.slice(from, found.index));
    from = end;
  }
  if (pieces.length === 0) return [text];
  pieces.push(text.slice(from));
  if (most === 0) while (pieces.at(-1) === '') pieces.pop();
  return pieces;
}

function cut(text: string, from: unknown, to: unknown = BigInt(text.length)): string {
  const [start, end] = [Number(from as bigint), Number(to as bigint)];
  if (!(start >= 0 && end <= text.length && start <= end)) throw new TemplateFailure(`begin ${start}, end ${end}, length ${text.length}`);
  return text.slice(start, end);
}

function parsed(text: unknown): bigint {
  const value = javaText(text);
  if (!/^[+-]?\d{1,19}$/.test(value)) throw new TemplateFailure(`For input string: ${JSON.stringify(value)}`);
  return BigInt(value.replace('+', ''));
}

function format(template: string, ...args: unknown[]): string {
  let next = 0;
  return template.replaceAll(
    /%(-?)(0?)(\d{0,3})(?:\.(\d{1,2}))?([dsxfn%])/g,
    (_, left: string, zero: string, width: string, places: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      if (kind === 'n') return '\n';
      const value = args[next++];
      let text = javaText(value);
      if (kind === 'x' && typeof value === 'bigint') text = value.toString(16);
      if (kind === 'f') text = Number(value).toFixed(Number(places ?? 6));
      return left === '-' ? text.padEnd(Number(width)) : text.padStart(Number(width), zero === '0' ? '0' : ' ');
    },
  );
}

const whole = (found: number): bigint => BigInt(found);

/** java.lang.String, as far as templates use it. */
export const textMethods: Readonly<Record<string, Method>> = {
  length: (text) => whole(text.length),
  isEmpty: (text) => text === '',
  isBlank: (text) => text.trim() === '',
  charAt: (text, at) => cut(text, at, (at as bigint) + 1n),
  codePointAt: (text, at) => whole(cut(text, at).codePointAt(0) ?? 0),
  substring: cut,
  subSequence: cut,
  indexOf: (text, part, from = 0n) => whole(text.indexOf(javaText(part), Number(from))),
  lastIndexOf: (text, part) => whole(text.lastIndexOf(javaText(part))),
  contains: (text, part) => text.includes(javaText(part)),
  startsWith: (text, part, from = 0n) => text.startsWith(javaText(part), Number(from)),
  endsWith: (text, part) => text.endsWith(javaText(part)),
  equals: (text, other) => text === other,
  contentEquals: (text, other) => text === javaText(other),
  equalsIgnoreCase: (text, other) => typeof other === 'string' && text.toLowerCase() === other.toLowerCase(),
  compareTo: (text, other) => compare(text, javaText(other)),
  compareToIgnoreCase: (text, other) => compare(text.toLowerCase(), javaText(other).toLowerCase()),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  trim: (text) => text.replace(/^[\0- ]+/, '').replace(/[\0- ]+$/, ''),
  strip: (text) => text.trim(),
  concat: (text, more) => text + javaText(more),
  repeat: (text, times) => {
    if (text.length * Number(times) > longest) throw new TemplateFailure('the text becomes too long');
    return text.repeat(Number(times));
  },
  replace: (text, from, to) => text.replaceAll(javaText(from), () => javaText(to)),
  replaceAll: (text, regex, to) => text.replaceAll(pattern(regex), replacement(to)),
  replaceFirst: (text, regex, to) => {
    let first = true;
    const put = replacement(to);
    return text.replaceAll(pattern(regex), (...found: unknown[]) => {
      const take = first;
      first = false;
      return take ? put(...found) : (found[0] as string);
    });
  },
  matches: (text, regex) => pattern(regex, true).test(text),
  split,
  toCharArray: (text) => Array.from({ length: text.length }, (_, at) => text[at]),
  toString: (text: string) => text,
  intern: (text) => text,
  hashCode: (text) => textHash(text),
  format: (_, template, ...args) => format(javaText(template), ...args),
  valueOf: (_: string, value: unknown) => javaText(value),
  join: (_, between, ...parts) => (Array.isArray(parts[0]) ? (parts[0] as unknown[]) : parts).map((part) => javaText(part)).join(javaText(between)),
};

function compare(left: string, right: string): bigint {
  for (let at = 0; at < Math.min(left.length, right.length); at += 1)
    if (left[at] !== right[at]) return whole(left.charCodeAt(at) - right.charCodeAt(at));
  return whole(left.length - right.length);
}

/** java.lang.Integer, Long and Double. */
export const numberMethods: Readonly<Record<string, (value: bigint | number, ...args: unknown[]) => unknown>> = {
  intValue: (value) => BigInt.asIntN(32, BigInt(Math.trunc(Number(value)))),
  longValue: (value) => BigInt(Math.trunc(Number(value))),
  doubleValue: Number,
  floatValue: Number,
  toString: (value: bigint | number, other?: unknown) => javaText(other ?? value),
  equals: (value, other) => value === other,
  compareTo: (value, other) => (value < (other as bigint) ? -1n : value > (other as bigint) ? 1n : 0n),
  hashCode: (value) => BigInt.asIntN(32, BigInt(Math.trunc(Number(value)))),
  parseInt: (_, text) => parsed(text),
  parseLong: (_, text) => parsed(text),
  parseDouble: (_, text) => Number(javaText(text)),
  valueOf: (value: bigint | number, other: unknown) =>
    typeof other === 'string' ? (typeof value === 'bigint' ? parsed(other) : Number(other)) : other,
  toHexString: (_, other) => (other as bigint).toString(16),
};
