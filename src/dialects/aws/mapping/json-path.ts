import { JsonList } from '../velocity/java-values.ts';
import { filterOf, type Filter } from './json-path-filter.ts';

/** One step of a path: what it finds in one value. `many` makes the result a list. */
export interface Step {
  readonly many: boolean;
  readonly from: (value: unknown) => readonly unknown[];
}
/** A path that cannot be read. */
export class JsonPathError extends Error {}

/** Values that one path may look at. */
const most = 200_000;
const cache = new Map<string, readonly Step[]>();

/** What a path finds, as Jayway's JsonPath finds it: undefined where a definite path leads nowhere, a list where it can find several. @throws JsonPathError */
export function readPath(path: string, root: unknown): unknown {
  const steps = stepsOf(path);
  let found: readonly unknown[] = [root];
  for (const step of steps) {
    const next: unknown[] = [];
    for (const value of found) for (const one of step.from(value)) if (next.push(one) > most) throw new JsonPathError('the path finds too much');
    found = next;
  }
  return steps.some((step) => step.many) ? JsonList.from(found) : found[0];
}

function stepsOf(path: string): readonly Step[] {
  const known = cache.get(path);
  if (known !== undefined) return known;
  if (path.length > 2_000) throw new JsonPathError('the path is longer than 2000 characters');
  const steps = parse(path);
  if (cache.size >= 500) cache.clear();
  cache.set(path, steps);
  return steps;
}

/** `$`, or without it as Jayway allows: `pets[0].name`. */
function parse(path: string): Step[] {
  const text = path.trim();
  const steps: Step[] = [];
  let at = text.startsWith('$') ? 1 : 0;
  const pattern = /(\.\.?)?(?:\[((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^\]'"[])*)\]|(\*)|([^.[\]()*]+)(\(\))?)/y;
  while (at < text.length) {
    pattern.lastIndex = at;
    const [whole, dots, bracket, star, name, call] = pattern.exec(text) ?? [];
    if (whole === undefined) throw new JsonPathError(`${JSON.stringify(path)} cannot be read from character ${at + 1} on`);
    at += whole.length;
    if (dots === '..') steps.push({ many: true, from: descendants });
    if (star !== undefined) steps.push(every);
    else if (bracket !== undefined) steps.push(bracketed(bracket.trim()));
    else steps.push(call === undefined ? named([name as string]) : called(name as string));
  }
  return steps;
}

const childrenOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value instanceof Map ? [...value.values()] : [];
const every: Step = { many: true, from: childrenOf };

function descendants(value: unknown): unknown[] {
  const found = [value];
  for (let at = 0; at < found.length && found.length <= most; at += 1) for (const child of childrenOf(found[at])) found.push(child);
  return found.filter((one) => typeof one === 'object' && one !== null);
}

function named(names: readonly string[]): Step {
  return {
    many: names.length > 1,
    from: (value) => {
      if (value instanceof Map) return names.filter((name) => value.has(name)).map((name) => value.get(name) as unknown);
      return [];
    },
  };
}

/** The functions at the end of a path. */
function called(name: string): Step {
  const of = (value: unknown): unknown => {
    if (name === 'length' || name === 'size') return typeof value === 'string' ? BigInt(value.length) : BigInt(childrenOf(value).length);
    if (name === 'keys') return value instanceof Map ? JsonList.from(value.keys()) : null;
    const numbers = childrenOf(value).map(Number);
    if (name === 'min') return Math.min(...numbers.slice(0, 10_000));
    if (name === 'max') return Math.max(...numbers.slice(0, 10_000));
    const sum = numbers.reduce((total, one) => total + one, 0);
    if (name === 'sum') return sum;
    return name === 'avg' ? sum / numbers.length : null;
  };
  return { many: false, from: (value) => [of(value)] };
}

function bracketed(inside: string): Step {
  if (inside === '*') return every;
  if (inside.startsWith('?')) return filtered(filterOf(inside.slice(1).trim()));
  const names = [...inside.matchAll(/\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|$)/gy)].map(([, single, double]) =>
    (single ?? double ?? '').replaceAll(/\\(.)/g, '$1'),
  );
  if (names.length > 0) return named(names);
  const slice = /^(-?\d+)?\s*:\s*(-?\d+)?$/.exec(inside);
  if (slice !== null)
    return {
      many: true,
      from: (value) =>
        Array.isArray(value)
          ? [...(value as unknown[])].slice(slice[1] === undefined ? 0 : Number(slice[1]), slice[2] === undefined ? undefined : Number(slice[2]))
          : [],
    };
  const indexes = inside.split(',').map((one) => one.trim());
  if (!indexes.every((one) => /^-?\d{1,9}$/.test(one))) throw new JsonPathError(`[${inside}] cannot be read`);
  const numbers = indexes.map(Number);
  return {
    many: numbers.length > 1,
    from: (value) => {
      if (!Array.isArray(value)) return [];
      return numbers
        .map((one) => (one < 0 ? one + value.length : one))
        .filter((one) => one >= 0 && one < value.length)
        .map((one) => (value as unknown[])[one]);
    },
  };
}

function filtered(holds: Filter): Step {
  const test = (value: unknown): boolean => holds(value, (path, from) => readPath(path, from));
  return { many: true, from: (value) => (Array.isArray(value) ? (value as unknown[]).filter(test) : test(value) ? [value] : []) };
}
