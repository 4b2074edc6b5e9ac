/**
 * The alternative names of a certificate, from the text that node makes of them: `TYPE:VALUE, TYPE:VALUE`, with values in quotes that hold what
 * could be taken for another.
 */
export function alternativeNamesOf(text: string): { readonly type: string; readonly value: string }[] {
  return [...text.matchAll(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g)].map(([part]) => {
    const colon = part.indexOf(':');
    return { type: part.slice(0, colon).trim(), value: unquoted(part.slice(colon + 1)) };
  });
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return '';
  }
}
