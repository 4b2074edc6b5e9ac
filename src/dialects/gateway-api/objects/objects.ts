import type { Resource } from '../../../sources/kubernetes/resources.ts';
import { asToday } from './kinds.ts';
import { byAge } from '../matching/precedence.ts';

/** The kinds of routes that are served. */
export const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute'] as const;

/** All objects of a load, by group, kind, namespace and name. A later one replaces an earlier one of the same name, as `kubectl apply` does. */
export class Objects {
  readonly #all = new Map<string, Resource>();

  constructor(resources: readonly Resource[]) {
    for (const one of resources.map(asToday)) this.#all.set(keyOf(one.group, one.kind, one.kind === 'Namespace' ? '' : one.namespace, one.name), one);
  }

  find(kind: string, namespace: string, name: string, of = ''): Resource | undefined {
    return this.#all.get(keyOf(of, kind, namespace, name));
  }
  all(kind: string, of = ''): Resource[] {
    return [...this.#all.values()].filter((one) => one.kind === kind && one.group === of);
  }
  get every(): Resource[] {
    return [...this.#all.values()];
  }
}

/** What decides between equals. */
export const ageOf = ({ createdAt, namespace, name }: Resource): { readonly age: string; readonly name: string } => ({
  age: createdAt,
  name: `${namespace}/${name}`,
});

export const oldestFirst = (all: readonly Resource[]): Resource[] => all.toSorted((a, b) => byAge(ageOf(a), ageOf(b)));

const keyOf = (...parts: readonly string[]): string => parts.join('\0');
