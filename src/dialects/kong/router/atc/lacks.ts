import { compileTest, type Test } from './evaluate.ts';
import { predicatesOf, type Expression, type Predicate } from './expression.ts';
import type { FieldTable, FieldValue } from './fields.ts';

const labels: Readonly<Record<string, string>> = {
  'net.protocol': 'protocol',
  'tls.sni': 'server name',
  'http.method': 'method',
  'http.host': 'host',
  'http.path': 'path',
  'net.src.ip': 'client address',
  'net.src.port': 'client port',
  'net.dst.ip': 'address of the gateway',
  'net.dst.port': 'port',
};

function labelOf(field: string): string {
  const header = /^http\.(headers|queries)\.(.*)$/.exec(field);
  if (header === null) return labels[field] ?? field;
  return header[1] === 'headers' ? `header ${(header[2] as string).replaceAll('_', '-')}` : `query parameter ${header[2] ?? ''}`;
}

/** One of the conditions that all must hold. */
export interface Condition {
  readonly expression: Expression;
  readonly test: Test;
}
export const conditionsOf = (expression: Expression, fields: FieldTable): Condition[] =>
  (expression.kind === 'all' ? expression.of : [expression]).map((one) => ({ expression: one, test: compileTest(one, fields) }));

/** What a request lacks: one sentence for each condition that does not hold. */
export const lacksOf = (conditions: readonly Condition[], values: readonly FieldValue[], fields: FieldTable): string[] =>
  conditions.filter(({ test }) => !test(values, { path: '', captures: null })).map(({ expression }) => lackOf(expression, values, fields));

function lackOf(condition: Expression, values: readonly FieldValue[], fields: FieldTable): string {
  const all = [...predicatesOf(condition)];
  // That SNI does not count on plain connections is no wish of the route's.
  const wishes = all.length > 1 ? all.filter(({ field, operator }) => field !== 'net.protocol' || operator !== '!=') : all;
  const [first] = wishes as [Predicate];
  const given = values[fields.placeOf(first.field)];
  const has = given === undefined ? 'none' : typeof given === 'object' ? given.join(', ') : String(given);
  const choices = condition.kind === 'some' ? condition.of : [condition];
  const wanted = choices
    .map((choice) => [...predicatesOf(choice)].filter((one) => wishes.includes(one)))
    .filter((choice) => choice.length > 0)
    .map((choice) => choice.map((one) => (one.field === first.field ? wish(one) : `${labelOf(one.field)} ${wish(one)}`)).join(' with '));
  if (condition.kind === 'not') return `${labelOf(first.field)} ${has} is excluded`;
  return `${labelOf(first.field)} ${has} is not ${[...new Set(wanted)].join(' or ')}`;
}

function wish({ operator, value }: Predicate): string {
  const text = value.type === 'Int' ? String(value.number) : value.text;
  switch (operator) {
    case '==':
      return text;
    case '^=':
      return `${text}*`;
    case '=^':
      return `*${text}`;
    case '~':
      return `~${text}`;
    default:
      return `${operator} ${text}`;
  }
}
