import type { Setting } from '../../sources/setting.ts';
import type { ResolveBackend } from './backends/resolve.ts';
import type { Grants } from './grants.ts';
import type { BackendTlsPolicies } from './backend-tls.ts';
import type { Objects } from './objects.ts';

/** Finds Services. Where no manifest has any, every one that is named is taken as there: only routes were given. */
export function resolversOf(objects: Objects, grants: Grants, policies: BackendTlsPolicies): (routeKind: string) => ResolveBackend {
  const services = objects.all('Service');
  const ports = new Map(services.map((one) => [`${one.namespace}/${one.name}`, one.spec.get('ports').items().map(readPort)]));
  return (routeKind) => (ref, from) => {
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
    const tls = policies.get(`${kind} ${id}/${found?.name ?? ''}`) ?? policies.get(`${kind} ${id}`);
    if (tls !== undefined && 'problem' in tls) return { problem: `the Service ${id} is reached by TLS: ${tls.problem}` };
    return {
      upstream: `${id}:${port}`,
      ...(tls === undefined ? {} : { tls }),
      ...(routeKind === 'GRPCRoute' || found?.protocol === 'kubernetes.io/h2c' ? { protocol: 'h2c' as const } : {}),
    };
  };
}

function readPort(setting: Setting): { readonly port: number | undefined; readonly protocol: string | undefined; readonly name: string | undefined } {
  for (const name of ['protocol', 'targetPort', 'nodePort']) setting.get(name).ignored('says how the cluster reaches the Service');
  return { port: setting.get('port').number(), protocol: setting.get('appProtocol').string(), name: setting.get('name').string() };
}
