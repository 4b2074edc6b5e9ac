import { tokensOf, type Token } from './lexer.ts';
import { LuaNotRun, LuaSyntaxError } from './values.ts';

/** An expression of Lua; `at` is its place in the text. */
export type Expression =
  | { readonly kind: 'value'; readonly value: undefined | boolean | number | string }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'index'; readonly from: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Expression[]; readonly method: string | null; readonly at: number }
  | { readonly kind: 'single'; readonly inner: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression };

/** Binding powers, left and right (the Lua manual, section 2.5.6). */
const binary: Readonly<Record<string, readonly [left: number, right: number]>> = {
  or: [1, 2],
  and: [3, 4],
  '<': [5, 6],
  '>': [5, 6],
  '<=': [5, 6],
  '>=': [5, 6],
  '~=': [5, 6],
  '==': [5, 6],
  '..': [8, 7],
  '+': [9, 10],
  '-': [9, 10],
  '*': [11, 12],
  '/': [11, 12],
  '%': [11, 12],
  '^': [16, 15],
};
const unaryPower = 13;
const keywords: ReadonlySet<string> = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(' '),
);
const deepest = 100;

/** Reads one expression. @throws LuaSyntaxError for what is none, LuaNotRun for a function or a table in it. */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;
  const peek = (): Token => tokens[at] as Token;
  const fail = (token: Token): never => {
    throw new LuaSyntaxError(`unexpected symbol near '${token.kind === 'end' ? '<eof>' : token.text}'`, token.at);
  };
  const take = (symbol: string): boolean => {
    const token = peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    at += 1;
    return true;
  };
  const expect = (symbol: string): void => {
    if (!take(symbol)) fail(peek());
  };
  const nameHere = (): string => {
    const token = peek();
    if (token.kind !== 'name' || keywords.has(token.text)) fail(token);
    at += 1;
    return token.text;
  };

  function expression(power: number): Expression {
    depth += 1;
    if (depth > deepest) throw new LuaSyntaxError('chunk has too many syntax levels', peek().at);
    let left = operand();
    for (;;) {
      const { kind, text: operator } = peek();
      const powers = kind === 'symbol' || kind === 'name' ? binary[operator] : undefined;
      if (powers === undefined || !Object.hasOwn(binary, operator) || powers[0] < power) break;
      at += 1;
      left = { kind: 'binary', operator, left, right: expression(powers[1]) };
    }
    depth -= 1;
    return left;
  }

  function operand(): Expression {
    const token = peek();
    if ((token.kind === 'symbol' && (token.text === '-' || token.text === '#')) || (token.kind === 'name' && token.text === 'not')) {
      at += 1;
      return { kind: 'unary', operator: token.text, operand: expression(unaryPower) };
    }
    if (token.kind === 'text' || token.kind === 'number') {
      at += 1;
      return { kind: 'value', value: token.kind === 'text' ? token.text : Number(token.text) };
    }
    if (token.kind === 'name' && ['nil', 'true', 'false'].includes(token.text)) {
      at += 1;
      return { kind: 'value', value: token.text === 'nil' ? undefined : token.text === 'true' };
    }
    notRun(token);
    return suffixed();
  }

  function suffixed(): Expression {
    const token = peek();
    let found: Expression;
    if (take('(')) {
      found = { kind: 'single', inner: expression(0) };
      expect(')');
    } else found = { kind: 'name', name: nameHere(), at: token.at };
    for (;;) {
      if (take('.')) found = { kind: 'index', from: found, key: { kind: 'value', value: nameHere() } };
      else if (take('[')) {
        found = { kind: 'index', from: found, key: expression(0) };
        expect(']');
      } else if (take(':')) {
        const method = nameHere();
        const args = argumentsHere();
        if (args === undefined) return fail(peek());
        found = { kind: 'call', callee: found, args, method, at: token.at };
      } else {
        const args = argumentsHere();
        if (args === undefined) return found;
        found = { kind: 'call', callee: found, args, method: null, at: token.at };
      }
    }
  }

  function argumentsHere(): Expression[] | undefined {
    const token = peek();
    if (token.kind === 'text') {
      at += 1;
      return [{ kind: 'value', value: token.text }];
    }
    if (token.text === '{' && token.kind === 'symbol') notRun(token);
    if (!take('(')) return undefined;
    const args: Expression[] = [];
    if (take(')')) return args;
    do args.push(expression(0));
    while (take(','));
    expect(')');
    return args;
  }

  const found = expression(0);
  if (peek().kind !== 'end') fail(peek());
  return found;
}

function notRun({ kind, text, at }: Token): void {
  if (kind === 'name' && text === 'function') throw new LuaNotRun('a function of Lua is not run here', at);
  if (kind === 'symbol' && (text === '{' || text === '...')) throw new LuaNotRun('a table of Lua is not run here', at);
}
