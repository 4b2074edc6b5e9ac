import { CORE_SCHEMA, loadAll } from 'js-yaml';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A text of YAML or JSON as plain data; of several documents a list, as pointers count them. */
export function documentOf(text: string): Json {
  const all = loadAll(withoutTags(text), { schema: CORE_SCHEMA }) as Json[];
  return all.length === 1 ? (all[0] as Json) : all;
}
/** A text that says the same. No configuration is a list: where one stands, it is of documents. */
export const textOf = (document: Json): string =>
  Array.isArray(document) ? document.map((one) => JSON.stringify(one, null, 1)).join('\n---\n') : JSON.stringify(document, null, 1);
const withoutTags = (text: string): string => text.replaceAll(/(^|[\s[{,:-])!(?:Ref|Sub|GetAtt)\s+/g, '$1');

/** Other values that could stand in the place of this one, the likeliest to be accepted first. */
export function othersFor(value: Json): Json[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, Math.max(0, value - 1), value * 2];
  if (typeof value !== 'string') return [];
  const digits = /\d/.test(value) ? [value.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))] : [];
  const kin = families.find((family) => family.includes(value))?.filter((one) => one !== value) ?? [];
  const letters = value.replace(/[a-zA-Z](?=[^a-zA-Z]*$)/, (letter) =>
    letter === 'z' ? 'y' : letter === 'Z' ? 'Y' : String.fromCharCode(letter.charCodeAt(0) + 1),
  );
  const named = /:function:/.test(value) ? [value.replace(/:function:\w+/, '$&x')] : [];
  return [...kin, ...named, ...digits, ...(letters === value ? [] : [letters]), `${value}x`];
}

/** Words of which another must stand in the place of one. */
const families: readonly (readonly string[])[] = [
  ['http', 'https'],
  ['GET', 'DELETE'],
  ['POST', 'PATCH'],
  ['PUT', 'PATCH'],
  ['RS256', 'ES256'],
  ['HS256', 'HS384'],
  ['hmac-sha256', 'hmac-sha512'],
  ['sliding-window', 'fixed-window'],
  ['token-bucket', 'fixed-window'],
  ['quota', 'fixed-window'],
  ['week', 'month'],
  ['WEEK', 'MONTH'],
  ['camel-to-snake', 'snake-to-camel'],
  ['snake-to-camel', 'camel-to-snake'],
  ['header', 'ip'],
  ['exp', 'nbf'],
  ['uuid', 'tracker'],
  ['require', 'request'],
  ['2', 'auto'],
  ['kilobytes', 'bytes'],
  ['string', 'number', 'boolean'],
  ['never', 'when_no_match'],
  ['http_proxy', 'mock'],
  ['HEADER', 'AUTHORIZER'],
  ['REQUEST', 'JWT'],
  ['query', 'header'],
  ['path', 'query'],
  ['gateway.networking.k8s.io/v1', 'example.com/v1'],
  ['v1', 'example.com/v1'],
  ['gateway.networking.k8s.io', ''],
  ['HTTPRoute', 'GRPCRoute'],
  ['PathPrefix', 'Exact'],
  ['ReplaceFullPath', 'ReplacePrefixMatch'],
  ['In', 'NotIn'],
  ['All', 'None'],
  ['Selector', 'Same'],
  ['HTTP', 'HTTPS'],
  ['Terminate', 'Passthrough'],
];

export function valueAt(document: Json, pointer: string): Json | undefined {
  let at: Json | undefined = document;
  for (const part of partsOf(pointer)) at = typeof at === 'object' && at !== null ? (at as Record<string, Json>)[part] : undefined;
  return at;
}

export function replacedAt(document: Json, pointer: string, value: Json): Json {
  const copy = structuredClone(document);
  const parts = partsOf(pointer);
  const last = parts.pop() as string;
  let at = copy as Record<string, Json>;
  for (const part of parts) at = at[part] as Record<string, Json>;
  at[last] = value;
  return copy;
}

const partsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
