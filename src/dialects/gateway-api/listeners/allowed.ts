import type { Listener } from '../../../model/gateway.ts';
import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import { group } from '../objects/kinds.ts';
import type { Objects } from '../objects/objects.ts';
import type { Status } from '../status/status.ts';

/** Of which namespaces something may attach. */
export interface Allowed {
  readonly from: 'All' | 'Same' | 'Selector' | 'None';
  readonly selects: Selects;
}
export type Selects = (labels: Readonly<Record<string, string>>) => boolean;

/** Source: the API reference of ListenerStatus, supportedKinds. */
const kindsOf = { http: ['HTTPRoute', 'GRPCRoute'], https: ['HTTPRoute', 'GRPCRoute'], tls: ['TLSRoute'] } as const satisfies Readonly<
  Record<Listener['protocol'], readonly string[]>
>;

/** `usual`: which namespaces where nothing is said. */
export function readAllowed(setting: Setting, usual: Allowed['from'] = 'Same'): Allowed {
  const namespaces = setting.get('namespaces');
  return {
    from: namespaces.get('from').oneOf('All', 'Same', 'Selector', 'None') ?? usual,
    selects: readSelector(namespaces.get('selector')),
  };
}

/** The kinds of routes that a listener takes: those of its protocol, or those among them that it names. */
export function readKinds(setting: Setting, protocol: Listener['protocol'] | null, status: Status): readonly string[] {
  const usual: readonly string[] = protocol === null ? [] : kindsOf[protocol];
  const named = setting.items().map((one) => ({ one, of: one.get('group').string() ?? group, kind: one.get('kind').string() ?? '' }));
  if (named.length === 0 || protocol === null) return usual;
  return named.flatMap(({ one, of, kind }) => {
    if (of === group && usual.includes(kind)) return [kind];
    status.tells('ResolvedRefs', `it has no routes of the kind ${of === group ? '' : `${of}/`}${kind} (InvalidRouteKinds)`, 'it takes none of them', {
      at: one,
    });
    return [];
  });
}

/** Whether a route of this kind and namespace may attach. Source: the API reference of AllowedRoutes. */
export function takes(
  { allowed, kinds }: { readonly allowed: Allowed; readonly kinds: readonly string[] },
  route: Resource,
  gatewayNamespace: string,
  objects: Objects,
): boolean {
  return kinds.includes(route.kind) && takesNamespace(allowed, route.namespace, gatewayNamespace, objects);
}

/** Whether what stands in a namespace may attach to what stands in `own`. Each namespace has its name as a label. */
export function takesNamespace({ from, selects }: Allowed, namespace: string, own: string, objects: Objects): boolean {
  if (from === 'Selector') return selects({ ...objects.find('Namespace', '', namespace)?.labels, 'kubernetes.io/metadata.name': namespace });
  return from === 'All' || (from === 'Same' && namespace === own);
}

/** A label selector: all that it says must hold; without one nothing is selected. */
export function readSelector(setting: Setting): Selects {
  const labels = setting
    .get('matchLabels')
    .entries()
    .map(([name, value]) => [name, value.string() ?? ''] as const);
  const expressions = setting
    .get('matchExpressions')
    .items()
    .map((one) => ({
      key: one.get('key').string() ?? '',
      operator: one.get('operator').oneOf('In', 'NotIn', 'Exists', 'DoesNotExist') ?? 'In',
      values: one.get('values').strings(),
    }));
  const exists = setting.exists;
  return (of) =>
    exists &&
    labels.every(([name, value]) => of[name] === value) &&
    expressions.every(({ key, operator, values }) => {
      const value = of[key];
      if (operator === 'Exists' || operator === 'DoesNotExist') return (value !== undefined) === (operator === 'Exists');
      return (value !== undefined && values.includes(value)) === (operator === 'In');
    });
}
