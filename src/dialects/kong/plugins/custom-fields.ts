import type { Setting } from '../../../sources/setting.ts';

/** Sets a member of what is logged, or takes it away. */
export interface CustomField {
  readonly path: readonly string[];
  readonly value: string | number | boolean | null;
}

const constant = /^\s*return\s+(?:(nil|true|false)|(-?\d+(?:\.\d+)?)|"([^"\\]*)"|'([^'\\]*)')\s*;?\s*$/;

/** `custom_fields_by_lua`: functions that return what stands in them; others are not run. */
export function readCustomFields(config: Setting): CustomField[] {
  const fields: CustomField[] = [];
  for (const [name, setting] of config.get('custom_fields_by_lua').entries()) {
    const code = setting.tree?.kind === 'scalar' ? String(setting.tree.value) : '';
    const [whole, word, number, double, single] = constant.exec(code) ?? [];
    if (whole === undefined) {
      setting.ignored('Lua is not run: this field is missing from the log, or stands as it is');
      continue;
    }
    setting.string();
    const value = word === undefined ? (number === undefined ? (double ?? single ?? '') : Number(number)) : word === 'nil' ? null : word === 'true';
    fields.push({ path: name.split('.'), value });
  }
  return fields;
}

type Members = Record<string, unknown>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** kong.log.set_serialize_value: members on the way are made where they are missing. `entry` is not changed. */
export function withCustomFields(entry: Members, fields: readonly CustomField[]): Members {
  return fields.reduce((made, { path, value }) => put(made, path, value), entry);
}
function put(members: Members, path: readonly string[], value: CustomField['value']): Members {
  const [name = '', ...rest] = path;
  const before = Object.hasOwn(members, name) ? members[name] : undefined;
  const own = new Map(Object.entries(members));
  if (rest.length > 0) {
    // What is no table has no members: Kong refuses that field.
    if (before !== undefined && !isMembers(before)) return members;
    if (before !== undefined || value !== null) own.set(name, put(before ?? {}, rest, value));
  } else if (value === null) own.delete(name);
  else own.set(name, value);
  return Object.fromEntries(own);
}
