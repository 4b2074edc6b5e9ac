import type { Listener } from '../../model/gateway.ts';
import type { Resource } from '../../sources/kubernetes/resources.ts';
import type { Setting } from '../../sources/setting.ts';
import { group, type Objects } from './objects.ts';

/** Which routes a listener takes. */
export interface Allowed {
  readonly from: 'All' | 'Same' | 'Selector' | 'None';
  readonly selects: (labels: Readonly<Record<string, string>>) => boolean;
  /** Kinds of routes; null: those of the protocol. */
  readonly kinds: readonly string[] | null;
}

/** `usual`: which namespaces where nothing is said. */
export function readAllowed(setting: Setting, usual: Allowed['from'] = 'Same'): Allowed {
  const namespaces = setting.get('namespaces');
  const kinds = setting
    .get('kinds')
    .items()
    .map((one) => ({ of: one.get('group').string() ?? group, kind: one.get('kind').string() ?? '' }));
  return {
    from: namespaces.get('from').oneOf('All', 'Same', 'Selector', 'None') ?? usual,
    selects: readSelector(namespaces.get('selector')),
    kinds: kinds.length === 0 ? null : kinds.flatMap(({ of, kind }) => (of === group ? [kind] : [])),
  };
}

/** Whether a route of this kind and namespace may attach. Source: the API reference of AllowedRoutes. */
export function takes(
  { allowed, protocol }: { readonly allowed: Allowed; readonly protocol: Listener['protocol'] },
  route: Resource,
  gatewayNamespace: string,
  objects: Objects,
): boolean {
  const fits = (protocol === 'tls') === (route.kind === 'TLSRoute');
  return fits && (allowed.kinds?.includes(route.kind) ?? true) && takesNamespace(allowed, route.namespace, gatewayNamespace, objects);
}

/** Whether what stands in a namespace may attach to what stands in `own`. */
export function takesNamespace({ from, selects }: Allowed, namespace: string, own: string, objects: Objects): boolean {
  if (from === 'Selector') return selects(objects.find('Namespace', '', namespace)?.labels ?? {});
  return from === 'All' || (from === 'Same' && namespace === own);
}

/** A label selector: all that it says must hold. */
function readSelector(setting: Setting): Allowed['selects'] {
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
