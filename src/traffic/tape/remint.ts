import { redactedSignature, redactedToken } from './stand-ins.ts';

/** Signs a token with a test key, as its header says. */
export type Resign = (header: Readonly<Record<string, unknown>>, claims: Readonly<Record<string, unknown>>) => Promise<string>;

/** Claims that are times (RFC 7519 section 4.1, OpenID Connect Core section 2). */
const times = ['iat', 'nbf', 'exp', 'auth_time'];

/** Puts tokens that are good now in the place of those on the tape: the same claims, every time in them as much later as the replay is. */
export async function remint(text: string, laterMs: number, resign: Resign): Promise<string> {
  if (!text.includes(`.${redactedSignature}`)) return text;
  const minted = new Map<string, string>();
  for (const [token, header, claims] of text.matchAll(redactedToken)) {
    if (minted.has(token)) continue;
    const [head, body] = [partOf(header), partOf(claims)];
    if (head !== null && body !== null) minted.set(token, await resign(head, later(body, Math.round(laterMs / 1_000))));
  }
  return text.replaceAll(redactedToken, (token) => minted.get(token) ?? token);
}

function later(claims: Record<string, unknown>, seconds: number): Record<string, unknown> {
  const moved = { ...claims };
  for (const name of times) if (typeof moved[name] === 'number') moved[name] += seconds;
  return moved;
}

function partOf(part: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
