/** Whether a host name, or every one that a wildcard stands for, is among those of a pattern. `*.x` is any number of labels before `x`. */
function covers(pattern: string, name: string): boolean {
  if (pattern === '' || pattern === name) return true;
  return pattern.startsWith('*.') && (name.startsWith('*.') ? name.slice(1).endsWith(pattern.slice(1)) : name.endsWith(pattern.slice(1)));
}

/** The hosts that a listener and a route have in common; null: none. Empty text: every host. Source: the API reference of HTTPRoute, hostnames. */
export function intersection(listener: string, route: readonly string[]): readonly string[] | null {
  if (route.length === 0) return [listener];
  const common = route.flatMap((one) => (covers(listener, one) ? [one] : covers(one, listener) ? [listener] : []));
  return common.length === 0 ? null : [...new Set(common)];
}
