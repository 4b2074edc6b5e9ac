import type { Exchange } from '../../engine/exchange.ts';
import { queryValue } from '../../http/query.ts';
import { hostOf } from '../../matching/host.ts';
import { didYouMean } from '../../sources/setting.ts';

/** A text made for each request. */
export type Template = (exchange: Exchange) => string;

type Reader = (exchange: Exchange) => unknown;
const fixed: Readonly<Record<string, Reader>> = {
  'request.method': (exchange) => exchange.method,
  'request.path': (exchange) => exchange.path,
  'request.query': (exchange) => exchange.query,
  'request.host': (exchange) => hostOf(exchange.arrived.headers.get('host')),
  'request.ip': (exchange) => exchange.connection.remoteAddress,
  'route.id': (exchange) => exchange.route?.id,
  'consumer.username': (exchange) => exchange.caller.consumer?.username,
  'consumer.id': (exchange) => exchange.caller.consumer?.id,
  'consumer.customId': (exchange) => exchange.caller.consumer?.customId,
};
const families: Readonly<Record<string, (name: string) => Reader>> = {
  'request.header.': (name) => (exchange) => exchange.arrived.headers.joined(name),
  'request.query.': (name) => (exchange) => queryValue(exchange.query, name),
  'params.': (name) => (exchange) => exchange.params[name],
  'jwt.': (name) => (exchange) => exchange.caller.claims?.[name],
};

/**
 * Compiles `text ${request.header.x-id} text`. What is not there is empty; `$${` stands for `${`.
 * @throws SyntaxError for an expression that does not exist.
 */
export function compileTemplate(text: string): Template {
  const parts: (string | Reader)[] = [];
  let at = 0;
  for (const match of text.matchAll(/\$\$\{|\$\{([^}]*)\}/g)) {
    parts.push(text.slice(at, match.index), match[1] === undefined ? '${' : readerOf(match[1].trim()));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  if (parts.every((part) => typeof part === 'string')) {
    const whole = parts.join('');
    return () => whole;
  }
  return (exchange) => {
    let out = '';
    for (const part of parts) out += typeof part === 'string' ? part : textOf(part(exchange));
    return out;
  };
}

function readerOf(expression: string): Reader {
  const reader = fixed[expression];
  if (reader !== undefined) return reader;
  for (const [prefix, make] of Object.entries(families))
    if (expression.startsWith(prefix) && expression.length > prefix.length) return make(expression.slice(prefix.length));
  const known = [...Object.keys(fixed), ...Object.keys(families).map((prefix) => `${prefix}NAME`)];
  throw new SyntaxError(`\${${expression}} does not exist${didYouMean(expression, known)}: expected one of ${known.join(', ')}`);
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));
