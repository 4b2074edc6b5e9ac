import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readSelector } from '../allowed.ts';
import { group, kindOf } from '../kinds.ts';
import type { Objects } from '../objects.ts';

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
  const refs = [...spec.get('targetRef').items(), ...spec.get('targetRefs').items()].flatMap((ref) => {
    const { kind } = kindOf(ref.get('group').string() ?? group, ref.get('kind').string() ?? '');
    if (!attachable.has(kind)) return [];
    const section = ref.get('sectionName').string();
    // One port of a Service closes all of it: what a route sends to which port is known later.
    return [targetOf(kind, ref.get('namespace').string() ?? namespace, ref.get('name').string() ?? '', kind === 'Service' ? '' : section)];
  });
  const selected = spec
    .get('targetSelectors')
    .items()
    .flatMap((one) => {
      const { kind } = kindOf(one.get('group').string() ?? group, one.get('kind').string() ?? '');
      const selects = readSelector(one);
      const of = kind === 'Service' ? '' : group;
      return attachable.has(kind) ? objects.all(kind, of).filter((object) => object.namespace === namespace && selects(object.labels)) : [];
    })
    .map((object) => targetOf(object.kind, object.namespace, object.name));
  return [...refs, ...selected, ...(policy.group === 'security.istio.io' ? ofIstio(spec, namespace) : [])];
}

/** Policies of Istio without a target are of the Gateways of their namespace; those of its root namespace, of all. Source: Istio's reference. */
function ofIstio(spec: Setting, namespace: string): Target[] {
  if (spec.get('targetRef').exists || spec.get('targetRefs').exists) return [];
  const labels = spec.get('selector').get('matchLabels');
  const name = labels.get('gateway.networking.k8s.io/gateway-name').string() ?? labels.get('istio.io/gateway-name').string();
  if (name !== undefined) return [targetOf('Gateway', namespace, name)];
  return labels.keys().length > 0 ? [] : [gatewaysOf(namespace === 'istio-system' ? '' : namespace)];
}
