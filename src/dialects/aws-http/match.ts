import type { MatcherKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';
import type { Route } from '../../model/gateway.ts';
import { bases as chosen, type Base, type When } from './base.ts';

interface Candidate {
  readonly route: Route;
  readonly method: string;
  readonly segments: readonly string[];
  readonly greedy: boolean;
}

const segmentsOf = (path: string): string[] => (path === '/' || path === '' ? [] : path.replace(/^\//, '').replace(/\/$/, '').split('/'));
const isVariable = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('}');

/** Whole paths before greedy ones, texts before variables, longer before shorter, a method before ANY. */
function bySpecificity(a: Candidate, b: Candidate): number {
  if (a.greedy !== b.greedy) return a.greedy ? 1 : -1;
  for (let at = 0; at < Math.min(a.segments.length, b.segments.length); at += 1) {
    const difference = Number(isVariable(a.segments[at] as string)) - Number(isVariable(b.segments[at] as string));
    if (difference !== 0) return difference;
  }
  return b.segments.length - a.segments.length || Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function paramsOf({ segments, greedy }: Candidate, parts: readonly string[]): Record<string, string> | undefined {
  if (greedy ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const part = parts[at] as string;
    if (!isVariable(segment)) {
      if (segment !== part) return undefined;
    } else if (segment.endsWith('+}')) params[segment.slice(1, -2)] = parts.slice(at).join('/');
    else if (part === '') return undefined;
    else params[segment.slice(1, -1)] = part;
  }
  return params;
}

/**
 * Chooses the base with the longest path, then a route: full match, greedy match, `$default`. Sources: the developer guide, routes of HTTP
 * APIs and API mappings.
 */
export const matcher: MatcherKind<{ readonly bases: readonly Base[] }> = {
  kind: 'aws-http/match',
  build({ bases }, routes) {
    const byLength = bases.toSorted((a, b) => b.path.length - a.path.length);
    const apis = new Map<string, { readonly candidates: Candidate[]; otherwise: Route | undefined }>();
    for (const { api } of bases) apis.set(api, { candidates: [], otherwise: undefined });
    for (const route of routes) {
      const { api, path, method } = route.when as When;
      const of = apis.get(api);
      if (of === undefined) continue;
      if (path === '$default') of.otherwise = route;
      else of.candidates.push({ route, method, segments: segmentsOf(path), greedy: path.endsWith('+}') });
    }
    for (const { candidates } of apis.values()) candidates.sort(bySpecificity);
    return (exchange) => {
      const { path } = exchange;
      const base = byLength.find((one) => path.startsWith(one.path) && [undefined, '/'].includes(path[one.path.length]));
      const api = base === undefined ? undefined : apis.get(base.api);
      if (base === undefined || api === undefined) return refuse(fault('no-route', { path }));
      exchange.write(chosen, base);
      const parts = segmentsOf(path.slice(base.path.length));
      for (const candidate of api.candidates) {
        if (candidate.method !== 'ANY' && candidate.method !== exchange.method) continue;
        const params = paramsOf(candidate, parts);
        if (params !== undefined) return { route: candidate.route, params };
      }
      return api.otherwise === undefined ? refuse(fault('no-route', { path })) : { route: api.otherwise, params: {} };
    };
  },
};
