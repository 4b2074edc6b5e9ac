import { anyCase } from './any-case.ts';
import { escapeOf, posixClass, quoted } from './re2-atoms.ts';
import { unsafeRegex } from './regex.ts';

/**
 * A regular expression in the syntax of RE2, which is Go's, too, as one of ours that takes a whole text. What RE2 refuses is refused:
 * look-around, references to groups, possessive and stacked repetition, counts above 1000.
 * @throws SyntaxError that says why.
 */
export function compileRe2(source: string): RegExp {
  let why = source.length > 2_000 ? 'it is longer than 2000 characters' : undefined;
  if (why === undefined) {
    const ours = new Translation(source).whole();
    why = unsafeRegex(ours);
    if (why === undefined) return new RegExp(`^(?:${ours})$`, 'v');
  }
  throw new SyntaxError(why);
}

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

const repetition = /[*+?]|\{(\d+)(?:(,)(\d*))?\}/y;
const group = /\((?:\?(?:P?<(\w+)>|([imsU]*)(-[imsU]+)?([:)])))?/y;

/** Groups are only brackets, and eager or lazy is one: nobody asks where in the text something stood. */
class Translation {
  readonly #source: string;
  readonly #names = new Set<string>();
  #at = 0;
  #flags: Flags = { i: false, m: false, s: false };
  /** How often what was read last repeats, counts multiplied. */
  #times = 1;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): string {
    const out = this.#alternatives(0);
    if (this.#at < this.#source.length) throw new SyntaxError('a parenthesis closes what was not opened');
    return out;
  }

  /** Up to the end or the parenthesis that closes this group, which is as far as flags hold that are set inside. */
  #alternatives(depth: number): string {
    if (depth > 100) throw new SyntaxError('it is nested too deeply');
    const before = this.#flags;
    let out = '';
    let most = 1;
    for (let char = this.#source[this.#at]; char !== undefined && char !== ')'; char = this.#source[this.#at]) {
      if (char === '|') {
        this.#at += 1;
        out += '|';
      } else if (this.#source.startsWith(String.raw`\Q`, this.#at)) out += this.#quotation();
      else {
        this.#times = 1;
        const atom = char === '(' ? this.#group(depth) : this.#atom();
        if (atom !== null) out += this.#repeated(atom);
        most = Math.max(most, this.#times);
      }
    }
    this.#times = most;
    this.#flags = before;
    return out;
  }

  /** Null where it only sets flags. */
  #group(depth: number): string | null {
    const [opened, name, on = '', off = '', end] = this.#take(group) as RegExpExecArray;
    if (opened === '(' && this.#source[this.#at] === '?')
      throw new SyntaxError(`RE2 knows no group of the sort ${this.#source.slice(this.#at - 1, this.#at + 3)} (look-around and others)`);
    if (name !== undefined) {
      if (this.#names.has(name)) throw new SyntaxError(`there are two groups of the name ${name}`);
      this.#names.add(name);
    }
    const before = this.#flags;
    const flag = (one: keyof Flags): boolean => (off.includes(one) ? false : on.includes(one) || before[one]);
    this.#flags = { i: flag('i'), m: flag('m'), s: flag('s') };
    if (end === ')') {
      if (on === '' && off === '') throw new SyntaxError('a group of flags sets none');
      return null;
    }
    const inner = this.#alternatives(depth + 1);
    this.#flags = before;
    if (this.#source[this.#at] !== ')') throw new SyntaxError('a group is not closed');
    this.#at += 1;
    return `(?:${inner})`;
  }

  #repeated(atom: string): string {
    const found = this.#take(repetition);
    if (found === null) return atom;
    const [text, least, comma, most] = found;
    if (least !== undefined) {
      const top = Number(comma === undefined || most === '' ? least : most);
      if (Number(least) > top || top > 1_000) throw new SyntaxError(`${text} is no count of RE2's: at most 1000, the smaller first`);
      this.#times *= Math.max(1, top);
      if (this.#times > 1_000) throw new SyntaxError('counts within counts come to more than 1000');
    }
    if (this.#source[this.#at] === '?') this.#at += 1;
    if (this.#take(repetition) !== null) throw new SyntaxError('a repetition is repeated (possessive ones are none of RE2)');
    return `${/^(?:[\^$]|\\[bB]|\(\?<?[=!].*)$/.test(atom) ? `(?:${atom})` : atom}${text}`;
  }

  #atom(): string {
    const char = this.#source[this.#at] as string;
    if (char === '[') return this.#cased(this.#class());
    if (char === '\\') return this.#escape();
    repetition.lastIndex = this.#at;
    if (repetition.test(this.#source)) throw new SyntaxError(`there is nothing for ${char} to repeat`);
    if (char === '.' || char === '^' || char === '$') {
      this.#at += 1;
      if (char === '.') return this.#flags.s ? '[^]' : String.raw`[^\n]`;
      return this.#flags.m ? (char === '^' ? String.raw`(?<![^\n])` : String.raw`(?![^\n])`) : char;
    }
    return this.#cased(this.#literal());
  }

  #escape(): string {
    const found = escapeOf(this.#source, this.#at, false);
    this.#at = found.end;
    return found.literal ? this.#cased(found.text) : found.text;
  }

  /** Between `\Q` and `\E`, or the end. Only its last character can be repeated. */
  #quotation(): string {
    const start = this.#at + 2;
    const end = this.#source.indexOf(String.raw`\E`, start);
    const text = Array.from(this.#source.slice(start, end < 0 ? undefined : end), (one) => this.#cased(quoted(one)));
    this.#at = end < 0 ? this.#source.length : end + 2;
    const last = text.pop();
    this.#times = 1;
    return last === undefined ? '' : text.join('') + this.#repeated(last);
  }

  #literal(): string {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) as number);
    this.#at += char.length;
    return quoted(char);
  }

  #class(): string {
    const negated = this.#source[this.#at + 1] === '^';
    this.#at += negated ? 2 : 1;
    let out = negated ? '[^' : '[';
    for (let first = true; first || this.#source[this.#at] !== ']'; first = false) {
      if (this.#at >= this.#source.length) throw new SyntaxError('a class is not closed');
      out += this.#member();
    }
    this.#at += 1;
    return `${out}]`;
  }

  /** A character, a range of them, or a set. */
  #member(): string {
    const named = posixClass(this.#source, this.#at);
    if (named !== null) {
      this.#at = named.end;
      return named.text;
    }
    const from = this.#end();
    const [dash, next] = this.#source.slice(this.#at, this.#at + 2);
    if (!from.literal || dash !== '-' || next === undefined || next === ']') return from.text;
    this.#at += 1;
    const to = this.#end();
    if (!to.literal) throw new SyntaxError('a range in a class has no end');
    return `${from.text}-${to.text}`;
  }

  #end(): { readonly text: string; readonly literal: boolean } {
    if (this.#source[this.#at] !== '\\') return { text: this.#literal(), literal: true };
    const found = escapeOf(this.#source, this.#at, true);
    this.#at = found.end;
    return found;
  }

  #cased(atom: string): string {
    return this.#flags.i ? anyCase(atom) : atom;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}
