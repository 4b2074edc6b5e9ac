import { cidrMatcher } from '../../../http/cidr.ts';
import { queryValue } from '../../../http/query.ts';
import { compileRegex } from '../../../matching/regex.ts';
import { fromRust, type PathHit, type Seen } from './attributes.ts';

export type ExpressionMatch = PathHit;
type Test = (seen: Seen, hit: Hit) => boolean;
interface Hit {
  matched: string;
  captures: Record<string, string>;
}

/**
 * Compiles the router language of the expressions flavor: fields, `lower()`, `any()`, the operators `==` `!=` `~` `^=` `=^` `>`
 * `>=` `<` `<=` `in` `not in` `contains`, `&&`, `||`, `!` and parentheses. @throws SyntaxError with what was expected.
 */
export function compileExpression(text: string): (seen: Seen) => ExpressionMatch | undefined {
  const test = new Parser(text).whole();
  return (seen) => {
    const hit: Hit = { matched: '', captures: {} };
    return test(seen, hit) ? hit : undefined;
  };
}

const token = /\s*(?:(&&|\|\||==|!=|\^=|=\^|>=|<=|[!~><()])|(r#"[^]*?"#)|("(?:[^"\\]|\\.)*")|([\w.:/-]+(?:\.\*)?))/y;

class Parser {
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    if (text.length > 20_000) throw new SyntaxError('the expression is longer than 20000 characters');
    token.lastIndex = 0;
    while (token.lastIndex < text.trimEnd().length) {
      const from = token.lastIndex;
      const match = token.exec(text);
      if (match === null) throw new SyntaxError(`the expression cannot be read at ${JSON.stringify(text.slice(from, from + 20))}`);
      this.#tokens.push(match[0].trim());
    }
  }

  whole(): Test {
    const test = this.#or(0);
    if (this.#at < this.#tokens.length) throw new SyntaxError(`unexpected ${this.#tokens[this.#at] ?? ''}`);
    return test;
  }

  #or(depth: number): Test {
    let left = this.#and(depth);
    while (this.#take('||')) {
      const [a, b] = [left, this.#and(depth)];
      left = (seen, hit) => a(seen, hit) || b(seen, hit);
    }
    return left;
  }

  #and(depth: number): Test {
    let left = this.#term(depth);
    while (this.#take('&&')) {
      const [a, b] = [left, this.#term(depth)];
      left = (seen, hit) => a(seen, hit) && b(seen, hit);
    }
    return left;
  }

  #term(depth: number): Test {
    if (depth > 100) throw new SyntaxError('the expression is nested too deeply');
    if (this.#take('!')) {
      const inner = this.#term(depth + 1);
      return (seen, hit) => !inner(seen, hit);
    }
    if (this.#take('(')) {
      const inner = this.#or(depth + 1);
      this.#expect(')');
      return inner;
    }
    return this.#predicate();
  }

  #predicate(): Test {
    const wraps: string[] = [];
    let field = this.#next();
    while ((field === 'lower' || field === 'any') && this.#take('(')) {
      wraps.push(field);
      field = this.#next();
    }
    for (const _ of wraps) this.#expect(')');
    let operator = this.#next();
    if (operator === 'not') operator = `not ${this.#next()}`;
    const value = valueOf(this.#next());
    return predicate(field, operator, value, wraps);
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#at] !== text) return false;
    this.#at += 1;
    return true;
  }
  #next(): string {
    const found = this.#tokens[this.#at];
    if (found === undefined) throw new SyntaxError('the expression ends too early');
    this.#at += 1;
    return found;
  }
  #expect(text: string): void {
    if (!this.#take(text)) throw new SyntaxError(`expected ${text} in the expression, found ${this.#tokens[this.#at] ?? 'its end'}`);
  }
}

function valueOf(text: string): string {
  if (text.startsWith('r#"')) return text.slice(3, -2);
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, (_, char: string) => ({ n: '\n', r: '\r', t: '\t' })[char] ?? char) : text;
}

