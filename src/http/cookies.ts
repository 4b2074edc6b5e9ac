/** The first cookie of that name in the values of Cookie fields (RFC 6265 section 4.2), as it stands, quotes included. Names are case-sensitive. */
export function cookieOf(values: readonly string[], name: string): string | undefined {
  for (const value of values) {
    for (const pair of value.split(';')) {
      const equals = pair.indexOf('=');
      if (equals >= 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
    }
  }
  return undefined;
}

/** All cookies in their order; a name may come more than once. A part without `=` is none. */
export function parseCookies(values: readonly string[]): [name: string, value: string][] {
  return values.flatMap((value) =>
    value.split(';').flatMap((pair): [string, string][] => {
      const equals = pair.indexOf('=');
      return equals < 0 ? [] : [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]];
    }),
  );
}
