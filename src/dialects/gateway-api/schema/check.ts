import { didYouMean, type Setting } from '../../../sources/setting.ts';
import { plain } from '../../../sources/tree.ts';
import type { ListSchema, Rule, Schema, ShapeSchema, TableSchema, TextSchema, WholeSchema } from './schema.ts';

/**
 * Whether the API server takes what stands here. What it refuses is reported as an error over the user's own text; a field that it does not
 * know is dropped by it and told, as kubectl does.
 */
export function check(setting: Setting, schema: Schema): boolean {
  if (!setting.exists) return true;
  switch (schema.is) {
    case 'any':
      return true;
    case 'flag':
      return typeof scalarOf(setting) === 'boolean' || wrong(setting, 'true or false');
    case 'text':
      return checkText(setting, schema);
    case 'whole':
      return checkWhole(setting, schema);
    case 'list':
      return checkList(setting, schema);
    case 'shape':
      return checkShape(setting, schema);
    case 'table':
      return checkTable(setting, schema);
  }
}

/** What a text should be instead; undefined where it is right. */
function expectedOf(value: string, { min = 0, max = Infinity, pattern, oneOf, expected }: TextSchema): string | undefined {
  if (oneOf !== undefined) return oneOf.includes(value) ? undefined : `${listed(oneOf)}${didYouMean(value, oneOf)}`;
  if (value.length < min) return `at least ${min} characters`;
  if (value.length > max) return `at most ${max} characters`;
  return pattern?.test(value) === false ? (expected ?? `a text that matches ${pattern.source}`) : undefined;
}

function checkText(setting: Setting, schema: TextSchema): boolean {
  const value = scalarOf(setting);
  if (typeof value !== 'string') return wrong(setting, value === undefined ? 'a text' : `a text: ${JSON.stringify(String(value))}, in quotes`);
  const expected = expectedOf(value, schema);
  return expected === undefined || refuse(setting, value, expected);
}

function checkWhole(setting: Setting, { min = -2_147_483_648, max = 2_147_483_647, oneOf }: WholeSchema): boolean {
  const value = scalarOf(setting);
  if (typeof value !== 'number') return wrong(setting, 'a number, without quotes');
  if (oneOf !== undefined) return oneOf.includes(value) || refuse(setting, value, listed(oneOf.map(String)));
  const bounds = `a whole number${min > -2_147_483_648 ? ` from ${min}` : ''}${max < 2_147_483_647 ? ` to ${max}` : ''}`;
  return (Number.isInteger(value) && value >= min && value <= max) || refuse(setting, value, bounds);
}

function checkList(setting: Setting, { of, min = 0, max = Infinity, maxBefore = max, differIn, rules = [] }: ListSchema): boolean {
  if (setting.kind !== 'list') return wrong(setting, 'a list');
  const items = setting.items();
  const count = items.length;
  const fits = count >= min && count <= max;
  if (!fits) setting.problem('DG1203', `${setting.name} has ${count} items`, `the API takes ${count < min ? `at least ${min}` : `at most ${max}`}`);
  else if (count > maxBefore)
    setting.warning('DG1203', `${setting.name} has ${count} items`, `the API took at most ${maxBefore} until lately: an older one refuses it`);
  const right = items.map((item) => (item.exists ? check(item, of) : wrong(item, 'something')));
  return fits && !right.includes(false) && differ(items, differIn) && follows(setting, rules);
}

function differ(items: readonly Setting[], member: string | undefined): boolean {
  if (member === undefined) return true;
  const seen = new Set<unknown>();
  const twice = items.filter((item) => {
    const value = scalarOf(member === '' ? item : item.get(member));
    return seen.size === seen.add(value).size;
  });
  for (const item of twice) item.problem('DG1206', `${item.name} stands in its list twice`, `items differ${member === '' ? '' : ` in ${member}`}`);
  return twice.length === 0;
}

function checkShape(setting: Setting, { fields, required, rules }: ShapeSchema): boolean {
  if (setting.kind !== 'map') return wrong(setting, 'an object');
  const known = Object.keys(fields);
  // An empty object says what it says by being there.
  if (setting.keys().length === 0) setting.settle();
  for (const key of setting.keys()) if (!Object.hasOwn(fields, key)) tellUnknown(setting.get(key), key, known);
  const missing = required.filter((key) => !setting.get(key).exists);
  for (const key of missing) setting.problem('DG1204', `${setting.name} has no ${key}`, `the API requires ${key}`);
  const right = known.map((key) => check(setting.get(key), fields[key] as Schema));
  return missing.length === 0 && !right.includes(false) && follows(setting, rules);
}

function checkTable(setting: Setting, { names, values, max }: TableSchema): boolean {
  if (setting.kind !== 'map') return wrong(setting, 'an object');
  const members = setting.keys().map((key) => [key, setting.get(key)] as const);
  const right = members.map(
    ([key, member]) => (expectedOf(key, names) === undefined || refuse(member, key, names.expected ?? 'another name')) && check(member, values),
  );
  if (members.length > max) setting.problem('DG1203', `${setting.name} has ${members.length} members`, `the API takes at most ${max}`);
  return members.length <= max && !right.includes(false);
}

function tellUnknown(member: Setting, key: string, known: readonly string[]): void {
  member.warning('DG1201', `${member.name}: the API has no field of this name here`, `kubectl refuses it, others drop it${didYouMean(key, known)}`);
  member.ignored('is no field of the API: it is dropped');
}

/** What is null counts as not said. */
function follows(setting: Setting, rules: readonly Rule[]): boolean {
  const { tree } = setting;
  if (rules.length === 0 || tree === undefined) return true;
  const value = JSON.parse(JSON.stringify(plain(tree), (_, one: unknown) => one ?? undefined)) as never;
  const refusals = rules.flatMap((rule) => rule(value) ?? []);
  for (const { at = [], what, expected, harmless } of refusals) {
    const place = at.reduce((parent: Setting, key) => (typeof key === 'number' ? (parent.items()[key] as Setting) : parent.get(key)), setting);
    if (harmless === true) place.warning('DG1203', `${place.name}: ${what}`, `the API server refuses it: ${expected}`);
    else place.problem('DG1203', `${place.name}: ${what}`, expected);
  }
  return refusals.every(({ harmless }) => harmless === true);
}

function scalarOf({ tree }: Setting): string | number | boolean | null | undefined {
  return tree?.kind === 'scalar' ? tree.value : undefined;
}
function wrong(setting: Setting, expected: string): false {
  const value = scalarOf(setting);
  setting.problem('DG1202', `${setting.name} is ${value === undefined ? `a ${setting.kind}` : JSON.stringify(value)}`, `expected ${expected}`);
  return false;
}
function refuse(setting: Setting, value: string | number, expected: string): false {
  const shown = JSON.stringify(value);
  setting.problem('DG1203', `${setting.name} is ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`, `expected ${expected}`);
  return false;
}
const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
