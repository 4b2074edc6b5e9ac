import { parseDuration } from '../duration.ts';
import { httpFilters, method, pathCharacters } from './filters.ts';
import { backendRef, object, routeFields, sessionPersistence } from './references.ts';
import { matchesOfAll, namesDiffer } from './route-rules.ts';
import { duration, headerName, headerValue, hostname, sectionName } from './scalars.ts';
import { list, oneOf, shape, text, whole, type Refusal, type Schema, type TextSchema } from './schema.ts';

interface Path {
  readonly type?: string;
  readonly value?: string;
}
const forbidden = ['//', '/./', '/../', '%2f', '%2F', '#'];

/** Of exact paths and prefixes only: a regular expression may say anything. */
function isPath({ type = 'PathPrefix', value = '/' }: Path): Refusal | undefined {
  if (type === 'RegularExpression') return undefined;
  const refused = (expected: string): Refusal => ({ at: ['value'], what: `${JSON.stringify(value)} is no path of the type ${type}`, expected });
  if (!value.startsWith('/')) return refused('begin it with /');
  const found = forbidden.find((one) => value.includes(one)) ?? ['/..', '/.'].find((one) => value.endsWith(one));
  if (found !== undefined) return refused(`leave out ${found}`);
  if (pathCharacters.test(value)) return undefined;
  // Converters write paths such as /pets/{id}: they match nothing but themselves.
  return { ...refused('characters of a path, others as %XX; patterns need the type RegularExpression'), harmless: true };
}

const valueMatch = (value: TextSchema) =>
  list(shape({ type: oneOf('Exact', 'RegularExpression'), name: headerName, value }, ['name', 'value']), { max: 16, differIn: 'name' });
const match = shape({
  path: shape({ type: oneOf('Exact', 'PathPrefix', 'RegularExpression'), value: text({ max: 1024 }) }, [], [isPath]),
  headers: valueMatch(headerValue),
  queryParams: valueMatch(text({ min: 1, max: 1024 })),
  method,
});

interface Timeouts {
  readonly request?: string;
  readonly backendRequest?: string;
}
function within({ request = '0s', backendRequest = '0s' }: Timeouts): Refusal | undefined {
  const [all, part] = [parseDuration(request) ?? 0, parseDuration(backendRequest) ?? 0];
  return all > 0 && part > all
    ? { at: ['backendRequest'], what: `${backendRequest} is longer than the time of the whole request (${request})`, expected: `at most ${request}` }
    : undefined;
}

interface Filter {
  readonly requestRedirect?: { readonly path?: { readonly type: string } };
  readonly urlRewrite?: { readonly path?: { readonly type: string } };
}
interface HttpRule {
  readonly matches?: readonly { readonly path?: Path }[];
  readonly filters?: readonly Filter[];
  readonly backendRefs?: readonly { readonly filters?: readonly Filter[] }[];
}
function redirectAlone({ filters = [], backendRefs = [] }: HttpRule): Refusal | undefined {
  const at = filters.findIndex((one) => one.requestRedirect !== undefined);
  return at >= 0 && backendRefs.length > 0
    ? { at: ['filters', at], what: 'the rule has backendRefs, too', expected: 'a redirect without backendRefs' }
    : undefined;
}
/** A prefix is replaced where one prefix is matched. */
function onePrefix({ matches = [{}], filters = [], backendRefs = [] }: HttpRule): Refusal | undefined {
  const replaces = ({ requestRedirect, urlRewrite }: Filter): boolean => (requestRedirect ?? urlRewrite)?.path?.type === 'ReplacePrefixMatch';
  const own = filters.filter(replaces).length;
  const theirs = backendRefs.filter((one) => (one.filters ?? []).some(replaces)).length;
  const [first] = matches;
  if ((own !== 1 && theirs !== 1) || (matches.length === 1 && (first?.path?.type ?? 'PathPrefix') === 'PathPrefix')) return undefined;
  return { what: 'a filter replaces the prefix that is matched (ReplacePrefixMatch)', expected: 'exactly one match, of the type PathPrefix' };
}

const rule = shape(
  {
    name: sectionName,
    matches: list(match, { max: 64 }),
    filters: httpFilters,
    backendRefs: list(backendRef(httpFilters), { max: 16 }),
    timeouts: shape({ request: duration, backendRequest: duration }, [], [within]),
    retry: shape({ codes: list(whole({ min: 400, max: 599 }), { differIn: '' }), attempts: whole(), backoff: duration }),
    sessionPersistence,
  },
  [],
  [redirectAlone, onePrefix],
);

/** Source: the CRD of HTTPRoute, both channels, with its validation rules. */
export const httpRoute: Schema = object(
  shape({
    ...routeFields,
    hostnames: list(hostname, { max: 16 }),
    rules: list(rule, { min: 1, max: 64, maxBefore: 16, rules: [matchesOfAll, namesDiffer] }),
  }),
);
