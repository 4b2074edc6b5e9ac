import type { KongWhen } from './when.ts';

/** The 64 bits that a matcher ranks by, and what they were made of, the weightiest first. */
export interface Rank {
  readonly priority: bigint;
  readonly reasons: readonly string[];
}

/** `route_match_calculation` of kong.conf. */
export type Calculation = 'original' | 'strict';

export const isRegex = (path: string): boolean => path.startsWith('~');

/** Routes with an expression come before all others. */
export function rankOfExpression(priority: number): Rank {
  return { priority: BigInt.asUintN(64, (0xffn << 56n) | BigInt(Math.trunc(priority))), reasons: ['an expression', `priority ${priority}`] };
}

/**
 * The rank of a route written by attributes (kong.router.transform, get_priority). It is meant as: number of kinds of condition (bits
 * 63 to 61), plain hosts only (60), number of headers (59 to 52), a regex path (51), regex_priority (50 to 19), length of the prefix
 * (18 to 0); so it is in the calculation `strict`. The original one shifts what are numbers of Lua, in 32 bits: kinds come to bits 31
 * to 29, headers to 27 to 20. So plain hosts, then a regex path, outweigh up to three kinds; four kinds make a negative number, which
 * as 64 bits is 2^63 (as LuaJIT converts it on x86-64, where this was tried out).
 */
export function rankOf(when: KongWhen, paths: readonly string[], calculation: Calculation): Rank {
  const kinds = [when.sources, when.destinations, when.methods, when.hosts, when.headers, when.snis, paths].filter((one) => one.length > 0).length;
  const plain = when.hosts.length > 0 && when.hosts.every((one) => !one.includes('*'));
  const headers = Math.min(255, when.headers.length);
  const regex = paths.some(isRegex);
  const regexPriority = regex ? Math.trunc(when.regexPriority) : 0;
  const length = regex || paths.length === 0 ? 0 : Buffer.byteLength(paths[0] as string) & 0x7ffff;
  const marks = (plain ? 1n << 60n : 0n) | (regex ? 1n << 51n : 0n);
  const said = {
    kinds: `${kinds} ${kinds === 1 ? 'kind' : 'kinds'} of condition`,
    plain: plain ? 'plain hosts only' : 'no plain hosts only',
    headers: `${headers} ${headers === 1 ? 'header' : 'headers'}`,
    regex: regex ? 'a regex path' : 'no regex path',
    regexPriority: `regex_priority ${regexPriority}`,
    length: `a prefix of length ${length}`,
  };
  if (calculation === 'strict') {
    const priority = (BigInt(kinds) << 61n) | marks | (BigInt(headers) << 52n) | BigInt.asUintN(64, BigInt(regexPriority) << 19n) | BigInt(length);
    const reasons = [said.kinds, said.plain, said.headers, said.regex, said.regexPriority, said.length];
    return { priority, reasons };
  }
  // In JavaScript too, << takes 32 bits and a count modulo 32.
  const [a, b, c] = [kinds << 61, headers << 52, regexPriority << 19];
  const priority = marks === 0n ? unsigned(a | b | c | length) : unsigned(a) | marks | unsigned(b) | unsigned(c) | BigInt(length);
  const many = kinds > 3 ? 'four kinds of condition or more' : 'fewer than four kinds of condition';
  return { priority, reasons: [many, said.plain, said.regex, said.kinds, said.headers, said.regexPriority, said.length] };
}

const unsigned = (number: number): bigint => (number < 0 ? 1n << 63n : BigInt(number));
