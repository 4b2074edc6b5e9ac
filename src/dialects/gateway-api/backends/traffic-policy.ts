import type { Setting } from '../../../sources/setting.ts';
import { readSession } from './read-session.ts';
import { readBudget, type RetryBudget } from './retry-budget.ts';
import { experiments, group } from '../objects/kinds.ts';
import { oldestFirst, type Objects } from '../objects/objects.ts';
import { readReference } from '../objects/reference.ts';

/** What is said of all requests to a Service, whatever route they come by. */
export interface TrafficPolicy {
  /** Absent as a setting: nothing. A rule that says it itself stands above it. */
  readonly sessionPersistence: Setting;
  readonly budget: RetryBudget | null;
}
/** By `namespace/service`. */
export type TrafficPolicies = ReadonlyMap<string, TrafficPolicy>;

/** XBackendTrafficPolicy, by the names that it had too. Source: its API reference, GEP-1619, GEP-3388. */
export const isTrafficPolicy = (of: string, kind: string): boolean =>
  (of === experiments && kind === 'XBackendTrafficPolicy') || (of === group && kind === 'BackendLBPolicy');

/** Of several for one Service the oldest counts, as for every policy that is attached directly (GEP-713). */
export function readTrafficPolicies(objects: Objects): TrafficPolicies {
  const found = new Map<string, TrafficPolicy>();
  const all = objects.every.filter((one) => isTrafficPolicy(one.group, one.kind));
  for (const { kind, namespace, name, spec } of oldestFirst(all)) {
    const sessionPersistence = spec.get('sessionPersistence');
    readSession(sessionPersistence, '', false);
    const policy: TrafficPolicy = { sessionPersistence, budget: readBudget(spec.get('retryConstraint'), `${namespace}/${name}`) };
    for (const ref of spec.get('targetRefs').items()) {
      const target = readReference(ref, 'Service');
      const key = `${namespace}/${target.name}`;
      if (target.of !== '' || target.kind !== 'Service')
        ref.warning('DG1205', `${kind} ${namespace}/${name} is for Services (TargetNotFound)`, 'nothing is done for it');
      else if (found.has(key))
        ref.warning('DG1205', `another policy speaks of the traffic of the Service ${key} (Conflicted)`, 'the older one counts');
      else found.set(key, policy);
    }
  }
  return found;
}
