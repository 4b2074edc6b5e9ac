import { predicatesOf, type Expression, type Predicate, type Value } from './expression.ts';

/** The schema of HTTP routes (kong.router.fields); a name that ends in `.*` stands for one more part. */
const schema: Readonly<Record<string, 'String' | 'Int' | 'IpAddr'>> = {
  'net.protocol': 'String',
  'tls.sni': 'String',
  'http.method': 'String',
  'http.host': 'String',
  'http.path': 'String',
  'http.path.segments.*': 'String',
  'http.headers.*': 'String',
  'http.queries.*': 'String',
  'net.src.port': 'Int',
  'net.dst.port': 'Int',
  'http.path.segments.len': 'Int',
  'net.src.ip': 'IpAddr',
  'net.dst.ip': 'IpAddr',
};

/** Checks names and types as atc-router and Kong's schema of routes do. @throws SyntaxError with what is wrong. */
export function checkExpression(expression: Expression): void {
  for (const one of predicatesOf(expression)) {
    const wrong = mistakeOf(one);
    if (wrong !== undefined) throw new SyntaxError(`${one.field} ${one.operator}: ${wrong}`);
  }
}

function mistakeOf({ field, operator, value, lower }: Predicate): string | undefined {
  const type = schema[field] ?? schema[`${field.slice(0, Math.max(0, field.lastIndexOf('.')))}.*`];
  if (type === undefined) return 'there is no such field in router expressions';
  if (field.startsWith('http.path.segments.') && !isSegment(field.slice('http.path.segments.'.length)))
    return 'not a segment of the path, such as 0 or 1_3';
  if (lower && type !== 'String') return `lower() is for strings, and the field is ${type}`;
  if (operator === '~') return type === 'String' ? undefined : 'regular expressions are for strings only';
  if (operator === 'in' || operator === 'not in')
    return type === 'IpAddr' && value.type === 'IpCidr' ? undefined : 'takes an address on the left and a block such as 10.0.0.0/8 on the right';
  if (type !== value.type) return `the field is ${type}, the value ${value.type}`;
  return operator === '==' || operator === '!=' ? undefined : mistakeOfOrder(operator, value);
}

function mistakeOfOrder(operator: string, value: Value): string | undefined {
  const forNumbers = operator.startsWith('>') || operator.startsWith('<');
  if (forNumbers) return value.type === 'Int' ? undefined : 'takes numbers only';
  return value.type === 'String' ? undefined : 'takes strings only';
}

function isSegment(suffix: string): boolean {
  if (suffix === 'len') return true;
  const match = /^(0|[1-9]\d*)(?:_([1-9]\d*))?$/.exec(suffix);
  return match !== null && (match[2] === undefined || Number(match[1]) < Number(match[2]));
}
