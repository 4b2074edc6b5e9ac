import { expect, it } from 'vitest';
import { doorOf, whyNotMirrored } from '../../../src/dialects/kong/not-mirrored.ts';
import { plugins } from '../../../src/dialects/kong/phases.ts';

const names = plugins.map(([, { name }]) => name);

it('plugins run by priority, the highest first, and each is there once', () => {
  expect(plugins.map(([priority]) => priority)).toEqual(plugins.map(([priority]) => priority).toSorted((a, b) => b - a));
  expect(names.length).toBeGreaterThan(40);
  expect(new Set(names).size).toBe(names.length);
});

it('what is mirrored has no reason why it is not, and closes no door', () => {
  expect(names.filter((name) => whyNotMirrored(name) !== undefined || doorOf(name) !== undefined)).toEqual([]);
});
