import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readSelector } from '../listeners/allowed.ts';
import { group, importGroup, isKindOfApi, kindOf } from '../objects/kinds.ts';
import type { Objects } from '../objects/objects.ts';

/** What policies may be attached to, by kind, namespace, name and, after it, section. */
export type Target = string;
export const targetOf = (kind: string, namespace: string, name: string, section = ''): Target =>
  `${kind}/${kind === 'GatewayClass' ? '' : namespace}/${name}${section === '' ? '' : `/${section}`}`;
/** Every Gateway of a namespace; empty: of all. */
export const gatewaysOf = (namespace: string): Target => `Gateways/${namespace}`;

const attachable: ReadonlySet<string> = new Set(['GatewayClass', 'Gateway', 'ListenerSet', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'Service']);

/** What a policy is attached to; without the kinds that are nothing to a gateway. */
export function targetsOf(policy: Resource, objects: Objects): Target[] {
  const { spec, namespace } = policy;
  const refs = refsOf(spec).flatMap((ref) => {
    const { kind } = kindIn(ref);
    if (!attachable.has(kind)) return [];
    const section = ref.get('sectionName').string();
    // One port of a Service closes all of it: what a route sends to which port is known later.
    return [targetOf(kind, ref.get('namespace').string() ?? namespace, ref.get('name').string() ?? '', kind === 'Service' ? '' : section)];
  });
  const selected = spec
    .get('targetSelectors')
    .items()
    .flatMap((one) => {
      const { kind } = kindIn(one);
      const selects = readSelector(one);
      const of = kind === 'Service' ? '' : group;
      return attachable.has(kind) ? objects.all(kind, of).filter((object) => object.namespace === namespace && selects(object.labels)) : [];
    })
    .map((object) => targetOf(object.kind, object.namespace, object.name));
  return [...refs, ...selected, ...(policy.group === 'security.istio.io' ? ofIstio(spec, namespace) : [])];
}

const refsOf = (spec: Setting): Setting[] => [...spec.get('targetRef').items(), ...spec.get('targetRefs').items()];
const kindIn = (ref: Setting): ReturnType<typeof kindOf> => kindOf(ref.get('group').string() ?? group, ref.get('kind').string() ?? '');

/** Why a policy that has no target here has none; undefined where it is none for a gateway. */
export function whyDetached({ spec }: Resource): { readonly problem: string; readonly code: 'DG1205' | 'DG1208' } | undefined {
  const selectors = spec.get('targetSelectors').items().map(kindIn);
  const unserved = [...refsOf(spec).map(kindIn), ...selectors].filter(
    ({ group: of, kind }) => !attachable.has(kind) && (isKindOfApi(of, kind) || (of === importGroup && kind === 'ServiceImport')),
  );
  if (unserved.length > 0) {
    const kinds = [...new Set(unserved.map(({ kind }) => `${kind}s`))].join(' and ');
    return { problem: `it is for ${kinds}, which are not served (TargetNotFound)`, code: 'DG1208' };
  }
  return selectors.some(({ kind }) => attachable.has(kind)) ? { problem: 'it selects nothing (TargetNotFound)', code: 'DG1205' } : undefined;
}

/** Policies of Istio without a target are of the Gateways of their namespace; those of its root namespace, of all. Source: Istio's reference. */
function ofIstio(spec: Setting, namespace: string): Target[] {
  if (spec.get('targetRef').exists || spec.get('targetRefs').exists) return [];
  const labels = spec.get('selector').get('matchLabels');
  const name = labels.get('gateway.networking.k8s.io/gateway-name').string() ?? labels.get('istio.io/gateway-name').string();
  if (name !== undefined) return [targetOf('Gateway', namespace, name)];
  return labels.keys().length > 0 ? [] : [gatewaysOf(namespace === 'istio-system' ? '' : namespace)];
}
