import { parseExpression, type Expression } from './parser.ts';
import { stringLibrary, stringNotRun } from './string-library.ts';
import { bounded, isTable, isTrue, LuaError, LuaNotRun, toNumber, toText, typeOf, type LuaTable, type LuaValue } from './values.ts';

/** Stands in an environment for something of production that is not there here. */
export const notRun: unique symbol = Symbol('not run');
/** What an expression may name beside its own words and the tables of the request. */
export type Environment = ReadonlyMap<string, LuaValue | typeof notRun>;
/** The tables of one request, made when they are first read. */
export type RequestTables = (name: string) => LuaTable | undefined;
type Run = (tables: RequestTables) => LuaValue;
type RunAll = (tables: RequestTables) => readonly LuaValue[];

/**
 * Compiles one expression of Lua, of which functions and tables are not run. @throws LuaSyntaxError, LuaNotRun; what it makes throws
 * LuaError where Lua would stop.
 */
export function compileExpression(text: string, environment: Environment, tables: ReadonlySet<string>): Run {
  const known = { environment, tables };
  return single(parseExpression(text), known);
}
interface Known {
  readonly environment: Environment;
  readonly tables: ReadonlySet<string>;
}

function single(node: Expression, known: Known): Run {
  switch (node.kind) {
    case 'value': {
      const { value } = node;
      return () => value;
    }
    case 'name':
      return named(node.name, node.at, known);
    case 'index': {
      const [from, key] = [single(node.from, known), single(node.key, known)];
      const what = nameOf(node.from);
      return (tables) => index(from(tables), key(tables), what);
    }
    case 'single':
      return single(node.inner, known);
    case 'call': {
      const all = call(node, known);
      return (tables) => all(tables)[0];
    }
    case 'unary':
      return unary(node.operator, single(node.operand, known));
    case 'binary':
      return binary(node.operator, single(node.left, known), single(node.right, known));
  }
}

function named(name: string, at: number, { environment, tables }: Known): Run {
  if (tables.has(name)) return (request) => request(name);
  const value = environment.get(name);
  if (value === notRun) throw new LuaNotRun(`${name} is not run here`, at);
  return () => value;
}

const nameOf = (node: Expression): string => (node.kind === 'name' ? `global '${node.name}'` : node.kind === 'index' ? 'a field' : 'a value');

function index(from: LuaValue, key: LuaValue, what: string): LuaValue {
  if (isTable(from)) return from.get(key);
  if (typeof from === 'string') return typeof key === 'string' ? stringLibrary.get(key) : undefined;
  throw new LuaError(`attempt to index ${what} (a ${typeOf(from)} value)`);
}

function call(node: Extract<Expression, { kind: 'call' }>, known: Known): RunAll {
  const callee = single(node.callee, known);
  const args = argumentsOf(node.args, known);
  const { method } = node;
  if (method !== null && stringNotRun.has(method)) throw new LuaNotRun(`:${method}() is not run here`, node.at);
  const what = nameOf(node.callee);
  return (tables) => {
    const target = callee(tables);
    const found = method === null ? target : index(target, method, what);
    if (typeof found !== 'function')
      throw new LuaError(`attempt to call ${method === null ? what : `method '${method}'`} (a ${typeOf(found)} value)`);
    return found(method === null ? args(tables) : [target, ...args(tables)]);
  };
}

/** The last argument gives all that it answers, the others one value each. */
function argumentsOf(nodes: readonly Expression[], known: Known): RunAll {
  const last = nodes.at(-1);
  const firsts = nodes.slice(0, -1).map((node) => single(node, known));
  const rest: RunAll = last === undefined ? () => [] : last.kind === 'call' ? call(last, known) : one(single(last, known));
  return (tables) => [...firsts.map((run) => run(tables)), ...rest(tables)];
}
const one =
  (run: Run): RunAll =>
  (tables) => [run(tables)];

function unary(operator: string, operand: Run): Run {
  if (operator === 'not') return (tables) => !isTrue(operand(tables));
  if (operator === '-') return (tables) => -numberOf(operand(tables));
  return (tables) => {
    const value = operand(tables);
    if (typeof value === 'string' || isTable(value)) return value.length;
    throw new LuaError(`attempt to get length of a ${typeOf(value)} value`);
  };
}

function binary(operator: string, left: Run, right: Run): Run {
  switch (operator) {
    case 'and':
      return (tables) => {
        const value = left(tables);
        return isTrue(value) ? right(tables) : value;
      };
    case 'or':
      return (tables) => {
        const value = left(tables);
        return isTrue(value) ? value : right(tables);
      };
    case '==':
      return (tables) => left(tables) === right(tables);
    case '~=':
      return (tables) => left(tables) !== right(tables);
    case '..':
      return (tables) => concatenated(left(tables), right(tables));
    case '<':
      return (tables) => less(left(tables), right(tables), false);
    case '>':
      return (tables) => {
        const first = left(tables);
        return less(right(tables), first, false);
      };
    case '<=':
      return (tables) => less(left(tables), right(tables), true);
    case '>=':
      return (tables) => {
        const first = left(tables);
        return less(right(tables), first, true);
      };
    default: {
      const act = arithmetic[operator] as (a: number, b: number) => number;
      return (tables) => act(numberOf(left(tables)), numberOf(right(tables)));
    }
  }
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a - Math.floor(a / b) * b,
  '^': (a, b) => a ** b,
};

function numberOf(value: LuaValue): number {
  const number = toNumber(value);
  if (number === undefined) throw new LuaError(`attempt to perform arithmetic on a ${typeOf(value)} value`);
  return number;
}

function concatenated(a: LuaValue, b: LuaValue): string {
  for (const value of [a, b])
    if (typeof value !== 'string' && typeof value !== 'number') throw new LuaError(`attempt to concatenate a ${typeOf(value)} value`);
  return bounded(toText(a) + toText(b));
}

function less(a: LuaValue, b: LuaValue, orEqual: boolean): boolean {
  const alike = (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!alike) throw new LuaError(`attempt to compare ${typeOf(a)} with ${typeOf(b)}`);
  return orEqual ? (a as number) <= (b as number) : (a as number) < (b as number);
}
