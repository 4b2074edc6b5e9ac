import { compileRegex } from '../../../matching/regex.ts';
import { javaEquals } from '../velocity/java-values.ts';

/** Whether a value passes; `read` reads a path from it. */
export type Filter = (value: unknown, read: (path: string, from: unknown) => unknown) => boolean;
type Operand = (value: unknown, read: Parameters<Filter>[1]) => unknown;

const token =
  /\s*(&&|\|\||!=|==|<=|>=|=~|[<>!()]|(?:in|nin|contains)\b|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\/(?:[^/\\]|\\.)*\/i?|@[\w.[\]'"*-]*|-?\d+(?:\.\d+)?|true|false|null|\[[^\]]*\])\s*/y;

/** Reads `(@.price < 10 && @.kind == 'x')`. What cannot be read lets nothing pass. */
export function filterOf(text: string): Filter {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length && tokens.length < 200) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) return () => false;
    tokens.push(found[1] as string);
    at += found[0].length;
  }
  const parser = new FilterParser(tokens);
  return parser.whole() ?? (() => false);
}

class FilterParser {
  readonly #tokens: string[];
  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  whole(): Filter | undefined {
    const filter = this.#either();
    return this.#tokens.length === 0 ? filter : undefined;
  }
  #takes(what: string): boolean {
    if (this.#tokens[0] !== what) return false;
    this.#tokens.shift();
    return true;
  }
  #either(): Filter | undefined {
    let left = this.#both();
    while (this.#takes('||')) {
      const [one, other] = [left, this.#both()];
      left = one === undefined || other === undefined ? undefined : (value, read) => one(value, read) || other(value, read);
    }
    return left;
  }
  #both(): Filter | undefined {
    let left = this.#one();
    while (this.#takes('&&')) {
      const [one, other] = [left, this.#one()];
      left = one === undefined || other === undefined ? undefined : (value, read) => one(value, read) && other(value, read);
    }
    return left;
  }
  #one(): Filter | undefined {
    if (this.#takes('!')) {
      const inner = this.#one();
      return inner === undefined ? undefined : (value, read) => !inner(value, read);
    }
    if (this.#takes('(')) {
      const inner = this.#either();
      return this.#takes(')') ? inner : undefined;
    }
    const first = this.#tokens.shift();
    const left = first === undefined ? undefined : operand(first);
    if (left === undefined) return undefined;
    const operator = this.#tokens[0];
    if (operator === undefined || ['&&', '||', ')'].includes(operator)) return (value, read) => left(value, read) !== undefined;
    this.#tokens.shift();
    return comparison(operator, left, this.#tokens.shift());
  }
}

function operand(text: string): Operand | undefined {
  if (text.startsWith('@')) return (value, read) => (text === '@' ? value : read(`$${text.slice(1)}`, value));
  if (/^['"]/.test(text)) return () => text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  if (/^-?\d/.test(text)) return () => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text));
  if (text.startsWith('['))
    return () =>
      text
        .slice(1, -1)
        .split(',')
        .map((one) => operand(one.trim())?.(null, () => undefined));
  const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };
  return Object.hasOwn(words, text) ? () => words[text] : undefined;
}

function comparison(operator: string, left: Operand, second: string | undefined): Filter | undefined {
  if (second === undefined) return undefined;
  if (operator === '=~') {
    const [, source, flags] = /^\/(.*)\/(i?)$/.exec(second) ?? [];
    if (source === undefined) return undefined;
    let regex: RegExp;
    try {
      regex = compileRegex(`^(?:${source})$`, flags);
    } catch {
      return undefined;
    }
    return (value, read) => {
      const text = left(value, read);
      return typeof text === 'string' && regex.test(text);
    };
  }
  const right = operand(second);
  return right === undefined ? undefined : (value, read) => compared(operator, left(value, read), right(value, read));
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

function compared(operator: string, left: unknown, right: unknown): boolean {
  // oxlint-disable-next-line eqeqeq -- 1 and 1.0 are equal
  const same = isNumber(left) && isNumber(right) ? left == right : javaEquals(left, right);
  if (operator === '==') return same;
  if (operator === '!=') return !same;
  if (operator === 'in') return Array.isArray(right) && right.some((one) => compared('==', left, one));
  if (operator === 'nin') return Array.isArray(right) && !right.some((one) => compared('==', left, one));
  if (operator === 'contains')
    return typeof left === 'string'
      ? typeof right === 'string' && left.includes(right)
      : Array.isArray(left) && left.some((one) => compared('==', one, right));
  if (!(isNumber(left) && isNumber(right)) && !(typeof left === 'string' && typeof right === 'string')) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : operator === '>=' && left >= right;
}
