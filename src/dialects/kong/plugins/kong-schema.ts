import { withinDepth, type Judge } from '../../../matching/json-schema.ts';
import { compileLuaPattern } from './lua-pattern.ts';

type Spec = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Spec => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Kong's own schema language (kong/db/schema), as far as bodies are described with it: a list of fields. @throws Error where it is none */
export function compileKongSchema(fields: unknown): Judge {
  return withinDepth(record(fields));
}

/** `[{ name: spec }, ...]`, or the same as one map. What is not named may not be there. */
function record(fields: unknown): Judge {
  if (!Array.isArray(fields) && !isObject(fields)) throw new Error('a schema is a list of fields, each { NAME: { type: ... } }');
  const all = (Array.isArray(fields) ? (fields as unknown[]) : [fields]).flatMap((one) => (isObject(one) ? Object.entries(one) : []));
  const judges = new Map(all.map(([name, spec]) => [name, { judge: field(spec), required: isObject(spec) && spec['required'] === true }]));
  return (value) => {
    if (!isObject(value)) return 'expected a record';
    for (const [name, { judge, required }] of judges) {
      const one = Object.hasOwn(value, name) ? value[name] : undefined;
      const wrong = one === undefined || one === null ? (required ? 'required field missing' : undefined) : judge(one);
      if (wrong !== undefined) return `${name}: ${wrong}`;
    }
    const unknown = Object.keys(value).find((name) => !judges.has(name));
    return unknown === undefined ? undefined : `${unknown}: unknown field`;
  };
}

function field(spec: unknown): Judge {
  if (!isObject(spec) || typeof spec['type'] !== 'string') throw new Error('a field has a type');
  const make = Object.hasOwn(types, spec['type']) ? types[spec['type']] : undefined;
  if (make === undefined) throw new Error(`there is no type ${spec['type']}`);
  const judges = [
    make(spec),
    ...Object.entries(spec).flatMap(([name, told]) => (Object.hasOwn(validators, name) ? (validators[name]?.(told) ?? []) : [])),
  ];
  return (value) => {
    for (const judge of judges) {
      const wrong = judge(value);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

const types: Readonly<Record<string, (spec: Spec) => Judge>> = {
  string: () => (value) => (typeof value === 'string' ? undefined : 'expected a string'),
  number: () => (value) => (typeof value === 'number' ? undefined : 'expected a number'),
  integer: () => (value) => (Number.isInteger(value) ? undefined : 'expected an integer'),
  boolean: () => (value) => (typeof value === 'boolean' ? undefined : 'expected a boolean'),
  array(spec) {
    const judge = field(spec['elements']);
    return (value) => (Array.isArray(value) ? value.map((one) => judge(one)).find((wrong) => wrong !== undefined) : 'expected an array');
  },
  map(spec) {
    const [keys, values] = [field(spec['keys']), field(spec['values'])];
    return (value) =>
      isObject(value)
        ? Object.entries(value)
            .map(([key, one]) => keys(key) ?? values(one))
            .find((wrong) => wrong !== undefined)
        : 'expected a map';
  },
  record: (spec) => record(spec['fields']),
};

const sizeOf = (value: unknown): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0;
const size =
  (holds: (length: number, told: number) => boolean, words: string) =>
  (told: unknown): Judge =>
  (value) =>
    holds(sizeOf(value), Number(told)) ? undefined : `length must be ${words}${String(told)}`;
const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);
const pattern =
  (holds: (texts: readonly string[], regex: RegExp) => boolean, words: string) =>
  (told: unknown): Judge => {
    const regex = compileLuaPattern(String(told));
    return (value) => (holds(strings(value), regex) ? undefined : `${words}${String(told)}`);
  };
const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

const validators: Readonly<Record<string, ((told: unknown) => Judge) | undefined>> = {
  between: (told) => {
    const [least, most] = Array.isArray(told) ? told.map(Number) : [];
    return (value) => (Number(value) >= Number(least) && Number(value) <= Number(most) ? undefined : `value should be between ${least} and ${most}`);
  },
  len_eq: size((length, told) => length === told, ''),
  len_min: size((length, told) => length >= told, 'at least '),
  len_max: size((length, told) => length <= told, 'at most '),
  match: pattern(([text = ''], regex) => regex.test(text), 'invalid value: expected to match '),
  not_match: pattern(([text = ''], regex) => !regex.test(text), 'invalid value: expected not to match '),
  match_all: pattern((texts, regex) => texts.every((text) => regex.test(text)), 'invalid value: expected all to match '),
  match_none: pattern((texts, regex) => !texts.some((text) => regex.test(text)), 'invalid value: expected none to match '),
  match_any: pattern((texts, regex) => texts.some((text) => regex.test(text)), 'invalid value: expected one to match '),
  starts_with: (told) => (value) => (String(value).startsWith(String(told)) ? undefined : `should start with: ${String(told)}`),
  one_of: (told) => {
    const known: readonly unknown[] = Array.isArray(told) ? (told as unknown[]) : [];
    return (value) => (known.includes(value) ? undefined : `expected one of: ${known.join(', ')}`);
  },
  timestamp: (told) => (value) => (told !== true || (typeof value === 'number' && value > 0) ? undefined : 'expected a valid timestamp'),
  uuid: (told) => (value) => (told !== true || uuid.test(String(value)) ? undefined : 'expected a valid UUID'),
};
