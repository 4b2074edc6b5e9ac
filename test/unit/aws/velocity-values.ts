/** JSON data as a template sees it: whole numbers are Java's integers, objects are maps. */
export function javaValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(javaValue);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, javaValue(item)]));
}

export const variables = (values: Readonly<Record<string, unknown>>): Map<string, unknown> => javaValue(values) as Map<string, unknown>;
