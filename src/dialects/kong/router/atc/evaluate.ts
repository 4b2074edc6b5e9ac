import { addressBytes, cidrMatcher } from '../../../../http/cidr.ts';
import type { Expression, Predicate } from './expression.ts';
import type { FieldTable, FieldValue } from './fields.ts';
import { compileRust } from './rust-regex.ts';

/** What the tests of one route leave behind: also those whose branch came to nothing, as in atc-router 1.7. */
export interface Findings {
  /** What of the path was covered by the last test of it that held. */
  path: string;
  /** Groups of every regular expression that held, by number and by name. */
  captures: Record<string, string> | null;
}
export type Test = (values: readonly FieldValue[], findings: Findings) => boolean;

const longest = 8_192;

/** @throws SyntaxError for a regular expression that is none. */
export function compileTest(expression: Expression, fields: FieldTable): Test {
  if (expression.kind === 'predicate') return compilePredicate(expression, fields);
  if (expression.kind === 'not') {
    const inner = compileTest(expression.inner, fields);
    return (values, findings) => !inner(values, findings);
  }
  const tests = expression.of.map((one) => compileTest(one, fields));
  const wanted = expression.kind === 'some';
  return (values, findings) => {
    for (const test of tests) if (test(values, findings) === wanted) return wanted;
    return !wanted;
  };
}

function compilePredicate(one: Predicate, fields: FieldTable): Test {
  const place = fields.placeOf(one.field);
  const holds = comparison(one);
  const { lower, any } = one;
  return (values, findings) => {
    const value = values[place];
    if (value === undefined) return false;
    if (typeof value !== 'object') return holds(lower && typeof value === 'string' ? value.toLowerCase() : value, findings);
    for (const text of value) if (holds(lower ? text.toLowerCase() : text, findings) === any) return any;
    return !any;
  };
}

type Comparison = (given: string | number, findings: Findings) => boolean;

function comparison({ field, operator, value }: Predicate): Comparison {
  if (value.type === 'Int') return numbers(operator, value.number);
  if (value.type !== 'String') {
    const inside = value.type === 'IpCidr' ? cidrMatcher([value.text]) : sameAddress(value.text);
    const wanted = operator === '==' || operator === 'in';
    return (given) => inside(String(given)) === wanted;
  }
  const found: (findings: Findings, text: string) => true =
    field === 'http.path' ? (findings, text) => Boolean((findings.path = text)) || true : () => true;
  const { text } = value;
  switch (operator) {
    case '==':
      return (given, findings) => given === text && found(findings, text);
    case '!=':
      return (given) => given !== text;
    case '^=':
      return (given, findings) => (given as string).startsWith(text) && found(findings, text);
    case '=^':
      return (given, findings) => (given as string).endsWith(text) && found(findings, text);
    case 'contains':
      return (given) => (given as string).includes(text);
    case '~': {
      const regex = compileRust(text);
      return (given, findings) => {
        const match = (given as string).length > longest ? null : regex.exec(given as string);
        if (match === null) return false;
        addCaptures((findings.captures ??= {}), match);
        return found(findings, match[0]);
      };
    }
    default:
      throw new SyntaxError(`the operator ${operator} takes no string`);
  }
}

/** Groups that took part, by number, and by name where they have one. */
export function addCaptures(captures: Record<string, string>, match: RegExpExecArray): void {
  for (let at = 0; at < match.length; at += 1) if (match[at] !== undefined) captures[String(at)] = match[at] as string;
  for (const [name, text] of Object.entries(match.groups ?? {})) if (text !== undefined) captures[name] = text;
}

function sameAddress(text: string): (address: string) => boolean {
  const wanted = addressBytes(text) ?? new Uint8Array();
  return (address) => {
    const bytes = addressBytes(address);
    return bytes !== undefined && bytes.length === wanted.length && bytes.every((byte, at) => byte === wanted[at]);
  };
}

function numbers(operator: Predicate['operator'], wanted: number): Comparison {
  switch (operator) {
    case '==':
      return (given) => given === wanted;
    case '!=':
      return (given) => given !== wanted;
    case '>':
      return (given) => (given as number) > wanted;
    case '>=':
      return (given) => (given as number) >= wanted;
    case '<':
      return (given) => (given as number) < wanted;
    case '<=':
      return (given) => (given as number) <= wanted;
    default:
      throw new SyntaxError(`the operator ${operator} takes no number`);
  }
}
