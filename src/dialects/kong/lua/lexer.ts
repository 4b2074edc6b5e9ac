import { luaToNumber } from './numbers.ts';
import { LuaNotRun, LuaSyntaxError } from './values.ts';

export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

const space = /(?:\s|--(?!\[=*\[)[^\n]*)*/y;
const name = /[A-Za-z_]\w*/y;
const number = /0[xX][\dA-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const symbol = /\.\.\.|\.\.|==|~=|<=|>=|[-+*/%^#<>=(){}[\];:,.]/y;
const long = /\[(=*)\[/y;
const simple: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Divides the text of an expression. @throws LuaSyntaxError. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += take(space)?.length ?? 0;
    const start = at;
    if (at >= text.length) {
      tokens.push({ kind: 'end', text: '', at });
      return tokens;
    }
    const char = text[at] as string;
    const digits = take(number);
    const word = take(name);
    const bracket = take(long);
    const sign = take(symbol);
    if (text.startsWith('--', at)) throw new LuaNotRun('a long comment is not run here', at);
    if (char === '"' || char === "'") {
      const found = quoted(text, at);
      tokens.push({ kind: 'text', text: found.value, at });
      at = found.end;
    } else if (bracket !== undefined) {
      const close = text.indexOf(bracket.replaceAll('[', ']'), at);
      if (close < 0) throw new LuaSyntaxError('unfinished long string', at);
      tokens.push({ kind: 'text', text: text.slice(at + bracket.length, close).replace(/^\r?\n/, ''), at });
      at = close + bracket.length;
    } else if (digits !== undefined) {
      at += digits.length;
      if (/[\w.]/.test(text[at] ?? '') && !text.startsWith('..', at)) {
        if (/^(?:LL|ULL|i)\b/i.test(text.slice(at))) throw new LuaNotRun('a number of 64 bits or a complex one is not run here', start);
        throw new LuaSyntaxError('malformed number', start);
      }
      tokens.push({ kind: 'number', text: String(luaToNumber(digits)), at: start });
    } else if (word !== undefined || sign !== undefined) {
      tokens.push({ kind: word === undefined ? 'symbol' : 'name', text: (word ?? sign) as string, at });
      at += ((word ?? sign) as string).length;
    } else throw new LuaSyntaxError(`unexpected symbol near '${char}'`, at);
  }
}

function quoted(text: string, start: number): { readonly value: string; readonly end: number } {
  const quote = text[start] as string;
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char === quote) return { value, end: at + 1 };
    if (char === '\n') break;
    if (char !== '\\') value += char;
    else {
      const rest = text.slice(at + 1);
      const code = /^(?:x([\dA-Fa-f]{2})|(\d{1,3})|(z\s*)|(\r?\n))/.exec(rest);
      if (code === null) {
        const next = rest[0] ?? '';
        if (/[A-Za-z]/.test(next) && simple[next] === undefined) throw new LuaSyntaxError('invalid escape sequence', at);
        value += simple[next] ?? next;
        at += 1;
        continue;
      }
      const number = code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
      if (number > 255) throw new LuaSyntaxError('invalid escape sequence', at);
      value += code[4] !== undefined ? '\n' : code[3] !== undefined ? '' : String.fromCharCode(number);
      at += code[0].length;
    }
  }
  throw new LuaSyntaxError('unfinished string', start);
}
