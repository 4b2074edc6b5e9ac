/** A token in the compact form of RFC 7515, read strictly and not yet believed. */
export interface ParsedToken {
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>> & { readonly alg: string; readonly kid?: string };
  readonly claims: Readonly<Record<string, unknown>>;
}

const maxLength = 16_384;
const part = /^[A-Za-z0-9_-]*$/;

/** Undefined where the text is no JWT: wrong parts or alphabet, no JSON objects, members that stand twice, `alg` missing. */
export function parseJwt(token: string): ParsedToken | undefined {
  if (token.length > maxLength) return undefined;
  const parts = token.split('.');
  if (parts.length !== 3 || parts.some((one) => !part.test(one) || one.length % 4 === 1)) return undefined;
  const header = objectOf(parts[0] as string);
  const claims = objectOf(parts[1] as string);
  if (header === undefined || claims === undefined || typeof header['alg'] !== 'string') return undefined;
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string') return undefined;
  return { token, header: header as ParsedToken['header'], claims };
}

function objectOf(encoded: string): Record<string, unknown> | undefined {
  try {
    const bytes = Buffer.from(encoded, 'base64url');
    // Bits that belong to no byte could make two texts of one token.
    if (bytes.toString('base64url') !== encoded) return undefined;
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object' || Array.isArray(value) || hasDuplicates(text)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Whether an object of a valid JSON text names a member twice: readers disagree on which one counts. */
export function hasDuplicates(text: string): boolean {
  const stack: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === '{') stack.push(new Set());
    else if (found === '[') stack.push(null);
    else if (found === '}' || found === ']') stack.pop();
    else if (/^\s*:/.test(text.slice(token.lastIndex, token.lastIndex + 64))) {
      const names = stack.at(-1);
      const name = JSON.parse(found) as string;
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
