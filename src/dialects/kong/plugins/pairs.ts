import type { Setting } from '../../../sources/setting.ts';

export type Pair = readonly [name: string, value: string];

/** What a transformer does to names with values, in this order. */
export interface PairEdits {
  readonly remove: readonly string[];
  readonly rename: readonly Pair[];
  readonly replace: readonly Pair[];
  readonly add: readonly Pair[];
  readonly append: readonly Pair[];
}
export const verbs = ['rename', 'replace', 'add', 'append'] as const;

/** `name:value` as Kong's transformers write it: what follows the first colon, without more colons that stand right behind it. */
export function splitPair(text: string): Pair {
  const match = /^([^:]+):*([\s\S]*)$/.exec(text);
  return match === null ? ['', ''] : [match[1] as string, match[2] as string];
}

/** Why an entry is refused, in Kong's words. */
export type PairCheck = (name: string, value: string, text: string) => string | undefined;

/** Reads the entries of a list; one that is refused is reported over its own place. */
export const readPairs = (setting: Setting, check: PairCheck): Pair[] =>
  setting.items().flatMap((item) => {
    const text = item.string();
    if (text === undefined) return [];
    const [name, value] = splitPair(text);
    const why = check(name, value, text);
    if (why === undefined) return [[name, value] as const];
    item.problem('DG1203', `${item.name}: ${why}`, 'expected name:value');
    return [];
  });

/** Reads names, each of which may have a value behind a colon that is not looked at. */
export const readNames = (setting: Setting, check: PairCheck): string[] => readPairs(setting, check).map(([name]) => name);

/** kong.tools.http, validate_header_name. */
const isHeaderName = (name: string): boolean => /^[a-zA-Z0-9\-_]+$/.test(name);
// oxlint-disable-next-line no-control-regex -- these end a field
const endsField = /[\0\r\n]/;

export const checkName: PairCheck = (name, _, text) => (name === '' ? `invalid value: ${text}` : undefined);
export const checkPair: PairCheck = (name, _, text) => (name === '' || !text.includes(':') ? `invalid value: ${text}` : undefined);
export const checkValue: PairCheck = (name, value, text) =>
  name === '' ? `invalid value: ${text}` : value === '' ? `key '${name}' has no value` : undefined;
export const checkHeaderName: PairCheck = (name) => (isHeaderName(name) ? undefined : `'${name}' is not a valid header`);
export const checkHeaderValue: PairCheck = (name, value, text) =>
  checkPair(name, value, text) ?? checkHeaderName(name, value, text) ?? (endsField.test(value) ? `'${value}' is not a valid header` : undefined);
export const checkHeaderRename: PairCheck = (name, value, text) =>
  checkPair(name, value, text) ?? checkHeaderName(name, value, text) ?? checkHeaderName(value, '', text);
