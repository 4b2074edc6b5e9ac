/** Of a name of a scope, the prefix of its state keys. No kind's own keys begin so. */
export const scopePrefix = (name: string): string => `@${name}/`;

/** The name behind such a prefix, or behind a key that has one; empty outside scopes. */
export const scopeName = (key: string): string => (key.charCodeAt(0) === 64 ? key.slice(1, key.indexOf('/')) : '');

/** Forgets what lies behind a prefix; all, where it is empty. */
export function clearWithin(held: Map<string, unknown>, prefix: string): void {
  for (const key of held.keys()) if (key.startsWith(prefix)) held.delete(key);
}
