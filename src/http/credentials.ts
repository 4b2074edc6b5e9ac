/** The user and password of `Authorization: Basic`, RFC 7617; undefined where the field is another one or broken. */
export function basicCredentials(field: string | undefined): { readonly user: string; readonly password: string } | undefined {
  const match = field === undefined ? null : /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(field);
  if (match === null) return undefined;
  const text = Buffer.from(match[1] as string, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? undefined : { user: text.slice(0, at), password: text.slice(at + 1) };
}

/** A cookie of a Cookie field. */
export function cookieValue(field: string | undefined, name: string): string | undefined {
  if (field === undefined) return undefined;
  for (const part of field.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
