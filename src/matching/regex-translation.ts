/** Reads a text from a place on. */
export class RegexCursor {
  readonly source: string;
  at: number;

  constructor(source: string, at = 0) {
    this.source = source;
    this.at = at;
  }

  /** What a sticky pattern finds here, which is behind the cursor then. */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }
}

/** How a language of regular expressions writes groups, and what it says of a text that is none of its own. */
export interface Grammar<Flag extends string> {
  /** Sticky. Finds the name of a group, else its flags and what comes behind them: `:`, or `)` where they hold for what follows. */
  readonly groupStart: RegExp;
  readonly flags: readonly Flag[];
  readonly words: {
    readonly unopened: string;
    readonly unclosed: string;
    readonly tooDeep: string;
    readonly otherGroup: string;
    readonly noFlags: string;
    readonly noFlag: (flag: string) => string;
  };
}

/**
 * Makes a regular expression of another language one of ours, piece by piece. Alternatives, groups, and flags that hold to the end of their
 * group are the same in all of them.
 */
export abstract class RegexTranslation<Flag extends string> extends RegexCursor {
  /** As they stand where it reads. */
  protected flags: Readonly<Record<Flag, boolean>>;
  readonly #grammar: Grammar<Flag>;

  constructor(source: string, grammar: Grammar<Flag>) {
    super(source);
    this.#grammar = grammar;
    this.flags = Object.fromEntries(grammar.flags.map((one) => [one, false])) as Record<Flag, boolean>;
  }

  /** What begins a group of ours in the place of this one. */
  protected abstract opening(start: RegExpExecArray): string;
  /** One character, place or set of characters. */
  protected abstract atom(char: string): string;
  /** An atom with the repetitions that follow it. */
  protected abstract repeated(atom: string): string;
  /** Whether there was something that says nothing. */
  protected skip(_char: string): boolean {
    return false;
  }

  /** @throws SyntaxError that says why it is none. */
  whole(): string {
    const out = this.#alternatives(0);
    if (this.at < this.source.length) throw new SyntaxError(this.#grammar.words.unopened);
    return out;
  }

  /** Up to the end or the parenthesis that closes this group. Flags that are set inside hold to its end, over `|` too. */
  #alternatives(depth: number): string {
    if (depth > 100) throw new SyntaxError(this.#grammar.words.tooDeep);
    const before = this.flags;
    let out = '';
    for (let char = this.source[this.at]; char !== undefined && char !== ')'; char = this.source[this.at]) {
      if (char === '|') {
        this.at += 1;
        out += '|';
      } else if (!this.skip(char)) out += this.#piece(char, depth);
    }
    this.flags = before;
    return out;
  }

  #piece(char: string, depth: number): string {
    const start = char === '(' ? this.match(this.#grammar.groupStart) : null;
    if (start?.[3] !== ')') return this.repeated(start === null ? this.atom(char) : this.#group(start, depth));
    if (start[2] === '') throw new SyntaxError(this.#grammar.words.noFlags);
    this.setFlags(start[2] as string);
    return '';
  }

  #group(start: RegExpExecArray, depth: number): string {
    if (start[0] === '(' && this.source[this.at] === '?') throw new SyntaxError(this.#grammar.words.otherGroup);
    const open = this.opening(start);
    const before = this.flags;
    this.setFlags(start[2] ?? '');
    const inner = this.#alternatives(depth + 1);
    this.flags = before;
    if (this.source[this.at] !== ')') throw new SyntaxError(this.#grammar.words.unclosed);
    this.at += 1;
    return `${open}${inner})`;
  }

  /** `ab-cd`; what is switched on stands above what is switched off. */
  protected setFlags(text: string): void {
    const [on = '', off = ''] = text.split('-');
    const { flags, words } = this.#grammar;
    for (const flag of on + off) if (!flags.includes(flag as Flag)) throw new SyntaxError(words.noFlag(flag));
    const set = (flag: Flag): boolean => on.includes(flag) || (!off.includes(flag) && this.flags[flag]);
    this.flags = Object.fromEntries(flags.map((one) => [one, set(one)])) as Record<Flag, boolean>;
  }
}
