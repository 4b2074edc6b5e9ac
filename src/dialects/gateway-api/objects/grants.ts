import { group } from './kinds.ts';
import type { Objects } from './objects.ts';

interface From {
  readonly kind: string;
  readonly namespace: string;
}
interface To {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}
/** What ReferenceGrants allow: references from one namespace into another. */
export interface Grants {
  allow(from: From, to: To): boolean;
}

export function readGrants(objects: Objects): Grants {
  const grants = objects.all('ReferenceGrant', group).map(({ namespace, spec }) => ({
    namespace,
    from: spec
      .get('from')
      .items()
      .map((one) => ({
        group: one.get('group').string() ?? '',
        kind: one.get('kind').string() ?? '',
        namespace: one.get('namespace').string() ?? '',
      })),
    to: spec
      .get('to')
      .items()
      .map((one) => ({ group: one.get('group').string() ?? '', kind: one.get('kind').string() ?? '', name: one.get('name').string() ?? null })),
  }));
  return {
    allow: (from, to) =>
      grants.some(
        (grant) =>
          grant.namespace === to.namespace &&
          grant.from.some((one) => one.group === group && one.kind === from.kind && one.namespace === from.namespace) &&
          grant.to.some((one) => one.group === '' && one.kind === to.kind && (one.name === null || one.name === to.name)),
      ),
  };
}
