import type { Exchange } from '../../../engine/exchange.ts';
import { queryValue } from '../../../http/query.ts';

/** A value for a request; undefined where an expression has none. */
export type Template = (exchange: Exchange) => string | undefined;

const member = /^(headers|query_params|uri_captures)(?:\.([\w-]+)|\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\])$/;

/**
 * Compiles `text $(headers.x) text`. Of the Lua expressions that Kong runs, those that read one value are mirrored, also with
 * `or` and a text behind it; any other is refused, never guessed. @throws SyntaxError.
 */
export function compileTemplate(text: string): Template {
  const parts: (string | Template)[] = [];
  let at = 0;
  for (const match of text.matchAll(/\$\(((?:[^()]|\([^()]*\))*)\)/g)) {
    parts.push(text.slice(at, match.index), expression((match[1] as string).trim()));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  if (parts.every((part) => typeof part === 'string')) return () => text;
  return (exchange) => {
    let out = '';
    for (const part of parts) out += typeof part === 'string' ? part : (part(exchange) ?? '');
    return out;
  };
}

function expression(text: string): Template {
  const [first = '', ...rest] = text.split(/\s+or\s+/);
  const reads = [first, ...rest].map(term);
  return (exchange) => {
    for (const read of reads) {
      const value = read(exchange);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

function term(text: string): Template {
  const literal = /^(?:'([^']*)'|"([^"]*)"|(\d+))$/.exec(text);
  if (literal !== null) return () => literal[1] ?? literal[2] ?? literal[3];
  const found = member.exec(text);
  if (found === null) throw new SyntaxError(`the Lua expression $(${text}) is not run`);
  const [, family, ...names] = found;
  const name = names.find((one) => one !== undefined) as string;
  if (family === 'headers') return (exchange) => exchange.arrived.headers.get(name) ?? exchange.arrived.headers.get(name.replaceAll('_', '-'));
  if (family === 'query_params') return (exchange) => queryValue(exchange.query, name);
  return (exchange) => exchange.params[name];
}
