import { cidrMatcher, isCidr } from '../../../http/cidr.ts';
import { matchesArn, matchesWildcard } from './wildcard.ts';
import { listOf } from '../data.ts';

/** What is known of a request, by the lower-case names of condition keys. A key that is absent is absent for the policy too. */
export type ConditionKeys = Readonly<Record<string, string | undefined>>;
export type Condition = (keys: ConditionKeys) => boolean;

/** Keys whose values are known here, or that are truly absent where no VPC and no other service is involved. */
const known: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:referer',
  'aws:securetransport',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:useragent',
  'aws:userid',
  'aws:username',
  'aws:vpcsourceip',
]);

/** Whether what the request has meets one value of the policy. */
type Test = (actual: string) => boolean;
type Operator = (wanted: string) => Test;

const ordered =
  (read: (text: string) => number, holds: (difference: number) => boolean): Operator =>
  (wanted) => {
    const bound = read(wanted);
    return (actual) => holds(read(actual) - bound);
  };
const same = (difference: number): boolean => difference === 0;
/** A date of ISO 8601, or seconds since 1970. */
const dateOf = (text: string): number => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const like: Operator = (wanted) => (actual) => matchesWildcard(wanted, actual);
const arnLike: Operator = (wanted) => (actual) => matchesArn(wanted, actual);
const lower = (text: string): string => text.toLowerCase();

/** Operators that hold where any value fits. Source: the IAM user guide, condition operators. */
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: (wanted) => (actual) => actual === wanted,
  StringEqualsIgnoreCase: (wanted) => (actual) => lower(actual) === lower(wanted),
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (wanted) => (actual) => lower(actual) === lower(wanted),
  IpAddress: (wanted) => cidrMatcher([wanted]),
  NumericEquals: ordered(Number, same),
  NumericLessThan: ordered(Number, (difference) => difference < 0),
  NumericLessThanEquals: ordered(Number, (difference) => difference <= 0),
  NumericGreaterThan: ordered(Number, (difference) => difference > 0),
  NumericGreaterThanEquals: ordered(Number, (difference) => difference >= 0),
  DateEquals: ordered(dateOf, same),
  DateLessThan: ordered(dateOf, (difference) => difference < 0),
  DateLessThanEquals: ordered(dateOf, (difference) => difference <= 0),
  DateGreaterThan: ordered(dateOf, (difference) => difference > 0),
  DateGreaterThanEquals: ordered(dateOf, (difference) => difference >= 0),
};
/** Operators that hold where no value fits; they hold for an absent key too. */
const negated: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** A `Condition` block: all that it names must hold. @throws TypeError saying what in it is not understood. */
export function compileConditions(block: unknown, used: (key: string) => void = () => {}): Condition {
  if (block === undefined || block === null) return () => true;
  if (typeof block !== 'object' || Array.isArray(block)) throw new TypeError('a Condition that is no map');
  const conditions = Object.entries(block).flatMap(([operator, keys]) => {
    if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) throw new TypeError(`the condition ${operator} without keys`);
    return Object.entries(keys).map(([key, values]) => (used(key), compileCondition(operator, key, listOf(values))));
  });
  return (keys) => conditions.every((holds) => holds(keys));
}

function compileCondition(written: string, name: string, values: readonly unknown[]): Condition {
  const [, set, operator = '', ifExists] = /^(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?$/.exec(written) ?? [];
  const key = name.toLowerCase();
  if (!known.has(key)) throw new TypeError(`the condition key ${name}`);
  if (!values.every(isScalar)) throw new TypeError(`values of the condition key ${name}`);
  const wanted = values.map(String);
  if (operator === 'Null' && set === undefined) return (keys) => wanted.includes(String(keys[key] === undefined));
  const positive = negated[operator] ?? operator;
  const make = Object.hasOwn(operators, positive) ? operators[positive] : undefined;
  if (make === undefined) throw new TypeError(`the condition operator ${written}`);
  if (wanted.some((value) => value.includes('${'))) throw new TypeError('policy variables in conditions');
  if (positive === 'IpAddress' && !wanted.every(isCidr)) throw new TypeError(`an address in the condition key ${name}`);
  const tests = wanted.map(make);
  const negates = Object.hasOwn(negated, operator);
  const whenAbsent = set === 'ForAllValues:' || ifExists !== undefined || (negates && set === undefined);
  return (keys) => {
    const actual = keys[key];
    if (actual === undefined) return whenAbsent;
    return tests.some((test) => test(actual)) !== negates;
  };
}
