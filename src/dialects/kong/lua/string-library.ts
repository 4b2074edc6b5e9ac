import { formatText } from './format.ts';
import { findPattern, type PatternMatch } from './patterns.ts';
import { bounded, isTable, isTrue, longestText, LuaError, toNumber, toText, typeOf, type LuaFunction, type LuaValue } from './values.ts';

function textAt(args: readonly LuaValue[], index: number): string {
  const value = args[index];
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new LuaError(`bad argument #${index + 1} (string expected, got ${typeOf(value)})`);
  return toText(value);
}
function wholeAt(args: readonly LuaValue[], index: number, usual?: number): number {
  const value = args[index];
  if (value === undefined && usual !== undefined) return usual;
  const number = toNumber(value);
  if (number === undefined) throw new LuaError(`bad argument #${index + 1} (number expected, got ${typeOf(value)})`);
  return Math.trunc(number);
}
/** A place counted from one, or from the end where it is negative, as an offset that may lie outside. */
const offset = (place: number, length: number): number => (place < 0 ? Math.max(length + place, 0) : Math.max(place - 1, 0));

const capturesOf = (text: string, found: PatternMatch): readonly (string | number)[] =>
  found.captures.length === 0 ? [text.slice(found.start, found.end)] : found.captures;

function find(args: readonly LuaValue[], wantsPlaces: boolean): readonly LuaValue[] {
  const [text, pattern] = [textAt(args, 0), textAt(args, 1)];
  const from = offset(wholeAt(args, 2, 1), text.length);
  if (from > text.length) return [undefined];
  if (wantsPlaces && isTrue(args[3])) {
    const at = text.indexOf(pattern, from);
    return at < 0 ? [undefined] : [at + 1, at + pattern.length];
  }
  const found = findPattern(text, pattern, from);
  if (found === undefined) return [undefined];
  return wantsPlaces ? [found.start + 1, found.end, ...found.captures] : capturesOf(text, found);
}

function gsub(args: readonly LuaValue[]): readonly LuaValue[] {
  const [text, pattern, replacement] = [textAt(args, 0), textAt(args, 1), args[2]];
  const most = wholeAt(args, 3, Infinity);
  let out = '';
  let at = 0;
  let count = 0;
  while (count < most) {
    const found = findPattern(text, pattern, at);
    if (found === undefined) break;
    out += text.slice(at, found.start);
    count += 1;
    out = bounded(out + replaced(text, found, replacement));
    if (found.end > found.start) at = found.end;
    else if (found.start < text.length) {
      out += text[found.start] as string;
      at = found.start + 1;
    } else {
      at = text.length;
      break;
    }
    if (pattern.startsWith('^') || at > text.length) break;
  }
  return [bounded(out + text.slice(at)), count];
}

function replaced(text: string, found: PatternMatch, by: LuaValue): string {
  const whole = text.slice(found.start, found.end);
  const captures = capturesOf(text, found);
  let value: LuaValue;
  if (typeof by === 'string' || typeof by === 'number') {
    return toText(by).replaceAll(/%([\s\S]?)/g, (_, char: string) => {
      if (char === '0') return whole;
      if (!/\d/.test(char)) return char;
      const capture = captures[Number(char) - 1];
      if (capture === undefined) throw new LuaError(`invalid capture index %${char} in replacement string`);
      return toText(capture);
    });
  }
  if (isTable(by)) value = by.get(captures[0]);
  else if (typeof by === 'function') value = by(captures)[0];
  else throw new LuaError(`bad argument #3 to 'gsub' (string/function/table expected, got ${typeOf(by)})`);
  if (!isTrue(value)) return whole;
  if (typeof value !== 'string' && typeof value !== 'number') throw new LuaError(`invalid replacement value (a ${typeOf(value)})`);
  return toText(value);
}

/** Lua's string library, as far as it answers with texts and numbers. Bytes are latin1 characters. */
export const stringLibrary: ReadonlyMap<string, LuaFunction> = new Map<string, LuaFunction>([
  ['upper', (args) => [textAt(args, 0).replaceAll(/[a-z]+/g, (run) => run.toUpperCase())]],
  ['lower', (args) => [textAt(args, 0).replaceAll(/[A-Z]+/g, (run) => run.toLowerCase())]],
  ['len', (args) => [textAt(args, 0).length]],
  ['reverse', (args) => [textAt(args, 0).split('').toReversed().join('')]],
  [
    'sub',
    (args) => {
      const text = textAt(args, 0);
      const last = wholeAt(args, 2, -1);
      return [text.slice(offset(wholeAt(args, 1, 1), text.length), last < 0 ? Math.max(text.length + last + 1, 0) : last)];
    },
  ],
  [
    'rep',
    (args) => {
      const [text, times] = [textAt(args, 0), Math.max(0, wholeAt(args, 1))];
      const separator = args[2] === undefined ? '' : textAt(args, 2);
      if ((text.length + separator.length) * times > longestText) throw new LuaError('not enough memory');
      return [Array.from({ length: times }, () => text).join(separator)];
    },
  ],
  [
    'byte',
    (args) => {
      const text = textAt(args, 0);
      const first = wholeAt(args, 1, 1);
      const last = wholeAt(args, 2, first);
      const end = last < 0 ? text.length + last + 1 : last;
      return [...Buffer.from(text.slice(offset(first, text.length), Math.max(end, 0)), 'latin1')];
    },
  ],
  [
    'char',
    (args) => [
      String.fromCharCode(
        ...args.map((_, index) => {
          const code = wholeAt(args, index);
          if (code < 0 || code > 255) throw new LuaError(`bad argument #${index + 1} to 'char' (invalid value)`);
          return code;
        }),
      ),
    ],
  ],
  ['find', (args) => find(args, true)],
  ['match', (args) => find(args, false)],
  ['gsub', gsub],
  ['format', (args) => [bounded(formatText(textAt(args, 0), args.slice(1)))]],
]);

/** What texts can do beside that, and is not run here. */
export const stringNotRun: ReadonlySet<string> = new Set(['gmatch', 'dump']);
