import { hostTest, pathTest, type PathTest } from './attributes.ts';
import type { KongWhen } from './when.ts';

/** A route, or the part of it whose paths are of one sort, with its place in the order. */
export interface Ranked {
  readonly when: KongWhen;
  readonly paths: readonly PathTest[];
  /** Compared from the first number on; the greater one comes first. */
  readonly rank: readonly number[];
}

const attributeCount = (when: KongWhen): number =>
  [when.methods, when.hosts, when.headers, when.paths, when.snis, when.sources, when.destinations].filter((one) => one.length > 0).length;

/**
 * Flavor `traditional_compatible` (kong.router.transform): a route is split by sorts of path, and each part ranks by the number
 * of its attributes, plain hosts only, number of headers, regex path, regex_priority and length of the prefix.
 */
export function rankCompatible(when: KongWhen): Ranked[] {
  const groups = new Map<string, string[]>();
  for (const path of when.paths) {
    const key = path.startsWith('~') ? 'regex' : String(path.length);
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  const parts = groups.size === 0 ? [[]] : [...groups.values()];
  return parts.map((paths) => {
    const tests = paths.map(pathTest);
    const regex = tests.some((one) => one.regex);
    return {
      when,
      paths: tests,
      rank: [
        attributeCount(when),
        when.hosts.length > 0 && when.hosts.every((one) => !hostTest(one).wild) ? 1 : 0,
        Math.min(255, when.headers.length),
        regex ? 1 : 0,
        regex ? when.regexPriority : 0,
        regex ? 0 : Math.max(0, ...tests.map((one) => one.length)),
      ],
    };
  });
}

/** Bits of the traditional router's categories: at the same number of attributes, the weightier ones go first. */
const bits = { hosts: 64, headers: 32, paths: 16, methods: 8, snis: 4, sources: 2, destinations: 1 } as const;

/**
 * Flavor `traditional` (kong.router.traditional): the number of attributes, which ones, then submatches (a wildcard host with a
 * port, plain hosts only, a regex path), number of headers, regex_priority, longest plain path, older first.
 */
export function rankTraditional(when: KongWhen): Ranked[] {
  const paths = when.paths.map(pathTest).sort((a, b) => Number(b.regex) - Number(a.regex) || (a.regex ? 0 : b.length - a.length));
  const hosts = when.hosts.map(hostTest);
  const category = Object.entries(bits).reduce((sum, [name, bit]) => sum + (when[name as keyof typeof bits].length > 0 ? bit : 0), 0);
  const plainOnly = hosts.length > 0 && hosts.every((one) => !one.wild);
  const regex = paths.some((one) => one.regex);
  const submatch = (hosts.some((one) => one.wild && one.hasPort) ? 4 : 0) + (plainOnly ? 2 : 0) + (regex ? 1 : 0);
  const longest = Math.max(0, ...paths.filter((one) => !one.regex).map((one) => one.length));
  return [
    { when, paths, rank: [attributeCount(when), category, submatch, when.headers.length, regex ? when.regexPriority : 0, longest, -when.createdAt] },
  ];
}

export function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (b[at] ?? 0) - (a[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
