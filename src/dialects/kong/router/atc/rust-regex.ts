import { unsafeRegex } from '../../../../matching/regex.ts';
import { RegexTranslation, type Grammar } from '../../../../matching/regex-translation.ts';
import { anyCase } from './any-case.ts';

/**
 * A regular expression in the dialect of Rust's crate regex, as a RegExp over Unicode text: what that crate refuses (look-around,
 * references to groups, a lone `{`) is refused too. @throws SyntaxError that says why.
 */
export function compileRust(source: string): RegExp {
  let why = unsafeRegex(source);
  let regex: RegExp | undefined;
  try {
    const translation = new Translation(source);
    const translated = translation.whole();
    regex = new RegExp(translated, 'v');
    // Comments can hide from a reader of the source what is repeated.
    if (translation.verbose) why ??= unsafeRegex(translated);
  } catch (error) {
    if (why === undefined)
      throw new SyntaxError(`the regular expression ${JSON.stringify(source)} is not one of Rust's: ${(error as Error).message}`);
  }
  if (why !== undefined || regex === undefined) throw new SyntaxError(`the regular expression ${JSON.stringify(source)} is not run: ${why ?? ''}`);
  return regex;
}

const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
const classes: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  s: '\\p{White_Space}',
  S: '\\P{White_Space}',
  w: `[${word}]`,
  W: `[^${word}]`,
};
const controls: Readonly<Record<string, string>> = { a: '\\x07', f: '\\f', t: '\\t', n: '\\n', r: '\\r', v: '\\v' };
const posix: Readonly<Record<string, string>> = {
  alnum: '[0-9A-Za-z]',
  alpha: '[A-Za-z]',
  ascii: '[\\x00-\\x7F]',
  blank: '[\\t\\x20]',
  cntrl: '[\\x00-\\x1F\\x7F]',
  digit: '[0-9]',
  graph: '[\\x21-\\x7E]',
  lower: '[a-z]',
  print: '[\\x20-\\x7E]',
  punct: '[\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E]',
  space: '[\\t\\n\\v\\f\\r\\x20]',
  upper: '[A-Z]',
  word: '[0-9A-Za-z_]',
  xdigit: '[0-9A-Fa-f]',
};

const repetition = /(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})/y;
const property = /([pP])(?:\{(\^?)([^}]+)\}|([A-Za-z]))/y;
const codePoint = /(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|[xuU]\{([\da-fA-F]{1,8})\})/y;

type Flag = 'i' | 'm' | 's' | 'x' | 'U' | 'u';
const grammar: Grammar<Flag> = {
  groupStart: /\((?:\?(?:P?<([A-Za-z_][\w.[\]]*)>|([a-zA-Z]*(?:-[a-zA-Z]+)?)([:)])))?/y,
  flags: ['i', 'm', 's', 'x', 'U', 'u'],
  words: {
    unopened: 'unopened group',
    unclosed: 'unclosed group',
    tooDeep: 'nested too deeply',
    otherGroup: 'look-around and other groups of this sort are not supported',
    noFlags: 'missing flags',
    noFlag: (flag) => `the flag ${flag} is not supported`,
  },
};

class Translation extends RegexTranslation<Flag> {
  /** Whether the flag x was on anywhere. */
  verbose = false;

  constructor(source: string) {
    super(source, grammar);
  }

  protected override opening([, name, , colon]: RegExpExecArray): string {
    return name === undefined ? (colon === ':' ? '(?:' : '(') : `(?<${name}>`;
  }

  /** Unicode is always on. */
  protected override setFlags(text: string): void {
    super.setFlags(text);
    if (text.split('-')[1]?.includes('u') === true) throw new SyntaxError('Unicode cannot be switched off');
    this.verbose ||= this.flags.x;
  }

  protected override repeated(atom: string): string {
    let out = atom;
    let count = 0;
    let unbounded = false;
    for (;;) {
      if (this.skip(this.source[this.at] ?? '')) continue;
      const found = this.match(repetition)?.[0];
      if (found === undefined) break;
      if (unbounded && isUnbounded(found)) throw new SyntaxError('a repetition that is itself repeated can take exponential time');
      unbounded ||= isUnbounded(found);
      const lazy = this.source[this.at] === '?';
      if (lazy) this.at += 1;
      const target = count > 0 || /^(?:[$^]$|\(\?<?[=!])/.test(out) ? `(?:${out})` : out;
      out = `${target}${found.startsWith('{,') ? `{0${found.slice(1)}` : found}${lazy !== this.flags.U ? '?' : ''}`;
      count += 1;
    }
    return out;
  }

  protected override atom(char: string): string {
    if (char === '\\') return this.#escape(false);
    if (char === '[') return this.#cased(this.#class(0));
    if (char === '.') {
      this.at += 1;
      // The engine's own dot leaves out more ends of lines than \n.
      return this.flags.s ? '[^]' : '[^\\n]';
    }
    if (char === '^' || char === '$') {
      this.at += 1;
      return this.flags.m ? (char === '^' ? '(?<![^\\n])' : '(?![^\\n])') : char;
    }
    if ('*+?{'.includes(char)) throw new SyntaxError(`repetition operator ${char} with nothing to repeat`);
    return this.#cased(this.#literal());
  }

  /** What matches one character, in the cases that the flag i asks for. */
  #cased(atom: string): string {
    return this.flags.i ? anyCase(atom) : atom;
  }

  #literal(): string {
    const char = String.fromCodePoint(this.source.codePointAt(this.at) as number);
    this.at += char.length;
    return quoted(char);
  }

