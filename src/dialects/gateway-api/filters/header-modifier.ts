import type { StepKind } from '../../../engine/kit.ts';
import type { Fields } from '../../../http/fields.ts';
import type { Setting } from '../../../sources/setting.ts';

export interface HeaderChanges {
  readonly set: readonly HeaderValue[];
  readonly add: readonly HeaderValue[];
  readonly remove: readonly string[];
}
interface HeaderValue {
  readonly name: string;
  readonly value: string;
}

export function readHeaderModifier(filter: Setting): HeaderChanges {
  return { set: readValues(filter.get('set')), add: readValues(filter.get('add')), remove: filter.get('remove').strings() };
}

/** Of several entries with an equivalent name the first counts, as the API says; the others are read and do nothing. */
function readValues(list: Setting): HeaderValue[] {
  const seen = new Set<string>();
  return list.items().flatMap((item) => {
    const name = item.get('name').string();
    const value = item.get('value').string() ?? '';
    if (name === undefined || seen.has(name.toLowerCase())) return [];
    seen.add(name.toLowerCase());
    return [{ name, value }];
  });
}

/** A field that is there already gets the value appended to its list, as the conformance suite sees it: `old,new`. */
export function changeFields(fields: Fields, { set, add, remove }: HeaderChanges): void {
  for (const name of remove) fields.remove(name);
  for (const { name, value } of set) fields.set(name, value);
  for (const { name, value } of add) {
    // Cookies cannot be joined (RFC 9110 section 5.3).
    const old = name.toLowerCase() === 'set-cookie' ? [] : fields.getAll(name);
    if (old.length === 0) fields.append(name, value);
    else fields.set(name, [...old, value].join(','));
  }
}

export const requestHeaderModifier: StepKind<HeaderChanges> = {
  kind: 'gateway-api/request-headers',
  create: (changes) => (exchange) => {
    changeFields(exchange.outgoing.headers, changes);
    return undefined;
  },
};

export const responseHeaderModifier: StepKind<HeaderChanges> = {
  kind: 'gateway-api/response-headers',
  create: (changes) => (exchange) => {
    if (exchange.response !== null) changeFields(exchange.response.headers, changes);
    return undefined;
  },
};
