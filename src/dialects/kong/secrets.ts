import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two secrets are the same, in a time that does not tell how much of them is. */
export const sameSecret = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

/** Made once for all routes that know the same things. */
const indexes = new WeakMap<readonly unknown[], ReadonlyMap<string, unknown>>();

/** Finds things by their secret. A table finds by a hash of the whole text: time tells nothing about secrets that are near. */
export function bySecret<T>(all: readonly T[], secretOf: (one: T) => string): (secret: string) => T | undefined {
  const known = (indexes.get(all) as ReadonlyMap<string, T> | undefined) ?? new Map(all.map((one) => [secretOf(one), one]));
  indexes.set(all, known);
  return (secret) => known.get(secret);
}

/** ngx.decode_base64: the standard alphabet, padding may be missing; undefined where it is none. */
export function decodeBase64(text: string): string | undefined {
  const coded = /^([A-Za-z0-9+/]*)(?:=|$)/.exec(text)?.[1];
  return coded === undefined || coded.length % 4 === 1 ? undefined : Buffer.from(coded, 'base64').toString('utf8');
}
