import type { Setting } from '../../sources/setting.ts';
import type { ResolveBackend } from './backends/resolve.ts';
import type { Grants } from './grants.ts';
import { group, type Objects } from './objects.ts';

/** Finds Services. Where no manifest has any, every one that is named is taken as there: only routes were given. */
export function resolverOf(objects: Objects, grants: Grants, routeKind: string): ResolveBackend {
  const services = objects.all('Service');
  const secured = securedServices(objects);
  const ports = new Map(services.map((one) => [`${one.namespace}/${one.name}`, one.spec.get('ports').items().map(readPort)]));
  return (ref, from) => {
    const of = ref.get('group').string() ?? '';
    const kind = ref.get('kind').string() ?? 'Service';
    const namespace = ref.get('namespace').string() ?? from;
    const name = ref.get('name').string() ?? '';
    const port = ref.get('port').number({ min: 1, max: 65_535, integer: true });
    const id = `${namespace}/${name}`;
    if (of !== '' || kind !== 'Service') return { problem: `backends of the kind ${of === '' ? '' : `${of}/`}${kind} are not known (InvalidKind)` };
    if (namespace !== from && !grants.allow({ kind: routeKind, namespace: from }, { kind, namespace, name }))
      return { problem: `no ReferenceGrant in ${namespace} lets a ${routeKind} of ${from} refer to the Service ${name} (RefNotPermitted)` };
    if (port === undefined) return { problem: `the reference to the Service ${id} names no port` };
    const known = ports.get(id);
    if (known === undefined && services.length > 0) return { problem: `there is no Service ${id} (BackendNotFound)` };
    const found = known?.find((one) => one.port === port);
    if (known !== undefined && known.length > 0 && found === undefined) return { problem: `the Service ${id} has no port ${port} (BackendNotFound)` };
    if (secured.has(id)) return { problem: `the Service ${id} is reached by TLS (BackendTLSPolicy), which is not supported yet` };
    return {
      upstream: `${id}:${port}`,
      ...(routeKind === 'GRPCRoute' || found?.protocol === 'kubernetes.io/h2c' ? { protocol: 'h2c' as const } : {}),
    };
  };
}

function readPort(setting: Setting): { readonly port: number | undefined; readonly protocol: string | undefined } {
  for (const name of ['name', 'protocol', 'targetPort', 'nodePort']) setting.get(name).ignored('says how the cluster reaches the Service');
  return { port: setting.get('port').number(), protocol: setting.get('appProtocol').string() };
}

/** Services that a BackendTLSPolicy speaks of: what must not go in clear is not sent at all. */
function securedServices(objects: Objects): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { namespace, spec, setting } of objects.all('BackendTLSPolicy', group)) {
    setting.warning('DG1208', 'BackendTLSPolicy is not supported yet', 'requests to the Services that it names answer 500');
    for (const ref of spec.get('targetRefs').items()) found.add(`${namespace}/${ref.get('name').string() ?? ''}`);
    spec.ignored('not supported yet: nothing is sent to the Services that it names');
  }
  return found;
}
