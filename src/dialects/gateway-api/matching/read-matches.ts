import type { Setting } from '../../../sources/setting.ts';
import { compileRe2 } from '../../../matching/re2.ts';
import type { ValueMatch, When } from '../match.ts';

export type RuleMatch = Pick<When, 'path' | 'method' | 'headers' | 'query' | 'order'> & { readonly setting: Setting };
type Parts = Omit<RuleMatch, 'order'>;

/** The longest comes first. */
const most = ({ length }: { readonly length: number }): number => 0 - length;
const ranks = { Exact: 0, RegularExpression: 1, PathPrefix: 2 } as const;

/** Source: the API reference of HTTPRouteRule, precedence of matches; a regular expression stands between the others, which it leaves open. */
const ordered = (one: Parts): RuleMatch => ({
  ...one,
  order: [ranks[one.path.type], most(one.path.value), one.method === null ? 1 : 0, most(one.headers), most(one.query)],
});

/** The matches of a rule; without any, every path. One whose regular expression cannot be used is left out, which is told. */
export function readMatches(rule: Setting): RuleMatch[] {
  const matches = rule.get('matches');
  if (matches.items().length === 0)
    return [ordered({ path: { type: 'PathPrefix', value: '/' }, method: null, headers: [], query: [], setting: rule })];
  return matches.items().flatMap((one) => {
    const path = one.get('path');
    const type = path.get('type').oneOf('Exact', 'PathPrefix', 'RegularExpression') ?? 'PathPrefix';
    const value = path.get('value').string() ?? '/';
    const [headers, query] = [readValues(one.get('headers'), true), readValues(one.get('queryParams'), false)];
    if (!usable([...(type === 'RegularExpression' ? [value] : []), ...patternsOf(headers, query)], one)) return [];
    return [ordered({ path: { type, value }, method: one.get('method').string() ?? null, headers, query, setting: one })];
  });
}

/** Of several entries with one name the first counts; names of fields are the same in any case. */
function readValues(setting: Setting, ignoreCase: boolean): ValueMatch[] {
  const seen = new Set<string>();
  return setting.items().flatMap((one) => {
    const written = one.get('name').string() ?? '';
    const name = ignoreCase ? written.toLowerCase() : written;
    const match = {
      name,
      value: one.get('value').string() ?? '',
      regex: one.get('type').oneOf('Exact', 'RegularExpression') === 'RegularExpression',
    };
    if (seen.has(name)) return [];
    seen.add(name);
    return [match];
  });
}

const patternsOf = (...lists: readonly (readonly ValueMatch[])[]): string[] => lists.flat().flatMap((one) => (one.regex ? [one.value] : []));

/** The specification leaves the syntax open: the gateways that are measured by it take RE2, or what is nearly it. */
function usable(patterns: readonly string[], match: Setting): boolean {
  try {
    for (const one of patterns) compileRe2(one);
    return true;
  } catch (error) {
    match.problem('DG1203', (error as Error).message, 'expected a regular expression as RE2 reads it, which must take the whole value');
    return false;
  }
}

/** The matches of a rule of a GRPCRoute: a method of gRPC is a path. Source: the API reference of GRPCRouteRule. */
export function readGrpcMatches(rule: Setting): RuleMatch[] {
  const matches = rule.get('matches').items();
  const all = { path: { type: 'PathPrefix', value: '/' } as const, method: null, headers: [], query: [], order: [0, 0, 0], setting: rule };
  if (matches.length === 0) return [all];
  return matches.flatMap((one) => {
    const method = one.get('method');
    const isRegex = method.get('type').oneOf('Exact', 'RegularExpression') === 'RegularExpression';
    const [service, name] = [method.get('service').string() ?? '', method.get('method').string() ?? ''];
    const headers = readValues(one.get('headers'), true);
    const order = [most(service), most(name), most(headers)];
    if (!usable([...(isRegex ? [service, name] : []), ...patternsOf(headers)], one)) return [];
    return [{ path: grpcPath(service, name, isRegex), method: null, headers, query: [], order, setting: one }];
  });
}

function grpcPath(service: string, method: string, isRegex: boolean): RuleMatch['path'] {
  if (!isRegex && service !== '' && method !== '') return { type: 'Exact', value: `/${service}/${method}` };
  if (!isRegex && method === '') return { type: 'PathPrefix', value: `/${service}` };
  const part = (text: string): string => (text === '' ? '[^/]+' : isRegex ? `(?:${text})` : String.raw`\Q${text}\E`);
  return { type: 'RegularExpression', value: `/${part(service)}/${part(method)}` };
}
