import { compileRegex } from '../../matching/regex.ts';
import type { Setting } from '../../sources/setting.ts';

const posix: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};
const escapes: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  Z: '(?=\\n?$)',
  h: '[ \\t\\xa0]',
  H: '[^ \\t\\xa0]',
  R: '(?:\\r\\n|[\\n-\\r])',
  a: '\\x07',
  e: '\\x1b',
};
const pieces = /\\[\s\S]|\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]|\(\?P?<(?![=!])|\(\?'(\w+)'|\(\?[a-zA-Z-]+[):]|[\s\S]/g;

/**
 * A regular expression of PCRE as ours. The flag `y` ties it to the start, as the option `a` of ngx.re does: every alternative of it.
 * @throws SyntaxError where it is none, is not safe to run, or says what ours cannot.
 */
export function compilePcre(source: string, extra = ''): RegExp {
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  const flags = [...new Set(`${extra}${inline?.[1] ?? ''}`)].join('');
  if (flags.includes('x')) throw new SyntaxError('comments in a regular expression, (?x), are not run here');
  const ours = source.slice(inline?.[0].length ?? 0).replaceAll(pieces, (piece: string, quoted: string | undefined) => {
    if (piece.startsWith('[') && piece.length > 1) return classOf(piece);
    if (piece.startsWith('(?P<')) return '(?<';
    if (quoted !== undefined) return `(?<${quoted}>`;
    if (piece.startsWith('\\')) {
      if (/^\\[QEKGXC]$/.test(piece)) throw new SyntaxError(`${piece} in a regular expression is not run here`);
      return escapes[piece.slice(1)] ?? piece;
    }
    return piece;
  });
  return compileRegex(ours, flags);
}

/** A class: a `]` that comes first is a character, and `[:alpha:]` a set of them. */
function classOf(text: string): string {
  const head = text.startsWith('[^') ? '[^' : '[';
  const body = text.slice(head.length, -1).replaceAll(/\[:(\w+):\]/g, (whole, name: string) => {
    const set = posix[name];
    if (set === undefined) throw new SyntaxError(`${whole} in a regular expression is not known`);
    return set;
  });
  const spaced = body.replaceAll(/\\[\s\S]/g, (escape) => (escape === '\\h' ? ' \\t\\xa0' : escape));
  return `${head}${spaced.startsWith(']') ? `\\${spaced}` : spaced}]`;
}

/** A match where a regular expression with the flag `y` begins; of a text that is too long to be tried: none. */
export function matchStart(regex: RegExp, text: string): RegExpExecArray | null {
  if (text.length > 8_192) return null;
  regex.lastIndex = 0;
  return regex.exec(text);
}

/** Reads a list of regular expressions; one that cannot be run is reported over its own place. `reason`: Kong's words for it. */
export function readPcres(setting: Setting, reason: (text: string) => string): string[] {
  return setting.items().flatMap((item) => {
    const text = item.string();
    if (text === undefined) return [];
    try {
      compilePcre(text);
      return [text];
    } catch (error) {
      item.problem('DG1207', `${item.name}: ${reason(text)}`, `expected a regular expression as PCRE reads it (${(error as Error).message})`);
      return [];
    }
  });
}
