/** A query as pairs, in order, decoded; `+` is a space. A broken escape stays as it stands. */
export function parseQuery(query: string): [string, string][] {
  if (query === '') return [];
  return query.split('&').flatMap((part): [string, string][] => {
    if (part === '') return [];
    const at = part.indexOf('=');
    return [at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]];
  });
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

export const formatQuery = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');

/** The first value of a parameter, decoded. */
export function queryValue(query: string, name: string): string | undefined {
  for (const [key, value] of parseQuery(query)) if (key === name) return value;
  return undefined;
}
