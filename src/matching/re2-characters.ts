import { RegexCursor } from './regex-translation.ts';

/** From and to, both inclusive, as code points. */
type Range = readonly [number, number];

const last = 0x10ffff;
const ofText = (text: string): Range[] => text.split(' ').map((one) => [one.charCodeAt(0), one.charCodeAt(one.length - 1)] as const);
const word: readonly Range[] = ofText('0-9 A-Z _ a-z');
const digit: readonly Range[] = ofText('0-9');
const alpha: readonly Range[] = ofText('A-Z a-z');

/** Perl's, of ASCII alone, and without the vertical tab. Source: RE2's syntax. */
const perl: Readonly<Record<string, readonly Range[]>> = {
  d: digit,
  w: word,
  s: [
    [9, 10],
    [12, 13],
    [32, 32],
  ],
};
const posix: Readonly<Record<string, readonly Range[]>> = {
  alnum: [...digit, ...alpha],
  alpha,
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit,
  graph: [[33, 126]],
  lower: ofText('a-z'),
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: ofText('A-Z'),
  word,
  xdigit: ofText('0-9 A-F a-f'),
};
/** Letters that differ by their case. */
const cased: readonly string[] = [String.raw`\p{Lu}`, String.raw`\p{Ll}`, String.raw`\p{Lt}`];
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** Which characters one place of an expression takes. */
export class CharacterSet {
  readonly ranges: readonly Range[];
  /** Properties of Unicode, as our expressions write them. */
  readonly properties: readonly string[];
  readonly negated: boolean;

  constructor(ranges: readonly Range[], properties: readonly string[] = [], negated = false) {
    this.ranges = ranges;
    this.properties = properties;
    this.negated = negated;
  }

  /** As our expressions write it, with the flag u. */
  text(anyCase: boolean): string {
    const ranges = anyCase ? this.ranges.flatMap(folded) : this.ranges;
    const properties = anyCase ? this.properties.flatMap((one) => (cased.includes(one) ? cased : [one])) : this.properties;
    const [only] = ranges;
    if (only !== undefined && ranges.length === 1 && properties.length === 0 && !this.negated && only[0] === only[1]) return quoted(only[0]);
    const [property] = properties;
    if (property !== undefined && properties.length === 1 && ranges.length === 0 && !this.negated) return property;
    const items = [...ranges.map(([from, to]) => (from === to ? quoted(from) : `${quoted(from)}-${quoted(to)}`)), ...properties].join('');
    if (items === '') return this.negated ? String.raw`[\s\S]` : '[]';
    return `[${this.negated ? '^' : ''}${items}]`;
  }
}

/** A cursor that reads one character, escape or class. */
export class Re2Characters extends RegexCursor {
  one(): CharacterSet {
    if (this.source[this.at] !== '\\') return of(this.#character());
    return this.#set() ?? of(this.#escaped());
  }

  class(): CharacterSet {
    this.at += 1;
    const negated = this.source[this.at] === '^';
    if (negated) this.at += 1;
    const sets: CharacterSet[] = [];
    // A bracket that stands first is a character.
    for (let first = true; first || this.source[this.at] !== ']'; first = false) {
      if (this.at >= this.source.length) throw new SyntaxError('a ] is missing');
      sets.push(this.#named() ?? this.#set() ?? this.#range());
    }
    this.at += 1;
    return new CharacterSet(
      sets.flatMap((one) => one.ranges),
      sets.flatMap((one) => one.properties),
      negated,
    );
  }

  #range(): CharacterSet {
    const from = this.#single();
    if (this.source[this.at] !== '-' || this.source[this.at + 1] === ']') return of(from);
    this.at += 1;
    if (this.at >= this.source.length) throw new SyntaxError('a ] is missing');
    const to = this.#single();
    if (to < from) throw new SyntaxError('a range of characters ends before it begins');
    return new CharacterSet([[from, to]]);
  }

  #single(): number {
    return this.source[this.at] === '\\' ? this.#escaped() : this.#character();
  }

