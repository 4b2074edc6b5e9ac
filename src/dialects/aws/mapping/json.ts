import { JsonList } from '../velocity/java-values.ts';

const deepest = 200;

/**
 * Reads JSON as templates see it: objects are maps in the document's order, whole numbers of any size stay whole.
 * Undefined where the text is no JSON.
 */
export function parseJson(text: string): unknown {
  const reader = new JsonReader(text);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class JsonReader {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value(0);
    return this.#at === this.#text.length ? value : this.#fail();
  }

  #fail(): never {
    throw new SyntaxError(`no JSON at ${this.#at}`);
  }
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
  #space(): void {
    this.#take(/[ \t\r\n]*/y);
  }
  #takes(char: string): boolean {
    this.#space();
    const here = this.#text[this.#at] === char;
    if (here) this.#at += 1;
    return here;
  }

  #value(depth: number): unknown {
    if (depth > deepest) this.#fail();
    this.#space();
    const value = this.#plain(depth);
    this.#space();
    return value;
  }

  #plain(depth: number): unknown {
    const char = this.#text[this.#at];
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#array(depth);
    if (char === '"') return this.#string();
    const word = this.#take(/true|false|null/y);
    if (word !== undefined) return word === 'null' ? null : word === 'true';
    const number = this.#take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y) ?? this.#fail();
    return /^-?\d{1,1000}$/.test(number) ? BigInt(number) : Number(number);
  }

  #string(): string {
    const quoted = this.#take(/"(?:[^"\\]|\\.)*"/y) ?? this.#fail();
    return JSON.parse(quoted) as string;
  }

  #object(depth: number): Map<string, unknown> {
    const found = new Map<string, unknown>();
    this.#at += 1;
    if (this.#takes('}')) return found;
    do {
      this.#space();
      const key = this.#string();
      if (!this.#takes(':')) this.#fail();
      found.set(key, this.#value(depth + 1));
    } while (this.#takes(','));
    return this.#takes('}') ? found : this.#fail();
  }

  #array(depth: number): JsonList {
    const found = new JsonList();
    this.#at += 1;
    if (this.#takes(']')) return found;
    do found.push(this.#value(depth + 1));
    while (this.#takes(','));
    return this.#takes(']') ? found : this.#fail();
  }
}
