const shape = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/** User and password of an Authorization value (RFC 7617); the password may hold colons. Undefined where it is not of that form. */
export function basicCredentials(value: string): { readonly user: string; readonly password: string } | undefined {
  const coded = shape.exec(value)?.[1];
  if (coded === undefined) return undefined;
  const text = Buffer.from(coded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
