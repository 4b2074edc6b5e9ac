import type { MatcherKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';
import type { Route } from '../../model/gateway.ts';

export interface When {
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

/** The path after the stage, or undefined where the first segment names another stage. A run of slashes after the stage counts as one. */
export function pathInStage(path: string, stage: string): string | undefined {
  const base = `/${stage}`;
  if (path !== base && !path.startsWith(`${base}/`)) return undefined;
  return `/${path.slice(base.length).replace(/^\/+/, '')}`;
}

/**
 * Routes on resource and method together: a resource that lacks the method gives way to a greedy one that has it.
 * Source: the recorded answers of deployed APIs (literal, parameter, greedy; an explicit method before ANY).
 */
export const matcher: MatcherKind<{ readonly stage: string }> = {
  kind: 'aws-rest/match',
  build({ stage }, routes) {
    const byPath = new Map<string, Resource>();
    for (const route of routes) {
      const when = route.when as When;
      const segments = segmentsOf(when.resource);
      const resource = byPath.get(when.resource) ?? { segments, greedy: segments.at(-1)?.kind === 'greedy', methods: new Map<string, Route>() };
      resource.methods.set(when.method, route);
      byPath.set(when.resource, resource);
    }
    const resources = [...byPath.values()].toSorted(bySpecificity);
    return (exchange) => {
      const path = pathInStage(exchange.path, stage);
      if (path !== undefined) {
        const trimmed = path.endsWith('/') ? path.slice(1, -1) : path.slice(1);
        const parts = trimmed === '' ? [] : trimmed.split('/');
        let passed = false;
        for (const resource of resources) {
          if (passed && !resource.greedy) continue;
          const params = paramsOf(resource, parts);
          if (params === undefined) continue;
          const route = resource.methods.get(exchange.method) ?? resource.methods.get('ANY');
          if (route !== undefined) return { route, params };
          passed = true;
        }
      }
      return refuse(fault('no-route', { path: exchange.path }));
    };
  },
};
