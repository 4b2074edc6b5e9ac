import { isObject, lengthOf, typeOf } from '../../../matching/json-schema-keywords.ts';
import { compileRegex } from '../../../matching/regex.ts';

type Schema = Readonly<Record<string, unknown>>;
/** Says what is wrong where a value fails a keyword. `matched`: how many of a list of schemas hold for a value. */
type Words = (value: unknown, schema: Schema, matched: (schemas: readonly unknown[]) => number) => string;

const json = (value: unknown): string => JSON.stringify(value);
const names = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []).toSorted();
const membersOf = (value: unknown): string[] => (isObject(value) ? Object.keys(value) : []);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** Where a number is allowed, so is a whole one. */
function allowedTypes(type: unknown): string[] {
  const types = names(Array.isArray(type) ? type : [type]);
  return types.includes('number') && !types.includes('integer') ? [...types, 'integer'].toSorted() : types;
}

/** Members that neither `properties` nor a pattern names. */
function unexpected(value: unknown, { properties, patternProperties }: Schema): string[] {
  const patterns = membersOf(patternProperties).map((source) => compileRegex(source));
  return membersOf(value)
    .filter((name) => !(isObject(properties) && Object.hasOwn(properties, name)) && !patterns.some((regex) => regex.test(name)))
    .toSorted();
}

/**
 * What API Gateway says of a body that fails a model, keyword by keyword: the messages of json-schema-validator, a Java library, which its
 * recorded answers show.
 */
export const wording: Readonly<Record<string, Words>> = {
  additionalItems: (value, { items }) => `schema only allows ${list(items).length} elements in array but instance has ${list(value).length} elements`,
  additionalProperties: (value, schema) => `object instance has properties which are not allowed by the schema: ${json(unexpected(value, schema))}`,
  allOf: (_, { allOf }, matched) =>
    `instance failed to match all required schemas (matched only ${matched(list(allOf))} out of ${list(allOf).length})`,
  anyOf: (_, { anyOf }) => `instance failed to match at least one required schema among ${list(anyOf).length}`,
  dependencies: (value, { dependencies }) => {
    const needs = (name: string): string[] => (isObject(dependencies) ? names(dependencies[name]) : []);
    const missing = (name: string): string[] => needs(name).filter((one) => !membersOf(value).includes(one));
    const name = membersOf(dependencies).find((one) => membersOf(value).includes(one) && missing(one).length > 0) ?? '';
    return `property "${name}" of object has missing property dependencies (schema requires ${json(needs(name))}; missing: ${json(missing(name))})`;
  },
  enum: (value, schema) => `instance value (${json(value)}) not found in enum (possible values: ${json(schema['enum'])})`,
  format: (value) =>
    `string "${String(value as string)}" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]`,
  maxItems: (value, { maxItems }) =>
    `array is too long: must have at most ${json(maxItems)} elements but instance has ${list(value).length} elements`,
  maxLength: (value, { maxLength }) =>
    `string "${String(value as string)}" is too long (length: ${lengthOf(String(value as string))}, maximum allowed: ${json(maxLength)})`,
  maxProperties: (value, { maxProperties }) =>
    `object has too many properties (found ${membersOf(value).length} but schema requires at most ${json(maxProperties)})`,
  maximum: (value, { maximum }) =>
    value === maximum
      ? `numeric instance is not strictly lower than the required maximum ${json(maximum)}`
      : `numeric instance is greater than the required maximum (maximum: ${json(maximum)}, found: ${json(value)})`,
  minItems: (value, { minItems }) =>
    `array is too short: must have at least ${json(minItems)} elements but instance has ${list(value).length} elements`,
  minLength: (value, { minLength }) =>
    `string "${String(value as string)}" is too short (length: ${lengthOf(String(value as string))}, required minimum: ${json(minLength)})`,
  minProperties: (value, { minProperties }) =>
    `object has too few properties (found ${membersOf(value).length} but schema requires at least ${json(minProperties)})`,
  minimum: (value, { minimum }) =>
    value === minimum
      ? `numeric instance is not strictly greater than the required minimum ${json(minimum)}`
      : `numeric instance is lower than the required minimum (minimum: ${json(minimum)}, found: ${json(value)})`,
  multipleOf: (value, { multipleOf }) => `remainder of division is not zero (${json(value)} / ${json(multipleOf)})`,
  not: () => 'instance matched a schema which it should not have',
  oneOf: (_, { oneOf }, matched) => `instance failed to match exactly one schema (matched ${matched(list(oneOf))} out of ${list(oneOf).length})`,
  pattern: (value, { pattern }) => `ECMA 262 regex ${json(pattern)} does not match input string ${json(value)}`,
  required: (value, { required }) =>
    `object has missing required properties (${json(names(required).filter((name) => !membersOf(value).includes(name)))})`,
  type: (value, { type }) => `instance type (${typeOf(value)}) does not match any allowed primitive type (allowed: ${json(allowedTypes(type))})`,
  uniqueItems: () => 'array must not contain duplicate elements',
};