  #character(): number {
    const code = this.source.codePointAt(this.at) as number;
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  /** `[:alpha:]` */
  #named(): CharacterSet | undefined {
    const found = this.match(/\[:(\^?)(\w*):\]/y);
    if (found === null) return undefined;
    const ranges = posix[found[2] as string];
    if (ranges === undefined) throw new SyntaxError(`there is no class ${found[0]}`);
    return new CharacterSet(found[1] === '^' ? complement(ranges) : ranges);
  }

  /** An escape that stands for several characters. */
  #set(): CharacterSet | undefined {
    const found = this.match(/\\(?:([dwsDWS])|([pP])(?:\{(\^?)(\w+)\}|(\w)))/y);
    if (found === null) {
      if (/^\\[pP]/.test(this.source.slice(this.at))) throw new SyntaxError('a property of Unicode has no name');
      return undefined;
    }
    const [, name, letter, not, long, short] = found;
    if (name === undefined) return new CharacterSet([], [propertyOf((long ?? short) as string, (letter === 'P') !== (not === '^'))]);
    const ranges = perl[name.toLowerCase()] as readonly Range[];
    return new CharacterSet(name === name.toLowerCase() ? ranges : complement(ranges));
  }

  #escaped(): number {
    const code = this.match(/\\(?:x\{([\da-fA-F]+)\}|x([\da-fA-F]{2})|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/y);
    if (code !== null) {
      const point = code[3] === undefined ? Number.parseInt((code[1] ?? code[2]) as string, 16) : Number.parseInt(code[3], 8);
      if (point > last) throw new SyntaxError(`there is no character ${code[0]}`);
      return point;
    }
    this.at += 1;
    const char = this.source[this.at];
    if (char === undefined) throw new SyntaxError('it ends within an escape');
    this.at += 1;
    if (controls[char] !== undefined) return controls[char];
    if (/\d/.test(char)) throw new SyntaxError('RE2 has no references to groups');
    if (/[A-Za-z]/.test(char) || char > '\x7f') throw new SyntaxError(`RE2 has no escape \\${char} here`);
    return char.charCodeAt(0);
  }
}

const of = (code: number): CharacterSet => new CharacterSet([[code, code]]);

/** Of ranges in their order. */
function complement(ranges: readonly Range[]): Range[] {
  const out: Range[] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) out.push([next, from - 1]);
    next = to + 1;
  }
  return [...out, [next, last]];
}

/** The range and what its characters are in other cases. Large ranges hold both cases already. */
function folded([from, to]: Range): Range[] {
  const out: Range[] = [[from, to]];
  if (to - from > 2000) return out;
  for (let code = from; code <= to; code += 1) {
    const [lower, upper] = [String.fromCodePoint(code).toLowerCase(), String.fromCodePoint(code).toUpperCase()];
    for (const other of [lower, upper, upper.toLowerCase(), lower.toUpperCase(), ...(folding[lower] ?? [])]) {
      const point = other.codePointAt(0) as number;
      if (other.length === String.fromCodePoint(point).length && (point < from || point > to)) out.push([point, point]);
    }
  }
  return out;
}
/** Characters of Unicode that fold to letters of ASCII. */
const folding: Readonly<Record<string, readonly string[]>> = { k: ['\u212A'], s: ['\u017F'] };

/** General categories by their short names, and scripts. */
function propertyOf(name: string, negated: boolean): string {
  const text = /^(?:[CLMNPSZ][a-z]?|Any)$/.test(name) ? name : `Script=${name}`;
  const property = `\\${negated ? 'P' : 'p'}{${text}}`;
  try {
    new RegExp(property, 'u');
  } catch {
    throw new SyntaxError(`there is no property of Unicode ${name}`);
  }
  return property;
}

/** A character as it can stand anywhere in our expressions. */
function quoted(code: number): string {
  if (code > 0xff) return `\\u{${code.toString(16)}}`;
  const char = String.fromCharCode(code);
  if (/[\w !"#%&',:;<=>@`~]/.test(char)) return char;
  return /[$()*+./?[\\\]^{|}]/.test(char) ? `\\${char}` : `\\x${code.toString(16).padStart(2, '0')}`;
}