  #escape(inClass: boolean): string {
    this.at += 1;
    const char = this.source[this.at];
    if (char === undefined) throw new SyntaxError('incomplete escape');
    const found = this.match(property);
    if (found !== null) return inClass ? propertyClass(found) : this.#cased(propertyClass(found));
    const code = this.match(codePoint);
    if (code !== null) {
      const point = `\\u{${Number.parseInt((code[1] ?? code[2] ?? code[3] ?? code[4]) as string, 16).toString(16)}}`;
      return inClass ? point : this.#cased(point);
    }
    this.at += 1;
    if (classes[char] !== undefined) return classes[char];
    if (controls[char] !== undefined) return controls[char];
    if (!inClass) {
      if (char === 'A') return '^';
      if (char === 'z') return '$';
      if (char === 'b' || char === 'B') return this.#boundary(char);
    }
    if (/\d/.test(char)) throw new SyntaxError('references to groups are not supported');
    if (/[A-Za-z<>]/.test(char) || char > '\x7f') throw new SyntaxError(`there is no escape \\${char}`);
    return quoted(char);
  }

  #boundary(char: string): string {
    const is = `[${word}]`;
    const half = /\{(start|end|start-half|end-half)\}/y;
    const kind = char === 'b' ? this.match(half)?.[1] : undefined;
    if (kind === 'start') return `(?<!${is})(?=${is})`;
    if (kind === 'end') return `(?<=${is})(?!${is})`;
    if (kind === 'start-half') return `(?<!${is})`;
    if (kind === 'end-half') return `(?!${is})`;
    const [a, b] = char === 'b' ? ['!', '='] : ['=', '!'];
    return `(?:(?<=${is})(?${a}${is})|(?<!${is})(?${b}${is}))`;
  }

  /** `[...]`, with nested classes, `&&`, `--` and the names of POSIX. */
  #class(depth: number): string {
    if (depth > 20) throw new SyntaxError('a class is nested too deeply');
    this.at += 1;
    let out = '[';
    if (this.source[this.at] === '^') {
      out += '^';
      this.at += 1;
    }
    let items: string[] = [];
    const sets: string[] = [];
    let operator = '';
    // A bracket, or dashes, that stand first mean themselves.
    for (let first = true; ; first = false) {
      const rest = this.source.slice(this.at, this.at + 2);
      if (rest === '') throw new SyntaxError('unclosed character class');
      if (rest[0] === ']' && !first) break;
      if (rest === '&&' || rest === '--') {
        if (operator !== '' && operator !== rest) throw new SyntaxError('&& and -- cannot be mixed in one class here');
        operator = rest;
        sets.push(`[${items.join('')}]`);
        items = [];
        this.at += 2;
      } else if (rest === '~~') throw new SyntaxError('the symmetric difference of classes is not supported here');
      else items.push(this.#classItem(depth));
    }
    this.at += 1;
    if (operator === '') return `${out}${items.join('')}]`;
    return `${out}${[...sets, `[${items.join('')}]`].join(operator)}]`;
  }

  #classItem(depth: number): string {
    const named = /\[:(\^?)(\w+):\]/y;
    named.lastIndex = this.at;
    const found = named.exec(this.source);
    if (found !== null && posix[found[2] as string] !== undefined) {
      this.at = named.lastIndex;
      const set = posix[found[2] as string] as string;
      return found[1] === '^' ? `[^${set.slice(1)}` : set;
    }
    if (this.source[this.at] === '[') return this.#class(depth + 1);
    const from = this.source[this.at] === '\\' ? this.#escape(true) : this.#literal();
    const next = this.source.slice(this.at, this.at + 2);
    if (next[0] !== '-' || next === '--' || next[1] === ']' || next.length < 2) return from;
    this.at += 1;
    const to = this.source[this.at] === '\\' ? this.#escape(true) : this.#literal();
    return `${from}-${to}`;
  }

  /** Blanks and comments, in verbose mode. */
  protected override skip(char: string): boolean {
    if (!this.flags.x) return false;
    if (char !== '' && /\s/.test(char)) {
      this.at += 1;
      return true;
    }
    if (char !== '#') return false;
    const end = this.source.indexOf('\n', this.at);
    this.at = end < 0 ? this.source.length : end + 1;
    return true;
  }
}

const isUnbounded = (repeat: string): boolean => repeat === '*' || repeat === '+' || repeat.endsWith(',}');
const quoted = (char: string): string =>
  /[\w\s]/.test(char) && char > ' ' ? char : char > '\x7f' ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

function propertyClass([, letter, negated, long, short]: RegExpExecArray): string {
  const name = (long ?? short) as string;
  const not = (letter === 'P') !== (negated === '^');
  const tries = [name, name.replace(':', '='), `Script=${name}`, `Script=${name[0]?.toUpperCase() ?? ''}${name.slice(1).toLowerCase()}`];
  for (const one of tries) {
    const set = `\\${not ? 'P' : 'p'}{${one}}`;
    try {
      new RegExp(set, 'v');
      return set;
    } catch {
      // Another way to write it.
    }
  }
  throw new SyntaxError(`there is no Unicode property ${name}`);
}
