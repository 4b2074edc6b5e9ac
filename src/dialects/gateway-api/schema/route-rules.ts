import type { Refusal } from './schema.ts';

interface RouteRule {
  readonly name?: string;
  readonly matches?: readonly unknown[];
}

export function matchesOfAll(rules: readonly RouteRule[]): Refusal | undefined {
  const all = rules.reduce((sum, { matches = [] }) => sum + matches.length, 0);
  return all > 128 ? { what: `its rules have ${all} matches together`, expected: 'the API takes at most 128' } : undefined;
}

export function namesDiffer(rules: readonly RouteRule[]): Refusal | undefined {
  const at = rules.findIndex(({ name }, index) => name !== undefined && rules.slice(0, index).some((other) => other.name === name));
  return at < 0 ? undefined : { at: [at, 'name'], what: 'another rule of the route has this name', expected: 'names of rules differ' };
}
