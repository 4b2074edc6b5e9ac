import { compileRegex } from './regex.ts';
import { Re2Characters, type CharacterSet } from './re2-characters.ts';

/**
 * A regular expression of RE2, as one of ours that takes whole texts, as RE2's FullMatch does. What RE2 refuses (look-around, references to
 * groups, possessive repetition) is refused. @throws SyntaxError that says why.
 */
export function compileRe2(source: string): RegExp {
  let translated: string;
  try {
    translated = new Translation(unquoted(source)).whole();
  } catch (error) {
    throw new SyntaxError(`${JSON.stringify(source)} is no regular expression of RE2: ${(error as Error).message}`);
  }
  return compileRegex(`^(?:${translated})$`, 'u');
}

/** `\Q...\E` holds characters as they stand. */
const unquoted = (source: string): string =>
  source.replaceAll(/\\Q([\s\S]*?)(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/g, (piece: string, quoted: string | undefined) =>
    quoted === undefined ? piece : quoted.replaceAll(/[!-/:-@[-^{-~]/g, (char) => `\\${char}`),
  );

const repetition = /(?:[*+?]|\{(\d+)(?:,(\d*))?\})/y;
const groupStart = /\((?:\?(?:P?<(\w+)>|([a-zA-Z]*(?:-[a-zA-Z]+)?)([:)])))?/y;
/** RE2 allows no more. */
const mostRepeated = 1000;

class Translation {
  readonly #source: string;
  readonly #names = new Set<string>();
  #at = 0;
  /** The flags s, i and m where it reads. U changes what is taken first, never whether a whole text is taken. */
  #flags = { dotAll: false, anyCase: false, lines: false };

  constructor(source: string) {
    this.#source = source;
  }

  whole(): string {
    const out = this.#alternatives(0);
    if (this.#at < this.#source.length) throw new SyntaxError('a ) closes no group');
    return out;
  }

  /** Up to the end or the parenthesis that closes this group. Flags that are set inside hold to its end, over `|` too. */
  #alternatives(depth: number): string {
    if (depth > 100) throw new SyntaxError('it is nested too deeply');
    const before = this.#flags;
    let out = '';
    for (;;) {
      const char = this.#source[this.#at];
      if (char === undefined || char === ')') break;
      if (char === '|') {
        this.#at += 1;
        out += '|';
        continue;
      }
      const start = char === '(' ? this.#match(groupStart) : null;
      if (start?.[3] === ')') this.#setFlags(start[2] as string);
      else out += this.#repeated(start === null ? this.#atom(char) : this.#group(start, depth));
    }
    this.#flags = before;
    return out;
  }

  /** Nobody asks what a group has taken: it only holds together. */
  #group([text, name, flags]: RegExpExecArray, depth: number): string {
    if (text === '(' && this.#source[this.#at] === '?') throw new SyntaxError('RE2 has no look-around and no other groups of this sort');
    if (name !== undefined && this.#names.has(name)) throw new SyntaxError(`two groups have the name ${name}`);
    if (name !== undefined) this.#names.add(name);
    const before = this.#flags;
    if (flags !== undefined && flags !== '') this.#setFlags(flags);
    const inner = this.#alternatives(depth + 1);
    this.#flags = before;
    if (this.#source[this.#at] !== ')') throw new SyntaxError('a ) is missing');
    this.#at += 1;
    return `(?:${inner})`;
  }

  #setFlags(text: string): void {
    const [on = '', off = ''] = text.split('-');
    if (text === '') throw new SyntaxError('(?) has no flags');
    for (const flag of on + off) if (!'imsU'.includes(flag)) throw new SyntaxError(`RE2 has no flag ${flag}`);
    const set = (flag: string, was: boolean): boolean => (on.includes(flag) ? true : off.includes(flag) ? false : was);
    const { dotAll, anyCase, lines } = this.#flags;
    this.#flags = { dotAll: set('s', dotAll), anyCase: set('i', anyCase), lines: set('m', lines) };
  }

  #repeated(atom: string): string {
    const found = this.#match(repetition);
    if (found === null) return atom;
    const [text, least, most = ''] = found;
    if (Number(least) > mostRepeated || Number(most) > mostRepeated) throw new SyntaxError(`it repeats more than ${mostRepeated} times: ${text}`);
    if (most !== '' && Number(most) < Number(least)) throw new SyntaxError(`${text} ends before it begins`);
    const lazy = this.#source[this.#at] === '?' ? '?' : '';
    this.#at += lazy.length;
    const more = this.#match(repetition)?.[0];
    if (more !== undefined) throw new SyntaxError(`RE2 does not repeat a repetition: ${text}${lazy}${more}`);
    return `${/^(?:[$^]|\\[bB]|\(\?<?[=!].*)$/s.test(atom) ? `(?:${atom})` : atom}${text}${lazy}`;
  }

  #atom(char: string): string {
    const { dotAll, lines } = this.#flags;
    if (char === '.') {
      this.#at += 1;
      return dotAll ? String.raw`[\s\S]` : String.raw`[^\n]`;
    }
    if (char === '^' || char === '$') {
      this.#at += 1;
      return lines ? (char === '^' ? String.raw`(?<![^\n])` : String.raw`(?![^\n])`) : char;
    }
    if ('*+?'.includes(char) || (char === '{' && this.#match(repetition) !== null)) throw new SyntaxError(`${char} has nothing to repeat`);
    const place = /\\([AzbB])/y;
    const escape = this.#match(place)?.[1];
    if (escape !== undefined) return escape === 'A' ? '^' : escape === 'z' ? '$' : `\\${escape}`;
    const characters = new Re2Characters(this.#source, this.#at);
    const set: CharacterSet = char === '[' ? characters.class() : characters.one();
    this.#at = characters.at;
    return set.text(this.#flags.anyCase);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}
