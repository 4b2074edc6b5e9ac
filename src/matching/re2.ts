import { compileRegex } from './regex.ts';
import { Re2Characters, type CharacterSet } from './re2-characters.ts';
import { RegexTranslation, type Grammar } from './regex-translation.ts';

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
/** U changes what is taken first, never whether a whole text is taken. */
const grammar: Grammar<'i' | 'm' | 's' | 'U'> = {
  groupStart: /\((?:\?(?:P?<(\w+)>|([a-zA-Z]*(?:-[a-zA-Z]+)?)([:)])))?/y,
  flags: ['i', 'm', 's', 'U'],
  words: {
    unopened: 'a ) closes no group',
    unclosed: 'a ) is missing',
    tooDeep: 'it is nested too deeply',
    otherGroup: 'RE2 has no look-around and no other groups of this sort',
    noFlags: '(?) has no flags',
    noFlag: (flag) => `RE2 has no flag ${flag}`,
  },
};
/** RE2 allows no more. */
const mostRepeated = 1000;

class Translation extends RegexTranslation<'i' | 'm' | 's' | 'U'> {
  readonly #names = new Set<string>();

  constructor(source: string) {
    super(source, grammar);
  }

  /** Nobody asks what a group has taken: it only holds together. */
  protected override opening([, name]: RegExpExecArray): string {
    if (name !== undefined && this.#names.has(name)) throw new SyntaxError(`two groups have the name ${name}`);
    if (name !== undefined) this.#names.add(name);
    return '(?:';
  }

  protected override repeated(atom: string): string {
    const found = this.match(repetition);
    if (found === null) return atom;
    const [text, least, most = ''] = found;
    if (Number(least) > mostRepeated || Number(most) > mostRepeated) throw new SyntaxError(`it repeats more than ${mostRepeated} times: ${text}`);
    if (most !== '' && Number(most) < Number(least)) throw new SyntaxError(`${text} ends before it begins`);
    const lazy = this.source[this.at] === '?' ? '?' : '';
    this.at += lazy.length;
    const more = this.match(repetition)?.[0];
    if (more !== undefined) throw new SyntaxError(`RE2 does not repeat a repetition: ${text}${lazy}${more}`);
    return `${/^(?:[$^]|\\[bB]|\(\?<?[=!].*)$/s.test(atom) ? `(?:${atom})` : atom}${text}${lazy}`;
  }

  protected override atom(char: string): string {
    const { s: dotAll, m: lines } = this.flags;
    if (char === '.') {
      this.at += 1;
      return dotAll ? String.raw`[\s\S]` : String.raw`[^\n]`;
    }
    if (char === '^' || char === '$') {
      this.at += 1;
      return lines ? (char === '^' ? String.raw`(?<![^\n])` : String.raw`(?![^\n])`) : char;
    }
    if ('*+?'.includes(char) || (char === '{' && this.match(repetition) !== null)) throw new SyntaxError(`${char} has nothing to repeat`);
    const place = /\\([AzbB])/y;
    const escape = this.match(place)?.[1];
    if (escape !== undefined) return escape === 'A' ? '^' : escape === 'z' ? '$' : `\\${escape}`;
    const characters = new Re2Characters(this.source, this.at);
    const set: CharacterSet = char === '[' ? characters.class() : characters.one();
    this.at = characters.at;
    return set.text(this.flags.i);
  }
}
