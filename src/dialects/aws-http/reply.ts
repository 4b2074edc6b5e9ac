import { isMap } from '../aws/data.ts';

export interface Reply {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

const fieldValue = (value: unknown): string => String(value as string).replaceAll(/[\r\n\0]/g, '');

/**
 * What a function returned, or undefined where the gateway calls it malformed. Payload 2.0 without `statusCode`: all of it is the body of a
 * JSON answer. Source: the developer guide, Lambda proxy integrations of HTTP APIs.
 */
export function readReply(result: unknown, payload: '1.0' | '2.0'): Reply | undefined {
  const full = isMap(result) && result['statusCode'] !== undefined && result['statusCode'] !== null;
  if (!full) {
    if (payload === '1.0') return undefined;
    const text = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return text === undefined ? undefined : { status: 200, headers: ['Content-Type', 'application/json'], body: Buffer.from(text) };
  }
  const status = Number(result['statusCode']);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const headers = headersOf(result, payload);
  const body = result['body'] ?? '';
  if (headers === undefined || typeof body === 'object') return undefined;
  if (!headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-type')) headers.push('Content-Type', 'text/plain;charset=UTF-8');
  return { status, headers, body: Buffer.from(String(body as string), result['isBase64Encoded'] === true ? 'base64' : 'utf8') };
}

function headersOf(result: Readonly<Record<string, unknown>>, payload: '1.0' | '2.0'): string[] | undefined {
  const single = result['headers'] ?? {};
  const multi = (payload === '1.0' ? result['multiValueHeaders'] : undefined) ?? {};
  const cookies = (payload === '2.0' ? result['cookies'] : undefined) ?? [];
  if (!isMap(single) || !isMap(multi) || !Array.isArray(cookies)) return undefined;
  const headers: string[] = [];
  const named = new Set<string>();
  for (const [name, values] of Object.entries(multi)) {
    if (!Array.isArray(values)) return undefined;
    named.add(name.toLowerCase());
    for (const value of values) headers.push(name, fieldValue(value));
  }
  for (const [name, value] of Object.entries(single)) if (!named.has(name.toLowerCase())) headers.push(name, fieldValue(value));
  for (const cookie of cookies) headers.push('Set-Cookie', fieldValue(cookie));
  return headers.every((name, at) => at % 2 === 1 || /^[\w!#$%&'*+.^`|~-]+$/.test(name)) ? headers : undefined;
}