/** Values of a field: several for a header or query parameter that is there more than once. */
function reader(field: string): (seen: Seen) => readonly (string | number)[] {
  switch (field) {
    case 'http.method':
      return ({ exchange }) => [exchange.method];
    case 'http.host':
      return ({ host }) => [host];
    case 'http.path':
      return ({ uri }) => [uri];
    case 'net.protocol':
      return ({ secure }) => [secure ? 'https' : 'http'];
    case 'net.port':
    case 'net.dst.port':
      return ({ exchange, hostPort }) => [field === 'net.port' ? hostPort : exchange.listener.port];
    case 'net.src.port':
      return ({ exchange }) => [exchange.connection.remotePort];
    case 'net.src.ip':
      return ({ exchange }) => [exchange.connection.remoteAddress];
    case 'net.dst.ip':
      return () => ['127.0.0.1'];
    case 'tls.sni':
      return ({ sni }) => (sni === '' ? [] : [sni]);
    case 'http.path.segments.len':
      return ({ uri }) => [segmentsOf(uri).length];
    default:
      return familyReader(field);
  }
}

const segmentsOf = (uri: string): string[] => uri.split('/').filter((one) => one !== '');

function familyReader(field: string): (seen: Seen) => readonly string[] {
  if (field.startsWith('http.headers.')) {
    const name = field.slice('http.headers.'.length).replaceAll('_', '-');
    return ({ exchange }) => exchange.arrived.headers.getAll(name);
  }
  if (field.startsWith('http.queries.')) {
    const name = field.slice('http.queries.'.length);
    return ({ exchange }) => [queryValue(exchange.query, name)].filter((one) => one !== undefined);
  }
  const segments = /^http\.path\.segments\.(\d+)(?:_(\d+))?$/.exec(field);
  if (segments !== null) {
    const [from, to] = [Number(segments[1]), Number(segments[2] ?? segments[1])];
    return ({ uri }) => {
      const all = segmentsOf(uri);
      return to < all.length ? [all.slice(from, to + 1).join('/')] : [];
    };
  }
  throw new SyntaxError(`there is no field ${field} in router expressions`);
}

function predicate(field: string, operator: string, value: string, wraps: readonly string[]): Test {
  const read = reader(field);
  const test = comparison(field, operator, value);
  const lower = wraps.includes('lower');
  const any = wraps.includes('any');
  return (seen, hit) => {
    const values = read(seen).map((one) => (lower && typeof one === 'string' ? one.toLowerCase() : one));
    if (values.length === 0) return false;
    return any ? values.some((one) => test(one, hit)) : values.every((one) => test(one, hit));
  };
}

function comparison(field: string, operator: string, value: string): (given: string | number, hit: Hit) => boolean {
  const number = Number(value);
  const path = field === 'http.path';
  switch (operator) {
    case '==':
      return (given, hit) => String(given) === value && (path ? Boolean((hit.matched = value)) || true : true);
    case '!=':
      return (given) => String(given) !== value;
    case '^=':
      return (given, hit) => {
        if (!String(given).startsWith(value)) return false;
        if (path) hit.matched = value;
        return true;
      };
    case '=^':
      return (given) => String(given).endsWith(value);
    case '~': {
      const regex = compileRegex(fromRust(value), 's');
      return (given, hit) => {
        const found = String(given).length > 8_192 ? null : regex.exec(String(given));
        if (found !== null && path) {
          hit.matched = found[0];
          for (let at = 0; at < found.length; at += 1) hit.captures[String(at)] = found[at] ?? '';
          Object.assign(hit.captures, found.groups);
        }
        return found !== null;
      };
    }
    case 'in':
    case 'not in': {
      const inside = cidrMatcher([value]);
      return (given) => inside(String(given)) === (operator === 'in');
    }
    case 'contains':
      return (given) => String(given).includes(value);
    case '>':
      return (given) => Number(given) > number;
    case '>=':
      return (given) => Number(given) >= number;
    case '<':
      return (given) => Number(given) < number;
    case '<=':
      return (given) => Number(given) <= number;
    default:
      throw new SyntaxError(`there is no operator ${operator} in router expressions`);
  }
}
