import type { Scanner } from './scanner.ts';
import type { Block, Expression, Operator, PathStep, Reference } from './syntax.ts';

/** Parses the text of an interpolated string; `at` is where it stands in the template. */
export type Interpolate = (text: string, at: number) => Block;

const identifier = /[A-Za-z_][\w-]*/y;
const number = /-?(?:\d+(?=\.\.)|(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?)/y;

/** Weakest first; of one level, longest first. */
const levels: readonly (readonly [RegExp, Readonly<Record<string, Operator>>])[] = [
  [/\|\||or(?!\w)/y, { '||': '||', or: '||' }],
  [/&&|and(?!\w)/y, { '&&': '&&', and: '&&' }],
  [/==|!=|(?:eq|ne)(?!\w)/y, { '==': '==', '!=': '!=', eq: '==', ne: '!=' }],
  [/<=|>=|<|>|(?:lt|le|gt|ge)(?!\w)/y, { '<=': '<=', '>=': '>=', '<': '<', '>': '>', lt: '<', le: '<=', gt: '>', ge: '>=' }],
  [/\+|-(?!\d)/y, { '+': '+', '-': '-' }],
  [/[*/%]/y, { '*': '*', '/': '/', '%': '%' }],
];

/** The expression language of `#set` and `#if`. A number takes the minus before it, so `7-3` is no subtraction (Velocity 1.7's grammar). */
export function expression(scanner: Scanner, interpolate: Interpolate, level = 0): Expression {
  const operators = levels[level];
  if (operators === undefined) return unary(scanner, interpolate);
  const next = (): Expression => expression(scanner, interpolate, level + 1);
  const start = scanner.at;
  let left = next();
  for (;;) {
    const middle = scanner.at;
    const found = scanner.take(operators[0]);
    if (found === null) return left;
    const after = scanner.at;
    const right = next();
    const source = [scanner.text.slice(start, middle).trim(), scanner.text.slice(after, scanner.at).trim()] as const;
    left = { is: 'operation', operator: operators[1][found[0]] as Operator, left, right, source };
  }
}

function unary(scanner: Scanner, interpolate: Interpolate): Expression {
  scanner.space();
  if (scanner.take(/!|not(?!\w)/y) !== null) return { is: 'not', value: scanner.nested(() => unary(scanner, interpolate)) };
  if (!scanner.takes('(')) return parameter(scanner, interpolate);
  const inner = scanner.nested(() => expression(scanner, interpolate));
  scanner.expect(')');
  scanner.space();
  return inner;
}

/** A value as arguments, lists and maps take it: with space around it, but without operators. */
export function parameter(scanner: Scanner, interpolate: Interpolate): Expression {
  scanner.space();
  const value = optionalValue(scanner, interpolate) ?? scanner.fail('expected a value');
  scanner.space();
  return value;
}

export function optionalValue(scanner: Scanner, interpolate: Interpolate): Expression | undefined {
  const { at } = scanner;
  const char = scanner.text[at];
  if (char === '"' || char === "'") return quoted(scanner, char, interpolate);
  if (char === '$') return reference(scanner, interpolate) ?? scanner.fail('expected a reference');
  if (char === '[') return scanner.nested(() => listOrRange(scanner, interpolate));
  if (char === '{') return scanner.nested(() => map(scanner, interpolate));
  const truth = scanner.take(/(?:true|false)(?!\w)/y);
  if (truth !== null) return { is: 'literal', value: truth[0] === 'true' };
  const digits = scanner.take(number);
  if (digits === null) return undefined;
  return { is: 'literal', value: /^-?\d+$/.test(digits[0]) ? BigInt(digits[0]) : Number(digits[0]) };
}

/** A quote within a string is doubled, or follows a backslash where another quote ends the string: the longest string counts. */
function quoted(scanner: Scanner, quote: string, interpolate: Interpolate): Expression {
  const { text, at } = scanner;
  let end = -1;
  for (let next = at + 1; next < text.length; next += 1) {
    if (text[next] !== quote) continue;
    end = next;
    if (text[next + 1] === quote) next += 1;
    else if (quote !== '"' || text[next - 1] !== '\\') break;
  }
  if (end < 0) scanner.fail('expected the end of a string that begins');
  scanner.at = end + 1;
  const value = text.slice(at + 1, end).replaceAll(quote + quote, quote);
  if (quote === "'" || !/[$#]/.test(value)) return { is: 'literal', value };
  return scanner.nested(() => ({ is: 'interpolated', body: interpolate(value, at + 1) }));
}

function listOrRange(scanner: Scanner, interpolate: Interpolate): Expression {
  const { at } = scanner;
  scanner.expect('[');
  scanner.space();
  if (scanner.takes(']')) return { is: 'list', items: [] };
  const items = [parameter(scanner, interpolate)];
  if (scanner.takes('..')) {
    const to = parameter(scanner, interpolate);
    scanner.expect(']');
    return { is: 'range', from: items[0] as Expression, to, at };
  }
  while (scanner.takes(',')) items.push(parameter(scanner, interpolate));
  scanner.expect(']');
  return { is: 'list', items };
}

function map(scanner: Scanner, interpolate: Interpolate): Expression {
  const entries: [Expression, Expression][] = [];
  scanner.expect('{');
  scanner.space();
  if (!scanner.takes('}')) {
    do {
      const key = parameter(scanner, interpolate);
      scanner.expect(':');
      entries.push([key, parameter(scanner, interpolate)]);
    } while (scanner.takes(','));
    scanner.expect('}');
  }
  return { is: 'map', entries };
}

/** A reference, or undefined where the `$` is text: `$5`, `$.x`, `${`. */
export function reference(scanner: Scanner, interpolate: Interpolate): Reference | undefined {
  const start = scanner.at;
  const escapes = (scanner.take(/\\*/y) as RegExpExecArray)[0].length;
  const begin = scanner.at;
  const opening = scanner.take(/\$(!?)(\{?)(?=[A-Za-z_])/y);
  if (opening === null) {
    scanner.at = start;
    return undefined;
  }
  const name = (scanner.take(identifier) as RegExpExecArray)[0];
  const path: PathStep[] = [];
  for (;;) {
    if (scanner.text[scanner.at] === '[') {
      scanner.at += 1;
      path.push({ is: 'index', value: scanner.nested(() => parameter(scanner, interpolate)) });
      scanner.expect(']');
    } else if (scanner.sees(/\.[A-Za-z]/y)) {
      scanner.at += 1;
      const member = (scanner.take(identifier) as RegExpExecArray)[0];
      path.push(
        scanner.takes('(')
          ? { is: 'method', name: member, args: scanner.nested(() => args(scanner, interpolate)) }
          : { is: 'property', name: member },
      );
    } else break;
  }
  if (opening[2] === '{') scanner.expect('}');
  return { is: 'reference', name, path, quiet: opening[1] === '!', escapes, source: scanner.text.slice(begin, scanner.at), at: begin };
}

function args(scanner: Scanner, interpolate: Interpolate): Expression[] {
  const found: Expression[] = [];
  scanner.space();
  if (scanner.takes(')')) return found;
  do found.push(parameter(scanner, interpolate));
  while (scanner.takes(','));
  scanner.expect(')');
  return found;
}
