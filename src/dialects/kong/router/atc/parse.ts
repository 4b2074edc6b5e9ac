import { addressBytes, isCidr } from '../../../../http/cidr.ts';
import { all, operators, predicate, some, type Expression, type Operator, type Value } from './expression.ts';

const maxLength = 20_000;
const maxDepth = 100;

/**
 * Reads an expression as atc-router's grammar does. Two things surprise: `||` binds tighter than `&&` (the test `expr_op_and_prec` of
 * the crate says so), and `!` stands only before parentheses. @throws SyntaxError with what was expected.
 */
export function parseExpression(text: string): Expression {
  if (text.length > maxLength) throw new SyntaxError(`the expression is longer than ${maxLength} characters`);
  return new Parser(text).whole();
}

const space = /[ \t\r\n]*/y;
const ident = /[A-Za-z][\w.]*/y;
const rawString = /r#"([^]*?)"#/y;
const plainString = /"((?:[^"\\]|\\["\\nrt])*)"/y;
const ipv4 = /\d{1,3}(?:\.\d{1,3}){3}(\/\d{1,2})?/y;
const ipv6 = /(?::|[\da-fA-F]{1,4}):(?:[\da-fA-F]{1,4}|:)*(\/\d{1,3})?/y;
const integer = /(-)?(?:0([0-7]+)|0x([\da-fA-F]+)|(\d+))/y;
const negatedIn = /not[ \t\r\n]*in/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Expression {
    const expression = this.#expression(0);
    this.#match(space);
    if (this.#at < this.#text.length) throw this.#expected('&& or || or the end');
    return expression;
  }

  #expression(depth: number): Expression {
    if (depth > maxDepth) throw new SyntaxError('the expression is nested too deeply');
    const parts = [this.#alternatives(depth)];
    while (this.#take('&&')) parts.push(this.#alternatives(depth));
    return all(parts);
  }

  #alternatives(depth: number): Expression {
    const parts = [this.#term(depth)];
    while (this.#take('||')) parts.push(this.#term(depth));
    return some(parts);
  }

  #term(depth: number): Expression {
    const negated = this.#take('!');
    if (this.#take('(')) {
      const inner = this.#expression(depth + 1);
      if (!this.#take(')')) throw this.#expected(')');
      return negated ? { kind: 'not', inner } : inner;
    }
    if (negated) throw this.#expected('( after !');
    const { field, functions } = this.#left(0);
    const operator = this.#operator();
    const value = this.#value();
    if (operator === '~' && value.type !== 'String') throw new SyntaxError('the operator ~ takes a string only');
    return predicate(field, operator, value, { lower: functions.has('lower'), any: functions.has('any') });
  }

  #left(depth: number): { readonly field: string; readonly functions: ReadonlySet<string> } {
    this.#match(space);
    const name = this.#match(ident)?.[0];
    if (name === undefined || depth > maxDepth) throw this.#expected('a field');
    if (!this.#take('(')) return { field: name, functions: new Set() };
    const { field, functions } = this.#left(depth + 1);
    if (!this.#take(')')) throw this.#expected(')');
    if (name !== 'lower' && name !== 'any') throw new SyntaxError(`there is no function ${name}() in router expressions: lower() and any() are`);
    return { field, functions: new Set([...functions, name]) };
  }

  #operator(): Operator {
    this.#match(space);
    if (this.#match(negatedIn) !== null) return 'not in';
    const operator = operators.find((one) => this.#take(one));
    if (operator === undefined) throw this.#expected(`an operator (${operators.join(' ')})`);
    return operator;
  }

  #value(): Value {
    this.#match(space);
    const raw = this.#match(rawString);
    if (raw !== null) return { type: 'String', text: raw[1] as string };
    const plain = this.#match(plainString);
    if (plain !== null) return { type: 'String', text: (plain[1] as string).replaceAll(/\\(.)/g, (_, char: string) => escapes[char] ?? char) };
    const ip = this.#match(ipv4) ?? this.#match(ipv6);
    if (ip !== null) return address(ip[0], ip[1] !== undefined);
    const int = this.#match(integer);
    if (int === null) throw this.#expected('a string, a number or an address');
    const [, minus, octal, hex, decimal] = int;
    const number = octal === undefined ? (hex === undefined ? Number(decimal) : Number(`0x${hex}`)) : Number(`0o${octal}`);
    if (number >= 2 ** 63) throw new SyntaxError(`${int[0]} is too large a number`);
    return { type: 'Int', number: minus === undefined ? number : -number };
  }

  #take(text: string): boolean {
    this.#match(space);
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #expected(what: string): SyntaxError {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    return new SyntaxError(
      `expected ${what} at character ${this.#at + 1} of the expression${rest === '' ? ', its end' : `, found ${JSON.stringify(rest)}`}`,
    );
  }
}

function address(text: string, block: boolean): Value {
  if (!isCidr(text)) throw new SyntaxError(`${text} is no address`);
  if (block && hasHostBits(text)) throw new SyntaxError(`${text} has bits set beyond its prefix`);
  return { type: block ? 'IpCidr' : 'IpAddr', text };
}

/** The crate cidr takes a block only where its address has no bits beyond the prefix. */
function hasHostBits(text: string): boolean {
  const [address = '', prefix = ''] = text.split('/');
  const bytes = addressBytes(address) ?? new Uint8Array();
  const shift = address.includes(':') && bytes.length === 4 ? 96 : 0;
  return bytes.some((byte, at) => {
    const kept = Math.min(8, Math.max(0, Number(prefix) - shift - at * 8));
    return (byte & (0xff >> kept)) !== 0;
  });
}
