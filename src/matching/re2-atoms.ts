/** A piece of a regular expression in RE2's syntax, as one in ours with the flag `v`. `end`: what follows it. */
export interface Atom {
  readonly text: string;
  /** One character, not a set of them. */
  readonly literal: boolean;
  readonly end: number;
}

const posix: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: String.raw`\x00-\x7F`,
  blank: String.raw`\t\x20`,
  cntrl: String.raw`\x00-\x1F\x7F`,
  digit: '0-9',
  graph: String.raw`\x21-\x7E`,
  lower: 'a-z',
  print: String.raw`\x20-\x7E`,
  punct: String.raw`\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E`,
  space: String.raw`\t\n\v\f\r\x20`,
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
/** Of ASCII alone, unlike ours: a space is no other of Unicode, and no vertical tab. */
const perl: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  s: String.raw`[\t\n\f\r\x20]`,
  S: String.raw`[^\t\n\f\r\x20]`,
  w: '[0-9A-Za-z_]',
  W: '[^0-9A-Za-z_]',
};
const controls: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const borders: Readonly<Record<string, string>> = { A: '^', z: '$', b: String.raw`\b`, B: String.raw`\B` };

const named = /\[:(\^?)(\w+):\]/y;
const property = /\\([pP])(?:\{(\^?)(\w+)\}|([A-Za-z]))/y;
const codePoint = /\\(?:x([\da-fA-F]{2})|x\{([\da-fA-F]{1,8})\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/y;

/** `[:alpha:]` within a class; null where none stands. */
export function posixClass(source: string, at: number): Omit<Atom, 'literal'> | null {
  named.lastIndex = at;
  const found = named.exec(source);
  if (found === null) return null;
  const set = posix[found[2] as string];
  if (set === undefined) throw new SyntaxError(`there is no class ${found[0]}`);
  return { text: `[${found[1]}${set}]`, end: named.lastIndex };
}

/** What a backslash begins. */
export function escapeOf(source: string, at: number, inClass: boolean): Atom {
  property.lastIndex = at;
  const set = property.exec(source);
  if (set !== null) return { text: propertyClass(set), literal: false, end: property.lastIndex };
  codePoint.lastIndex = at;
  const code = codePoint.exec(source);
  if (code !== null) {
    const point = code[3] === undefined ? Number.parseInt((code[1] ?? code[2]) as string, 16) : Number.parseInt(code[3], 8);
    if (point > 0x10_ff_ff) throw new SyntaxError(`there is no character ${code[0]}`);
    return { text: `\\u{${point.toString(16)}}`, literal: true, end: codePoint.lastIndex };
  }
  const char = source[at + 1];
  const end = at + 2;
  if (char === undefined) throw new SyntaxError('a backslash ends it');
  if (perl[char] !== undefined) return { text: perl[char], literal: false, end };
  if (controls[char] !== undefined) return { text: quoted(controls[char]), literal: true, end };
  if (!inClass && borders[char] !== undefined) return { text: borders[char], literal: false, end };
  if (/\d/.test(char)) throw new SyntaxError(`references to groups (\\${char}) are none of RE2`);
  if (/[A-Za-z]/.test(char) || char > '\x7F') throw new SyntaxError(`there is no escape \\${char} in RE2`);
  return { text: quoted(char), literal: true, end };
}

/** A character that stands for itself, in a class, too. */
export function quoted(char: string): string {
  if (/^\w$/.test(char)) return char;
  const code = (char.codePointAt(0) as number).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
}

/** General categories and scripts by RE2's names, which are the short ones of Unicode and the long ones of scripts. */
function propertyClass([whole, letter, negated, long, short]: RegExpExecArray): string {
  const name = (long ?? short) as string;
  const not = (letter === 'P') !== (negated === '^');
  const set = name === 'Any' ? 'Any' : /^[A-Z][a-z]?$/.test(name) ? `gc=${name}` : `sc=${name}`;
  try {
    new RegExp(`\\p{${set}}`, 'v');
  } catch {
    throw new SyntaxError(`RE2 knows no ${whole}`);
  }
  return `\\${not ? 'P' : 'p'}{${set}}`;
}
