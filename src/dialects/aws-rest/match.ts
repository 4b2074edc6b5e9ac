import type { MatcherKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault, ownFault } from '../../model/fault.ts';
import type { Route } from '../../model/gateway.ts';
import { below, deploymentKey, places, type Base } from './place.ts';

export interface When {
  /** The stage, or its canary: a `deploymentKey`. */
  readonly deployment: string;
  /** The resource: `/pets/{id}`. */
  readonly resource: string;
  /** Upper-case, or `ANY`. */
  readonly method: string;
}
interface Segment {
  readonly kind: 'literal' | 'param' | 'greedy';
  readonly text: string;
}
interface Resource {
  readonly segments: readonly Segment[];
  readonly greedy: boolean;
  readonly methods: Map<string, Route>;
}

const rank = { literal: 0, param: 1, greedy: 2 } as const;

function segmentsOf(resource: string): Segment[] {
  return resource
    .split('/')
    .slice(1)
    .filter((part, index, all) => part !== '' || index < all.length - 1)
    .map((part) => {
      if (part.startsWith('{') && part.endsWith('+}')) return { kind: 'greedy', text: part.slice(1, -2) };
      if (part.startsWith('{') && part.endsWith('}')) return { kind: 'param', text: part.slice(1, -1) };
      return { kind: 'literal', text: part };
    });
}

/** Literal before parameter before greedy, segment by segment. */
function bySpecificity(a: Resource, b: Resource): number {
  for (let at = 0; at < Math.min(a.segments.length, b.segments.length); at += 1) {
    const difference = rank[(a.segments[at] as Segment).kind] - rank[(b.segments[at] as Segment).kind];
    if (difference !== 0) return difference;
  }
  return b.segments.length - a.segments.length;
}

function paramsOf({ segments, greedy }: Resource, parts: readonly string[]): Record<string, string> | undefined {
  if (greedy ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, { kind, text }] of segments.entries()) {
    const part = parts[at] as string;
    if (kind === 'literal' ? part !== text : part === '') return undefined;
    if (kind === 'param') params[text] = part;
    if (kind === 'greedy') params[text] = parts.slice(at).join('/');
  }
  return params;
}

/** The resources of each deployment, the most specific ones first. */
function tablesOf(routes: readonly Route[]): ReadonlyMap<string, readonly Resource[]> {
  const tables = new Map<string, Map<string, Resource>>();
  for (const route of routes) {
    const { deployment, resource: path, method } = route.when as When;
    let byPath = tables.get(deployment);
    if (byPath === undefined) tables.set(deployment, (byPath = new Map<string, Resource>()));
    const segments = segmentsOf(path);
    const resource = byPath.get(path) ?? { segments, greedy: segments.at(-1)?.kind === 'greedy', methods: new Map<string, Route>() };
    resource.methods.set(method, route);
    byPath.set(path, resource);
  }
  return new Map([...tables].map(([deployment, byPath]) => [deployment, [...byPath.values()].toSorted(bySpecificity)]));
}

/**
 * Chooses the stage by the longest base, then routes on resource and method together: a resource that lacks the method gives way to a
 * greedy one that has it. Sources: the recorded answers of deployed APIs (literal, parameter, greedy; an explicit method before ANY); the
 * developer guide, base path mappings and canary releases.
 */
export const matcher: MatcherKind<{ readonly bases: readonly Base[]; readonly custom: boolean }> = {
  kind: 'aws-rest/match',
  build({ bases, custom }, routes, { random }) {
    const tables = tablesOf(routes);
    const byLength = bases.toSorted((a, b) => b.path.length - a.path.length);
    return (exchange) => {
      // Slashes before the stage count as one (recorded).
      if (exchange.path.startsWith('//')) exchange.path = exchange.path.replace(/^\/+/, '/');
      const unknown = refuse(fault('no-route', { path: exchange.path }));
      const base = byLength.find((one) => below(one.path, exchange.path) !== undefined);
      if (base === undefined) return custom ? refuse(ownFault('aws-rest/unmapped')) : unknown;
      const place = { ...base, canary: base.canaryPercent !== null && random() * 100 < base.canaryPercent };
      exchange.write(places, place);
      const path = below(base.path, exchange.path) as string;
      const trimmed = path.endsWith('/') ? path.slice(1, -1) : path.slice(1);
      const parts = trimmed === '' ? [] : trimmed.split('/');
      let passed = false;
      for (const resource of tables.get(deploymentKey(place)) ?? []) {
        if (passed && !resource.greedy) continue;
        const params = paramsOf(resource, parts);
        if (params === undefined) continue;
        const route = resource.methods.get(exchange.method) ?? resource.methods.get('ANY');
        if (route !== undefined) return { route, params };
        passed = true;
      }
      return unknown;
    };
  },
};
