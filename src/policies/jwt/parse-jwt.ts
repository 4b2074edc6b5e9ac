import { strictJsonObject } from './strict-json.ts';

export interface ParsedJws {
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>> & { readonly alg: string; readonly kid?: string };
  /** What the signature is over. */
  readonly signed: string;
  readonly content: Buffer;
  readonly signature: Buffer;
}
export interface ParsedJwt extends ParsedJws {
  /** The claims. */
  readonly payload: Readonly<Record<string, unknown>>;
}
export interface NoToken {
  readonly problem: string;
}

/** A compact JWS (RFC 7515 section 5.2), or why the text is none. Verifies nothing. */
export function parseJws(token: string): ParsedJws | NoToken {
  const parts = token.split('.', 6);
  if (parts.length !== 3) return { problem: 'a signed token has three segments' };
  const [headerBytes, content, signature] = parts.map(base64url);
  if (headerBytes === undefined || content === undefined || signature === undefined) return { problem: 'a segment is not base64url' };
  const header = strictJsonObject(headerBytes);
  if (header === undefined) return { problem: 'the header is not a JSON object with distinct members' };
  const problem = headerProblem(header);
  if (problem !== undefined) return { problem };
  return { token, header: header as ParsedJws['header'], signed: token.slice(0, token.lastIndexOf('.')), content, signature };
}

/** A compact JWS over a claims set (RFC 7519 section 7.2), or why the text is none. Verifies nothing. */
export function parseJwt(token: string): ParsedJwt | NoToken {
  const jws = parseJws(token);
  if ('problem' in jws) return jws;
  const payload = strictJsonObject(jws.content);
  return payload === undefined ? { problem: 'the claims are not a JSON object with distinct members' } : { ...jws, payload };
}

function headerProblem(header: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof header['alg'] !== 'string' || header['alg'] === '') return 'alg is not a text';
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string') return 'kid is not a text';
  // No extension is understood here, and whatever crit names must be (RFC 7515 section 4.1.11).
  if (header['crit'] !== undefined) return 'crit names extensions that are not understood';
  if (header['b64'] === false) return 'b64=false is not allowed in a JWT (RFC 7797 section 7)';
  return undefined;
}

/** Strict: no padding, no other alphabet, no left-over bits, so that one value has one spelling. */
function base64url(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
