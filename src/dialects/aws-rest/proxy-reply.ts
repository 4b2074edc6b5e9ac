import { proxyAnsweredAs } from './mapping/header-rules.ts';
import { isMap } from '../aws/data.ts';

const known: ReadonlySet<string> = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);
const fieldName = /^[\w!#$%&'*+.^`|~-]+$/;

export interface ProxyReply {
  readonly status: number;
  readonly headers: string[];
  readonly body: string;
  readonly isBase64: boolean;
}

/**
 * What a proxy function returned, or undefined where the gateway calls it malformed: an unknown key, something that is no
 * object, a status that is no number. All fields are optional. `streamed`: what a function said before it wrote its answer, which may have
 * cookies (the developer guide, response streaming). Source: recorded answers.
 */
export function readProxyReply(result: unknown, streamed = false): ProxyReply | undefined {
  if (!isMap(result) || Object.keys(result).some((key) => !known.has(key) && !(streamed && key === 'cookies'))) return undefined;
  const status = Number(result['statusCode'] ?? 200);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const single = result['headers'] ?? {};
  const multi = result['multiValueHeaders'] ?? {};
  if (!isMap(single) || !isMap(multi)) return undefined;
  const headers: string[] = [];
  const add = (name: string, value: unknown): void => {
    const as = proxyAnsweredAs(name);
    if (as !== undefined) headers.push(as, String(value as string).replaceAll(/[\r\n\0]/g, ''));
  };
  const named = new Set<string>();
  for (const [name, values] of Object.entries(multi)) {
    if (!Array.isArray(values)) return undefined;
    named.add(name.toLowerCase());
    for (const value of values) add(name, value);
  }
  for (const [name, value] of Object.entries(single)) if (!named.has(name.toLowerCase())) add(name, value);
  const cookies = result['cookies'] ?? [];
  if (!Array.isArray(cookies)) return undefined;
  for (const cookie of cookies) add('Set-Cookie', cookie);
  const body = result['body'] ?? '';
  if (typeof body === 'object' || !headers.every((name, at) => at % 2 === 1 || fieldName.test(name))) return undefined;
  if (!headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type')) headers.push('Content-Type', 'application/json');
  return { status, headers, body: String(body as string | number | boolean), isBase64: result['isBase64Encoded'] === true };
}
