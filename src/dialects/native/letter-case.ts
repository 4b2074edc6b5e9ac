/**
 * `orderId` -> `order_id`, `HTTPServer2` -> `http_server2`: a new word begins at a capital after a small letter or digit, and at
 * the last capital of a run before a small letter. Underscores in front stay.
 */
export const camelToSnake = (name: string): string => name.replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_').toLowerCase();

/** `order_id` -> `orderId`, `line_2_text` -> `line2Text`. Underscores in front stay. */
export const snakeToCamel = (name: string): string => name.replaceAll(/(?<=[^_])_+([a-zA-Z\d])/g, (_, letter: string) => letter.toUpperCase());

/** The same data with every member renamed. Of two members that become one, the later wins. */
export function renameKeys(value: unknown, rename: (name: string) => string, depth = 0): unknown {
  if (depth > 200) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) return value.map((one) => renameKeys(one, rename, depth + 1));
  if (value === null || typeof value !== 'object') return value;
  const out: Record<string, unknown> = {};
  // Not by assignment: a member may be called __proto__.
  for (const [name, one] of Object.entries(value))
    Object.defineProperty(out, rename(name), { value: renameKeys(one, rename, depth + 1), enumerable: true, configurable: true, writable: true });
  return out;
}
