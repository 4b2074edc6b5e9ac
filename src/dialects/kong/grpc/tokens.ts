/** What is wrong with a .proto file, and where. */
export class ProtoError extends Error {}

export interface Token {
  readonly kind: 'word' | 'text' | 'symbol' | 'end';
  readonly text: string;
  readonly line: number;
}
const pattern = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|([A-Za-z0-9_.+-]+)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([{}()[\]<>;:,=])/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The tokens of a .proto file, and reading them one after the other. */
export class Tokens {
  readonly #all: Token[] = [];
  #at = 0;

  /** @throws ProtoError */
  constructor(source: string) {
    pattern.lastIndex = 0;
    let line = 1;
    while (pattern.lastIndex < source.length) {
      const start = pattern.lastIndex;
      const [whole, word, text, symbol] = pattern.exec(source) ?? [];
      if (whole === undefined) throw new ProtoError(`line ${line}: ${JSON.stringify(source.slice(start, start + 10))} is not understood`);
      if (word !== undefined) this.#all.push({ kind: 'word', text: word, line });
      if (text !== undefined)
        this.#all.push({ kind: 'text', text: text.slice(1, -1).replaceAll(/\\(.)/g, (_, one: string) => escapes[one] ?? one), line });
      if (symbol !== undefined) this.#all.push({ kind: 'symbol', text: symbol, line });
      line += whole.split('\n').length - 1;
    }
    this.#all.push({ kind: 'end', text: 'the end of the file', line });
  }

  get next(): Token {
    return this.#all[this.#at] as Token;
  }
  is(text: string): boolean {
    return this.next.kind !== 'text' && this.next.text === text;
  }
  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }
  /** Takes the token if it is this one. */
  try(text: string): boolean {
    const found = this.is(text);
    if (found) this.take();
    return found;
  }
  expect(text: string): void {
    if (!this.try(text)) this.fail(text);
  }
  word(): string {
    return this.next.kind === 'word' ? this.take().text : this.fail('a name');
  }
  text(): string {
    if (this.next.kind !== 'text') this.fail('a text');
    let text = '';
    while (this.next.kind === 'text') text += this.take().text;
    return text;
  }
  fail(expected: string): never {
    throw new ProtoError(`line ${this.next.line}: expected ${expected}, found ${this.next.text}`);
  }
  /** Past a statement that is of no interest, with its block if it has one. */
  skipStatement(): void {
    for (let depth = 0; this.next.kind !== 'end';) {
      const { text, kind } = this.take();
      if (kind !== 'symbol') continue;
      if (text === '{') depth += 1;
      else if (text === '}') depth -= 1;
      if (depth === 0 && (text === ';' || text === '}')) return;
    }
  }
}
