import type { ParsedJwt } from '../../../policies/jwt/parse-jwt.ts';

const algorithms = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'EdDSA'] as const;
export const jwtAlgorithms: typeof algorithms = algorithms;

/**
 * A token as Kong's parser takes it apart, or its word for why it is none (kong/plugins/jwt/jwt_parser.lua): what follows the
 * second dot is the signature, either alphabet will do, of members that are there twice the last one counts.
 */
export function readToken(token: string): ParsedJwt | { readonly problem: string } {
  const first = token.indexOf('.');
  const second = first < 0 ? -1 : token.indexOf('.', first + 1);
  if (second < 0) return { problem: 'invalid JSON' };
  const [content, signature] = [decode(token.slice(first + 1, second)), decode(token.slice(second + 1))];
  const [header, payload] = [parse(decode(token.slice(0, first))), parse(content)];
  if (header === undefined || payload === undefined || content === undefined) return { problem: 'invalid JSON' };
  const alg = (header as { readonly alg?: unknown } | null)?.alg;
  if (!(algorithms as readonly unknown[]).includes(alg)) return { problem: 'invalid alg' };
  if (typeof payload !== 'object' || payload === null) return { problem: 'invalid claims' };
  if (signature === undefined) return { problem: 'invalid signature' };
  return {
    token,
    header: header as ParsedJwt['header'],
    payload: payload as ParsedJwt['payload'],
    signed: token.slice(0, second),
    content,
    signature,
  };
}

export function decode(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1 ? Buffer.from(text, 'base64') : undefined;
}

function parse(bytes: Buffer | undefined): unknown {
  try {
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as unknown);
  } catch {
    return undefined;
  }
}
