/**
 * Values of a template. Java's integers are bigint and its floating-point numbers are number, so that 7/2 and 7.0/2 differ;
 * maps are Map, lists are arrays, an array of a JSON document is a JsonList.
 */
export class JsonList extends Array<unknown> {}

/** What templates can ask of an object that is neither text, number, list nor map. */
export interface HostObject {
  readonly javaMethods: Readonly<Record<string, (...args: unknown[]) => unknown>>;
  toString(): string;
}
export const isHost = (value: unknown): value is HostObject => typeof value === 'object' && value !== null && 'javaMethods' in value;

/** As Java's toString of the value prints it. */
export function javaText(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return doubleText(value);
  if (depth > 100) return '...';
  if (value instanceof JsonList) return jsonText(value);
  if (Array.isArray(value)) return `[${value.map((item) => javaText(item, depth + 1)).join(', ')}]`;
  if (value instanceof Map && !Object.hasOwn(value, 'toString'))
    return `{${[...value].map(([key, item]) => `${javaText(key)}=${javaText(item, depth + 1)}`).join(', ')}}`;
  return String(value as bigint | boolean | HostObject);
}

/** Double.toString: at least one digit behind the point, an exponent outside [0.001, 10^7). */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** JSON without spaces. */
export function jsonText(value: unknown, depth = 0): string {
  if (value === null || value === undefined || depth > 200) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? doubleText(value) : 'null';
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, depth + 1)).join(',')}]`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${JSON.stringify(javaText(key))}:${jsonText(item, depth + 1)}`).join(',')}}`;
  return JSON.stringify(String(value as HostObject));
}

/** Object.equals. */
export function javaEquals(left: unknown, right: unknown, depth = 0): boolean {
  if (left === right) return true;
  if (depth > 100) return false;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, at) => javaEquals(item, right[at], depth + 1));
  if (left instanceof Map && right instanceof Map)
    return left.size === right.size && [...left].every(([key, item]) => right.has(key) && javaEquals(item, right.get(key), depth + 1));
  return false;
}

export function javaClass(value: unknown): string {
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  if (typeof value === 'number') return 'java.lang.Double';
  if (typeof value === 'bigint')
    return BigInt.asIntN(32, value) === value ? 'java.lang.Integer' : BigInt.asIntN(64, value) === value ? 'java.lang.Long' : 'java.math.BigInteger';
  if (Array.isArray(value)) return 'java.util.ArrayList';
  return value instanceof Map ? 'java.util.LinkedHashMap' : 'java.lang.Object';
}

/** String.hashCode. */
export function textHash(text: string): bigint {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return BigInt(hash);
}
