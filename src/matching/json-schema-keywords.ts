import { formats } from './json-schema-formats.ts';
import { compileRegex } from './regex.ts';

/** Answers what is wrong with a value, or undefined. */
export type Judge = (value: unknown) => string | undefined;
/** What a keyword compiles the schemas within it with. */
export interface SchemaCompiler {
  compile(schema: unknown): Judge;
  list(value: unknown, key: string): Judge[];
  map(value: unknown, key: string): [string, Judge][];
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
export const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
export const passes: Judge = () => undefined;

/** Equal values have one text: members are put in order. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (isObject(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one));

export const all = (judges: readonly Judge[]): Judge => {
  if (judges.length < 2) return judges[0] ?? passes;
  return (value) => {
    for (const judge of judges) {
      const wrong = judge(value);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
};
const forStrings =
  (judge: (text: string) => string | undefined): Judge =>
  (value) =>
    typeof value === 'string' ? judge(value) : undefined;
const forNumbers =
  (judge: (number: number) => string | undefined): Judge =>
  (value) =>
    typeof value === 'number' ? judge(value) : undefined;
const forArrays =
  (judge: (list: readonly unknown[]) => string | undefined): Judge =>
  (value) =>
    Array.isArray(value) ? judge(value) : undefined;
const forObjects =
  (judge: (map: Readonly<Record<string, unknown>>) => string | undefined): Judge =>
  (value) =>
    isObject(value) ? judge(value) : undefined;
/** In characters, not in halves of them. */
export const lengthOf = (text: string): number => text.replaceAll(/[\ud800-\udbff][\udc00-\udfff]/g, '.').length;

/** Older patterns escape what need not be, which the stricter reading refuses. */
function patternOf(source: string): RegExp {
  try {
    return compileRegex(source, 'u');
  } catch {
    return compileRegex(source);
  }
}

export type Keyword = (value: unknown, schema: Readonly<Record<string, unknown>>, compiler: SchemaCompiler) => Judge | undefined;
const number = (value: unknown, key: string): number => {
  if (typeof value !== 'number') throw new Error(`${key} is a number`);
  return value;
};
const bound =
  (
    key: string,
    holds: (size: number, limit: number) => boolean,
    on: (judge: (size: number) => string | undefined) => Judge,
    words: string,
  ): Keyword =>
  (value) => {
    const limit = number(value, key);
    return on((size) => (holds(size, limit) ? undefined : `${words} ${limit}`));
  };
const atLeast = (size: number, limit: number): boolean => size >= limit;
const atMost = (size: number, limit: number): boolean => size <= limit;
const byLength = (judge: (size: number) => string | undefined): Judge => forStrings((text) => judge(lengthOf(text)));
const byCount = (judge: (size: number) => string | undefined): Judge => forArrays((list) => judge(list.length));
const bySize = (judge: (size: number) => string | undefined): Judge => forObjects((map) => judge(Object.keys(map).length));

export const keywords: Readonly<Record<string, Keyword>> = {
  type(value) {
    const types = Array.isArray(value) ? (value as unknown[]) : [value];
    const wanted = types.join(' or ');
    return (one) => {
      const type = typeOf(one);
      return types.includes(type) || (type === 'integer' && types.includes('number')) ? undefined : `wrong type: expected ${wanted}, got ${type}`;
    };
  },
  enum(value) {
    if (!Array.isArray(value)) throw new Error('enum is a list');
    const known = new Set(value.map(textOf));
    return (one) => (known.has(textOf(one)) ? undefined : 'matches none of the enum values');
  },
  const(value) {
    const wanted = textOf(value);
    return (one) => (textOf(one) === wanted ? undefined : 'does not match the constant');
  },
  multipleOf(value) {
    const unit = number(value, 'multipleOf');
    return forNumbers((one) => {
      const times = one / unit;
      return Math.abs(times - Math.round(times)) <= Number.EPSILON * Math.abs(times) * 4 ? undefined : `expected a multiple of ${unit}`;
    });
  },
  minimum(value, { exclusiveMinimum }) {
    const least = number(value, 'minimum');
    const strictly = exclusiveMinimum === true;
    return forNumbers((one) =>
      one > least || (!strictly && one === least) ? undefined : `expected ${strictly ? 'more than' : 'at least'} ${least}`,
    );
  },
  maximum(value, { exclusiveMaximum }) {
    const most = number(value, 'maximum');
    const strictly = exclusiveMaximum === true;
    return forNumbers((one) => (one < most || (!strictly && one === most) ? undefined : `expected ${strictly ? 'less than' : 'at most'} ${most}`));
  },
  // Of draft 4 it says how `minimum` is meant.
  exclusiveMinimum: (value) =>
    typeof value === 'boolean'
      ? undefined
      : forNumbers((one) => (one > number(value, 'exclusiveMinimum') ? undefined : `expected more than ${String(value)}`)),
  exclusiveMaximum: (value) =>
    typeof value === 'boolean'
      ? undefined
      : forNumbers((one) => (one < number(value, 'exclusiveMaximum') ? undefined : `expected less than ${String(value)}`)),
  minLength: bound('minLength', atLeast, byLength, 'string too short, expected at least'),
  maxLength: bound('maxLength', atMost, byLength, 'string too long, expected at most'),
  minItems: bound('minItems', atLeast, byCount, 'expected a list of at least'),
  maxItems: bound('maxItems', atMost, byCount, 'expected a list of at most'),
  minProperties: bound('minProperties', atLeast, bySize, 'expected an object with at least'),
  maxProperties: bound('maxProperties', atMost, bySize, 'expected an object with at most'),
  pattern(value) {
    const regex = patternOf(String(value));
    return forStrings((text) => (regex.test(text) ? undefined : `failed to match the pattern ${String(value)}`));
  },
  format: (value) => {
    const test = formats.get(String(value));
    return test === undefined ? undefined : forStrings((text) => (test(text) ? undefined : `expected a valid ${String(value)}`));
  },
  items(value, { additionalItems }, compiler) {
    const each = Array.isArray(value) ? null : compiler.compile(value);
    const places = Array.isArray(value) ? compiler.list(value, 'items') : [];
    const rest = each ?? (additionalItems === undefined ? passes : compiler.compile(additionalItems));
    return forArrays((list) => {
      for (const [at, one] of list.entries()) {
        const wrong = (places[at] ?? rest)(one);
        if (wrong !== undefined) return `item ${at + 1} is wrong: ${wrong}`;
      }
      return undefined;
    });
  },
  uniqueItems: (value) =>
    value === true ? forArrays((list) => (new Set(list.map(textOf)).size === list.length ? undefined : 'expected unique items')) : undefined,
  contains(value, _, compiler) {
    const judge = compiler.compile(value);
    return forArrays((list) => (list.some((one) => judge(one) === undefined) ? undefined : 'contains no such item'));
  },
  required(value) {
    // A single true or false is of draft 3.
    if (!Array.isArray(value)) throw new Error('required is a list of names');
    return forObjects((map) => {
      const missing = (value as string[]).find((name) => !Object.hasOwn(map, name));
      return missing === undefined ? undefined : `property ${missing} is required`;
    });
  },
  properties: (_, schema, compiler) => (Object.hasOwn(schema, 'patternProperties') ? undefined : members(schema, compiler)),
  patternProperties: (_, schema, compiler) => members(schema, compiler),
  additionalProperties: (_, schema, compiler) =>
    Object.hasOwn(schema, 'properties') || Object.hasOwn(schema, 'patternProperties') ? undefined : members(schema, compiler),
  propertyNames(value, _, compiler) {
    const judge = compiler.compile(value);
    return forObjects((map) =>
      Object.keys(map)
        .map((name) => judge(name))
        .find((wrong) => wrong !== undefined),
    );
  },
  dependencies(value, _, compiler) {
    if (!isObject(value)) throw new Error('dependencies is an object');
    const asked = Object.entries(value).map(([name, one]) => [name, compiler.compile(Array.isArray(one) ? { required: one } : one)] as const);
    return forObjects((map) => asked.flatMap(([name, judge]) => (Object.hasOwn(map, name) ? (judge(map) ?? []) : []))[0]);
  },
  allOf: (value, _, compiler) => all(compiler.list(value, 'allOf')),
  anyOf(value, _, compiler) {
    const judges = compiler.list(value, 'anyOf');
    return (one) => (judges.some((judge) => judge(one) === undefined) ? undefined : 'matches none of the schemas of anyOf');
  },
  oneOf(value, _, compiler) {
    const judges = compiler.list(value, 'oneOf');
    return (one) => {
      const matching = judges.filter((judge) => judge(one) === undefined).length;
      return matching === 1 ? undefined : `matches ${matching === 0 ? 'none' : 'several'} of the schemas of oneOf`;
    };
  },
  not(value, _, compiler) {
    const judge = compiler.compile(value);
    return (one) => (judge(one) === undefined ? 'matches the schema that it must not match' : undefined);
  },
  if(value, schema, compiler) {
    const judge = compiler.compile(value);
    const [then, otherwise] = [compiler.compile(schema['then'] ?? {}), compiler.compile(schema['else'] ?? {})];
    return (one) => (judge(one) === undefined ? then(one) : otherwise(one));
  },
};

function members(schema: Readonly<Record<string, unknown>>, compiler: SchemaCompiler): Judge {
  const named = new Map(compiler.map(schema['properties'] ?? {}, 'properties'));
  const patterns = compiler.map(schema['patternProperties'] ?? {}, 'patternProperties').map(([source, judge]) => [patternOf(source), judge] as const);
  const { additionalProperties: more = true } = schema;
  const rest = more === true ? passes : more === false ? null : compiler.compile(more);
  return forObjects((map) => {
    for (const [name, value] of Object.entries(map)) {
      const judges = [named.get(name), ...patterns.filter(([regex]) => regex.test(name)).map(([, judge]) => judge)].filter(
        (one) => one !== undefined,
      );
      if (judges.length === 0 && rest === null) return `additional properties forbidden, found ${name}`;
      const wrong = (judges.length === 0 ? (rest ?? passes) : all(judges))(value);
      if (wrong !== undefined) return `property ${name} validation failed: ${wrong}`;
    }
    return undefined;
  });
}
