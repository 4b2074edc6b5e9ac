import { isObject } from '../../../matching/json-schema-keywords.ts';
import { schemaCompiler, type Judge } from '../../../matching/json-schema.ts';
import { compileRegex } from '../../../matching/regex.ts';
import type { ModelSchema } from './read-models.ts';
import { wording } from './wording.ts';

type Schema = Readonly<Record<string, unknown>>;

export interface CompiledModel {
  readonly judge: Judge;
  /** Everything that is wrong at the first place that is, as `$context.error.validationErrorString` has it. */
  readonly explain: (value: unknown) => string;
}

/** Keywords that only together with others say anything. */
const beside: Readonly<Record<string, readonly string[]>> = {
  additionalProperties: ['properties', 'patternProperties'],
  additionalItems: ['items'],
  minimum: ['exclusiveMinimum'],
  maximum: ['exclusiveMaximum'],
};

/** Keywords of one schema, each with what tells whether a value fails it. The members and items of a value are looked at on their own. */
function checksOf(schema: Schema, compile: (schema: unknown) => Judge): { readonly key: string; readonly judge: Judge }[] {
  return Object.keys(wording).flatMap((key) => {
    if (!Object.hasOwn(schema, key) || (key.startsWith('additional') && schema[key] !== false)) return [];
    const others = (beside[key] ?? []).filter((one) => Object.hasOwn(schema, one)).map((one) => [one, emptied(schema[one])] as const);
    return [{ key, judge: compile({ [key]: schema[key], ...Object.fromEntries(others) }) }];
  });
}

/** The same members or items, of which nothing is asked. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(() => ({}));
  return isObject(value) ? Object.fromEntries(Object.keys(value).map((name) => [name, {}])) : value;
}

/** Many methods take one model. */
const known = new WeakMap<ModelSchema, CompiledModel>();

/** @throws Error where it is no schema, or one of its patterns is not safe to run */
export function compileModel(model: ModelSchema): CompiledModel {
  const compiled = known.get(model) ?? compileAnew(model);
  known.set(model, compiled);
  return compiled;
}

function compileAnew(model: ModelSchema): CompiledModel {
  const compile = schemaCompiler(model);
  const judge = compile(model);
  const checks = new Map<Schema, ReturnType<typeof checksOf>>();
  const definitions = model['definitions'] as Schema;

  const target = (schema: unknown, depth = 0): Schema => {
    if (!isObject(schema)) return {};
    const ref = schema['$ref'];
    if (typeof ref !== 'string' || depth > 100) return schema;
    let at: unknown = { definitions };
    for (const part of ref.split('/').slice(1))
      at = (at as Schema | undefined)?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
    return target(at, depth + 1);
  };
  const look = (from: unknown, value: unknown, found: string[]): void => {
    const schema = target(from);
    let own = checks.get(schema);
    if (own === undefined) checks.set(schema, (own = checksOf(schema, compile)));
    const matched = (schemas: readonly unknown[]): number => schemas.filter((one) => compile(one)(value) === undefined).length;
    for (const { key, judge: holds } of own) if (holds(value) !== undefined) found.push(wording[key]?.(value, schema, matched) ?? '');
    if (found.length > 0) return;
    if (Array.isArray(value)) for (const [at, item] of value.entries()) look(schemaOfItem(schema, at), item, found);
    else if (isObject(value))
      for (const name of Object.keys(value).toSorted()) for (const one of schemasOfMember(schema, name)) look(one, value[name], found);
  };
  return {
    judge,
    explain(value) {
      const found: string[] = [];
      try {
        look(model, value, found);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      return `[${found.join(', ')}]`;
    },
  };
}

function schemaOfItem({ items, additionalItems }: Schema, at: number): unknown {
  return Array.isArray(items) ? (items[at] ?? additionalItems) : items;
}

function schemasOfMember({ properties, patternProperties, additionalProperties }: Schema, name: string): unknown[] {
  const named = isObject(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
  const patterns = isObject(patternProperties)
    ? Object.entries(patternProperties).flatMap(([source, one]) => (compileRegex(source).test(name) ? [one] : []))
    : [];
  const found = [...named, ...patterns];
  return found.length > 0 ? found : [additionalProperties];
}
