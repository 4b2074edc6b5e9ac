import type { Scalar } from '../../tree.ts';

/** A text with variables in it: what stands between them, and they. */
export type Parts = readonly (string | Variable)[];

/** `${a, b, 'text'}`: what is there first counts. */
export interface Variable {
  readonly choices: readonly Choice[];
}

/** Where a value comes from; a text that is no value (`wrong`) is refused by Serverless. */
export type Choice =
  | { readonly kind: 'source'; readonly type: string; readonly params: readonly Parts[] | undefined; readonly address: Parts | undefined }
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'variable'; readonly variable: Variable }
  | { readonly kind: 'wrong'; readonly text: string };

/** Variables within variables that are understood; deeper ones stay as they stand. */
const maxNesting = 32;

/**
 * The variables of a text (grammar: Serverless Framework 3, Variables); undefined where there is none. `${AWS::Region}`, `${Name}` and
 * `${Name.Attribute}` are CloudFormation's and stay; `\${` is an escaped `${`.
 */
export function parseVariables(text: string): Parts | undefined {
  if (!text.includes('${')) return undefined;
  const parts = new Parser(text).text();
  return parts.length === 1 && parts[0] === text ? undefined : parts;
}

interface Read<T> {
  readonly value: T;
  readonly end: number;
}

class Parser {
  readonly #text: string;
  /** What begins where: no place is parsed twice, so that the work grows with the text only. */
  readonly #known = new Map<number, Read<Variable> | undefined>();

  constructor(text: string) {
    this.#text = text;
  }

  text(): (string | Variable)[] {
    const parts = new Pieces();
    let at = 0;
    while (at < this.#text.length) {
      const char = this.#text[at] as string;
      if (char === '\\') {
        const escapes = this.#text.startsWith('${', at + 1);
        parts.add(escapes ? '$' : this.#text.slice(at, at + 2));
        at += 2;
        continue;
      }
      const variable = this.#text.startsWith('${', at) ? this.#variable(at, 0) : undefined;
      parts.add(variable?.value ?? char);
      at = variable?.end ?? at + 1;
    }
    return parts.all;
  }

  #variable(at: number, depth: number): Read<Variable> | undefined {
    if (depth > maxNesting) return undefined;
    if (!this.#known.has(at)) this.#known.set(at, this.#choices(at + 2, depth));
    return this.#known.get(at);
  }

  #choices(start: number, depth: number): Read<Variable> | undefined {
    const choices: Choice[] = [];
    let at = start;
    for (;;) {
      at = this.#space(at);
      const choice = this.#source(at, depth) ?? (choices.length > 0 ? this.#otherwise(at, depth) : undefined);
      if (choice === undefined) return undefined;
      choices.push(choice.value);
      at = this.#space(choice.end);
      if (this.#text[at] === '}') return { value: { choices }, end: at + 1 };
      if (this.#text[at] !== ',') return undefined;
      at += 1;
    }
  }

  #source(at: number, depth: number): Read<Choice> | undefined {
    const type = /cf\.[\w-]+|[a-z][a-zA-Z0-9]*/y;
    type.lastIndex = at;
    const name = type.exec(this.#text)?.[0];
    if (name === undefined) return undefined;
    let end = at + name.length;
    let params: Parts[] | undefined;
    if (this.#text[end] === '(') {
      const read = this.#params(end + 1, depth);
      if (read === undefined) return undefined;
      params = read.value;
      end = this.#space(read.end);
    }
    if (this.#text[end] !== ':') return params === undefined ? undefined : { value: { kind: 'source', type: name, params, address: undefined }, end };
    if (this.#text[end + 1] === ':') return undefined;
    const address = this.#piece(this.#space(end + 1), ',}', depth);
    return address && { value: { kind: 'source', type: name, params, address: address.value }, end: address.end };
  }

  #params(start: number, depth: number): Read<Parts[]> | undefined {
    const params: Parts[] = [];
    let at = start;
    for (;;) {
      const param = this.#piece(this.#space(at), ',)}', depth);
      if (param === undefined) return undefined;
      at = this.#space(param.end);
      if (this.#text[at] === '}') return undefined;
      if (param.value.length > 0 || this.#text[at] === ',') params.push(param.value);
      if (this.#text[at] === ')') return { value: params, end: at + 1 };
      if (this.#text[at] !== ',') return undefined;
      at += 1;
    }
  }

  /** What a fallback may be, beside a source. */
  #otherwise(at: number, depth: number): Read<Choice> | undefined {
    if (this.#text.startsWith('${', at)) {
      const inner = this.#variable(at, depth + 1);
      return inner && { value: { kind: 'variable', variable: inner.value }, end: inner.end };
    }
    const quoted = this.#quoted(at);
    if (quoted !== undefined) return { value: { kind: 'literal', value: quoted.value }, end: quoted.end };
    const bare = /[^,{}]*/y;
    bare.lastIndex = at;
    const found = bare.exec(this.#text)?.[0] ?? '';
    return { value: literal(found.trim()), end: at + found.length };
  }

  /** A quoted text, or all up to one of `ends` with the variables in it. */
  #piece(start: number, ends: string, depth: number): Read<Parts> | undefined {
    const quoted = this.#quoted(start);
    if (quoted !== undefined) return { value: quoted.value === '' ? [] : [quoted.value], end: quoted.end };
    const parts = new Pieces();
    let at = start;
    for (;;) {
      const char = this.#text[at];
      if (char === undefined) return undefined;
      if (ends.includes(char)) return { value: parts.trimmed(), end: at };
      const nested = this.#text.startsWith('${', at);
      const variable = nested ? this.#variable(at, depth + 1) : undefined;
      if (nested && variable === undefined) return undefined;
      parts.add(variable?.value ?? char);
      at = variable?.end ?? at + 1;
    }
  }

  #quoted(at: number): Read<string> | undefined {
    const quote = this.#text[at];
    if (quote !== "'" && quote !== '"') return undefined;
    const end = this.#text.indexOf(quote, at + 1);
    return end < 0 ? undefined : { value: this.#text.slice(at + 1, end), end: end + 1 };
  }

  #space(at: number): number {
    let end = at;
    while (end < this.#text.length && ' \t\r\n'.includes(this.#text[end] as string)) end += 1;
    return end;
  }
}

/** Parts of a text as they are found; characters that follow each other are one text. */
class Pieces {
  readonly all: (string | Variable)[] = [];

  add(piece: string | Variable): void {
    const last = this.all.length - 1;
    if (typeof piece === 'string' && typeof this.all[last] === 'string') this.all[last] += piece;
    else this.all.push(piece);
  }
  trimmed(): Parts {
    const last = this.all.length - 1;
    return this.all
      .map((one, at) =>
        typeof one === 'string' ? (at === 0 ? (at === last ? one.trim() : one.trimStart()) : at === last ? one.trimEnd() : one) : one,
      )
      .filter((one) => one !== '');
  }
}

function literal(text: string): Choice {
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  if (text === 'null') return { kind: 'literal', value: null };
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? { kind: 'wrong', text } : { kind: 'literal', value: number };
}
