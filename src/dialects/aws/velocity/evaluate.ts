import { listMethods, mapMethods } from './collection-methods.ts';
import { isHost, javaClass, javaEquals, javaText, type HostObject } from './java-values.ts';
import { TemplateFailure, type Operator, type PathStep } from './syntax.ts';
import { numberMethods, textMethods } from './text-methods.ts';

type Method = (...args: unknown[]) => unknown;
const largest = 2n ** 4_096n;

/** The method of a value, or undefined where it has none of that name. */
export function methodOf(value: unknown, name: string): Method | undefined {
  const of = (table: Readonly<Record<string, unknown>>): Method | undefined =>
    Object.hasOwn(table, name) ? (...args) => (table[name] as Method)(value, ...args) : undefined;
  if (name === 'getClass' && value !== null && value !== undefined) return () => classOf(value);
  if (typeof value === 'string') return of(textMethods as Readonly<Record<string, unknown>>);
  if (typeof value === 'number' || typeof value === 'bigint') return of(numberMethods);
  if (Array.isArray(value)) return of(listMethods);
  if (isHost(value) && Object.hasOwn(value.javaMethods, name)) return value.javaMethods[name] as Method;
  if (value instanceof Map) return of(mapMethods);
  if (name === 'toString' && (typeof value === 'boolean' || isHost(value))) return () => javaText(value);
  if (typeof value === 'boolean') return name === 'equals' ? (other) => other === value : name === 'booleanValue' ? () => value : undefined;
  return undefined;
}

const classOf = (value: unknown): HostObject => {
  const name = javaClass(value);
  return { javaMethods: { getName: () => name, getSimpleName: () => name.split('.').at(-1) }, toString: () => `class ${name}` };
};

/** `value.name`: a getter, else an entry of a map, else an `isName`. Undefined where there is none. */
export function propertyOf(value: unknown, name: string): unknown {
  const proper = name.charAt(0).toUpperCase() + name.slice(1);
  const getter = methodOf(value, `get${proper}`);
  if (getter !== undefined && proper !== '') return getter();
  if (value instanceof Map) return value.has(name) ? (value.get(name) ?? null) : undefined;
  if (isHost(value) && Object.hasOwn(value.javaMethods, 'get')) return (value.javaMethods['get'] as Method)(name);
  return methodOf(value, `is${proper}`)?.();
}

/** `value[index]`. */
export function indexOf(value: unknown, index: unknown): unknown {
  if (Array.isArray(value)) {
    if (typeof index !== 'bigint') return undefined;
    const at = Number(index < 0n ? index + BigInt(value.length) : index);
    if (at < 0 || at >= value.length) throw new TemplateFailure(`index ${index} out of bounds for length ${value.length}`);
    return (value as unknown[])[at] ?? null;
  }
  return methodOf(value, 'get')?.(index);
}

/** Writes `value.name` or `value[index]`; false where that cannot be written. */
export function assign(value: unknown, step: PathStep, index: unknown, to: unknown): boolean {
  if (step.is === 'method') return false;
  const key = step.is === 'property' ? step.name : index;
  if (Array.isArray(value) && typeof key === 'bigint') {
    const at = Number(key < 0n ? key + BigInt(value.length) : key);
    if (at < 0 || at >= value.length) throw new TemplateFailure(`index ${key} out of bounds for length ${value.length}`);
    value[at] = to;
    return true;
  }
  const put = methodOf(value, 'put');
  put?.(key, to);
  return put !== undefined;
}

const isNumber = (value: unknown): value is bigint | number => typeof value === 'bigint' || typeof value === 'number';

/** What an operation makes of two values; null where it makes nothing of them. Null stands for what is not there. */
export function operate(operator: Exclude<Operator, '&&' | '||'>, left: unknown, right: unknown, source: readonly [string, string]): unknown {
  if (operator === '==') return equal(left, right);
  if (operator === '!=') return !equal(left, right);
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string'))
    return (left === null ? source[0] : javaText(left)) + (right === null ? source[1] : javaText(right));
  if (!isNumber(left) || !isNumber(right)) return /[<>]/.test(operator) ? false : null;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return typeof left === 'bigint' && typeof right === 'bigint' ? integers(operator, left, right) : doubles(operator, Number(left), Number(right));
  }
}

/** Integers stay integers, however large; division cuts off, and by zero there is no result. */
function integers(operator: string, left: bigint, right: bigint): bigint | null {
  if ((operator === '/' || operator === '%') && right === 0n) return null;
  const value =
    operator === '+'
      ? left + right
      : operator === '-'
        ? left - right
        : operator === '*'
          ? left * right
          : operator === '/'
            ? left / right
            : left % right;
  if (value > largest || value < -largest) throw new TemplateFailure('a number becomes too large');
  return value;
}

function doubles(operator: string, left: number, right: number): number | null {
  if ((operator === '/' || operator === '%') && right === 0) return null;
  return operator === '+'
    ? left + right
    : operator === '-'
      ? left - right
      : operator === '*'
        ? left * right
        : operator === '/'
          ? left / right
          : left % right;
}

/** Numbers by value, equal kinds by equals, different kinds by their texts. */
function equal(left: unknown, right: unknown): boolean {
  if (left === null || right === null) return left === right;
  // eslint-disable-next-line eqeqeq -- 1 and 1.0 are equal
  if (isNumber(left) && isNumber(right)) return left == right;
  return typeof left === typeof right ? javaEquals(left, right) : javaText(left) === javaText(right);
}

/** The largest range that a template may count through. */
export function range(from: unknown, to: unknown, most: number): bigint[] | null {
  if (typeof from !== 'bigint' || typeof to !== 'bigint') return null;
  const size = (to > from ? to - from : from - to) + 1n;
  if (size > BigInt(most)) throw new TemplateFailure(`a range has at most ${most} elements`);
  const step = to >= from ? 1n : -1n;
  return Array.from({ length: Number(size) }, (_, at) => from + BigInt(at) * step);
}
