/** The part of JSON Schema that operations are described with: what documents an operation also judges what it is given. */
export interface Schema {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean;
}

/** What is wrong with a value, in words; undefined where it fits. */
export function problemWith(value: unknown, schema: Schema, at = 'the body'): string | undefined {
  const { type, anyOf, minimum = -Infinity, maximum = Infinity } = schema;
  if (anyOf !== undefined) {
    const problems = anyOf.map((one) => problemWith(value, one, at));
    return problems.includes(undefined) ? undefined : [...new Set(problems)].join('; or: ');
  }
  if (type !== undefined && !isOf(value, type)) return `${at}: expected ${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) return `${at}: expected one of ${schema.enum.join(', ')}`;
  if (typeof value === 'number' && (value < minimum || value > maximum)) return `${at}: expected a number from ${minimum} to ${maximum}`;
  if (type === 'array' && schema.items !== undefined)
    return first((value as unknown[]).map((one, i) => problemWith(one, schema.items as Schema, `${at}[${i}]`)));
  return type === 'object' ? problemOfObject(value as Readonly<Record<string, unknown>>, schema, at) : undefined;
}

function problemOfObject(value: Readonly<Record<string, unknown>>, schema: Schema, at: string): string | undefined {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${at}: ${missing} is missing`;
  return first(
    Object.entries(value).map(([name, one]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (known === false) return `${at}: there is no ${name}; expected some of ${Object.keys(properties).join(', ') || 'none'}`;
      return typeof known === 'object' ? problemWith(one, known, at === 'the body' ? name : `${at}.${name}`) : undefined;
    }),
  );
}

const first = (problems: readonly (string | undefined)[]): string | undefined => problems.find((one) => one !== undefined);

function isOf(value: unknown, type: NonNullable<Schema['type']>): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'number') return Number.isFinite(value);
  return typeof value === type;
}
