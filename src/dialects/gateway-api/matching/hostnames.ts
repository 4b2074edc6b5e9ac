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

/** What a route itself says of a host that it has in common with a listener: the most special of its names for it. Empty text: nothing. */
export function givenFor(host: string, listener: string, route: readonly string[]): string {
  return route.filter((one) => intersection(listener, [one])?.includes(host) === true).toSorted(bySpeciality)[0] ?? '';
}

/** The most characters of a name without a wildcard come first, then the most of any. */
export const bySpeciality = (a: string, b: string): number => exactLength(b) - exactLength(a) || b.length - a.length;
const exactLength = (hostname: string): number => (hostname.startsWith('*') ? 0 : hostname.length);
