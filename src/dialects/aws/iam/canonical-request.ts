import { createHash } from 'node:crypto';
import type { Fields } from '../../../http/fields.ts';
import { parseQuery } from '../../../http/query.ts';

/** A request as it came: what its signature is over. */
export interface SignedRequest {
  readonly method: string;
  /** Raw, as it stood in the request line. */
  readonly path: string;
  readonly query: string;
  readonly headers: Fields;
}

export const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** RFC 3986: everything but letters, digits and `-._~`. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** The path without dot segments and empty ones, encoded once more than it came (Signature Version 4, all services but S3). */
export function canonicalPath(path: string): string {
  const kept: string[] = [];
  const parts = path.split('/');
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(escaped(part));
  }
  const isFolder = ['', '.', '..'].includes(parts.at(-1) as string);
  return kept.length === 0 ? '/' : `/${kept.join('/')}${isFolder ? '/' : ''}`;
}

/** Names and values decoded and encoded anew, in the order of their bytes. A signature in the query is no part of what it signs. */
export function canonicalQuery(query: string): string {
  return parseQuery(query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [escaped(name), escaped(value)] as const)
    .toSorted(([name, value], [other, its]) => (name === other ? compare(value, its) : compare(name, other)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** `payload`: the hash of the body. */
export function canonicalRequest({ method, path, query, headers }: SignedRequest, signedHeaders: readonly string[], payload: string): string {
  const names = signedHeaders.toSorted(compare);
  const fields = names.map((name) => {
    const values = headers.getAll(name).map((value) => value.trim().replaceAll(/ +/g, ' '));
    return `${name}:${values.join(',')}\n`;
  });
  return [method, canonicalPath(path), canonicalQuery(query), fields.join(''), names.join(';'), payload].join('\n');
}
