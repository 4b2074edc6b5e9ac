import type { Setting } from '../../../sources/setting.ts';
import { protocolProblem, speaksHttp2 } from './app-protocol.ts';
import type { ResolveBackend } from './resolve.ts';
import type { BackendTlsPolicies } from './backend-tls.ts';
import type { ClientCertificate } from '../listeners/client-certificate.ts';
import type { Endpoints } from './endpoints.ts';
import type { Grants } from '../objects/grants.ts';
import { importGroup, servesNoImports } from '../objects/kinds.ts';
import type { Objects } from '../objects/objects.ts';
import { readReference } from '../objects/reference.ts';
import type { TrafficPolicies } from './traffic-policy.ts';

interface Service {
  readonly external: boolean;
  readonly ports: readonly ServicePort[];
}
interface ServicePort {
  readonly port: number | undefined;
  readonly name: string;
  /** `TCP` or `UDP`. */
  readonly protocol: string;
  /** Empty where none is said. */
  readonly appProtocol: string;
}

/** Finds Services. Where no manifest has any, every one that is named is taken as there: only routes were given. */
export function resolversOf(
  objects: Objects,
  grants: Grants,
  policies: BackendTlsPolicies,
  endpoints: Endpoints,
  traffic: TrafficPolicies,
): (routeKind: string, shown?: ClientCertificate) => ResolveBackend {
  const services = new Map(objects.all('Service').map((one) => [`${one.namespace}/${one.name}`, readService(one.spec)]));
  return (routeKind, shown) => (ref, from) => {
    const { of, kind, name } = readReference(ref, 'Service');
    const namespace = ref.get('namespace').string() ?? from;
    const port = ref.get('port').number({ min: 1, max: 65_535, integer: true });
    const id = `${namespace}/${name}`;
    if (of === importGroup && kind === 'ServiceImport') return { problem: `${servesNoImports} (InvalidKind)` };
    if (of !== '' || kind !== 'Service') return { problem: `backends of the kind ${of === '' ? '' : `${of}/`}${kind} are not known (InvalidKind)` };
    if (namespace !== from && !grants.allow({ kind: routeKind, namespace: from }, { kind, namespace, name }))
      return { problem: `no ReferenceGrant in ${namespace} lets a ${routeKind} of ${from} refer to the Service ${name} (RefNotPermitted)` };
    if (port === undefined) return { problem: `the reference to the Service ${id} names no port, without which the API server refuses it` };
    const service = services.get(id);
    if (service === undefined && services.size > 0) return { problem: `there is no Service ${id} (BackendNotFound)` };
    const found = service?.ports.find((one) => one.port === port && one.protocol === 'TCP');
    if (service !== undefined && service.ports.length > 0 && found === undefined)
      return { problem: `the Service ${id} has no TCP port ${port} (BackendNotFound)` };
    const tls = policies.get(`${id}/${found?.name ?? ''}`) ?? policies.get(id);
    if (tls !== undefined && 'problem' in tls) return { problem: `the Service ${id} is reached by TLS: ${tls.problem}` };
    if (tls !== undefined && shown !== undefined && 'problem' in shown)
      return { problem: `the Service ${id} is reached by TLS: ${shown.problem} (InvalidClientCertificateRef)` };
    const unsupported = protocolProblem(found?.appProtocol ?? '', routeKind, tls !== undefined);
    if (unsupported !== undefined) return { problem: `the port ${port} of the Service ${id} ${unsupported} (UnsupportedProtocol)` };
    const policy = traffic.get(id);
    // Gateways should not follow an ExternalName, which may lead anywhere (the API reference of BackendObjectReference; CVE-2021-25740): it is
    // asked only where the user says who stands for it.
    const external = service?.external === true;
    const ready = external ? [] : found === undefined ? undefined : endpoints(id, { ...found, port });
    return {
      upstream: `${id}:${port}`,
      ...(tls === undefined ? {} : { tls: { ...tls, ...shown } }),
      ...(ready === undefined ? {} : { endpoints: ready }),
      ...(ready?.length === 0 ? { unready: external ? 'is an ExternalName, which may lead anywhere' : 'has no endpoint that is ready' } : {}),
      ...(policy === undefined ? {} : { traffic: policy }),
      ...(routeKind === 'GRPCRoute' || speaksHttp2(found?.appProtocol ?? '') ? { protocol: 'h2c' as const } : {}),
    };
  };
}

/** What of a Service is the business of the cluster, and why none of a gateway, which asks the endpoints. */
const ofCluster: Readonly<Record<string, string>> = {
  selector: 'which pods a Service has is said by its endpoints',
  sessionAffinity: 'holds for the address of the Service, which gateways do not use',
  sessionAffinityConfig: 'holds for the address of the Service, which gateways do not use',
  publishNotReadyAddresses: 'the endpoints say themselves whether they are ready',
};

function readService(spec: Setting): Service {
  for (const key of spec.keys())
    if (!['ports', 'type', 'externalName'].includes(key)) spec.get(key).ignored(ofCluster[key] ?? 'says how the cluster reaches the Service');
  const type = spec.get('type').string() ?? 'ClusterIP';
  spec.get('externalName').ignored('gateways should not follow the names of Services elsewhere');
  return { external: type === 'ExternalName', ports: spec.get('ports').items().map(readPort) };
}

function readPort(setting: Setting): ServicePort {
  for (const name of ['targetPort', 'nodePort']) setting.get(name).ignored('says how the cluster reaches the Service');
  return {
    port: setting.get('port').number(),
    name: setting.get('name').string() ?? '',
    protocol: setting.get('protocol').string() ?? 'TCP',
    appProtocol: setting.get('appProtocol').string() ?? '',
  };
}
