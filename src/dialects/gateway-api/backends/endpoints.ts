import { isIP } from 'node:net';
import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { Objects } from '../objects/objects.ts';

/** Where a port of a Service is really served. */
export interface Endpoint {
  /** As it stands in a URL: an address of IPv6 is in brackets. */
  readonly host: string;
  readonly port: number;
}
/** The ready endpoints of a port of a Service; undefined where no manifest speaks of the Service. */
export type Endpoints = (service: string, port: SlicePort & { readonly port: number }) => readonly Endpoint[] | undefined;

interface SlicePort {
  readonly name: string;
  readonly protocol: string;
  /** Undefined: every port is served as it is. */
  readonly port: number | undefined;
}
interface Slice {
  readonly ports: readonly SlicePort[];
  readonly hosts: readonly string[];
}
export const sliceGroup = 'discovery.k8s.io';

/** EndpointSlices by the Service that their label names. Endpoints of the older kind count where a Service has no slices. */
export function readEndpoints(objects: Objects): Endpoints {
  const slices = new Map<string, Slice[]>();
  for (const [service, all] of Map.groupBy(objects.all('EndpointSlice', sliceGroup), serviceOf)) {
    const read = all.map(readSlice);
    if (service !== undefined) slices.set(service, read);
    else
      for (const { namespace, name, setting } of all)
        setting.warning('DG1205', `EndpointSlice ${namespace}/${name} is of no Service`, 'expected the label kubernetes.io/service-name');
  }
  for (const one of objects.all('Endpoints')) {
    const subsets = one.setting.get('subsets').items().map(readSubset);
    const key = `${one.namespace}/${one.name}`;
    if (!slices.has(key)) slices.set(key, subsets);
  }
  return (service, port) =>
    slices.get(service)?.flatMap(({ ports, hosts }) => {
      const found = ports.find(({ name, protocol }) => name === port.name && protocol === port.protocol);
      return found === undefined ? [] : hosts.map((host) => ({ host, port: found.port ?? port.port }));
    });
}

function serviceOf({ namespace, labels }: Resource): string | undefined {
  const name = labels['kubernetes.io/service-name'];
  return name === undefined ? undefined : `${namespace}/${name}`;
}

/** Source: the API reference of EndpointSlice; of the addresses of an endpoint, which stand for each other, the first one is taken. */
function readSlice({ setting }: Resource): Slice {
  setting.get('apiVersion').ignored('slices are read alike in each version');
  setting.get('metadata').get('name').ignored('a slice is known by the Service that its label names');
  setting.get('addressType').ignored('addresses say themselves what they are');
  const hosts = setting
    .get('endpoints')
    .items()
    .flatMap((one) => {
      const conditions = one.get('conditions');
      const ready = conditions.get('ready').boolean() ?? true;
      for (const [key, condition] of conditions.entries()) if (key !== 'ready') condition.ignored('only ready endpoints are asked');
      for (const key of one.keys())
        if (key !== 'conditions' && key !== 'addresses') one.get(key).ignored('says where the endpoint is in the cluster');
      const [first, ...rest] = one.get('addresses').items();
      for (const other of rest) other.ignored('the first address of an endpoint is taken');
      const host = first === undefined ? undefined : readHost(first);
      return ready && host !== undefined ? [host] : [];
    });
  return { ports: setting.get('ports').items().map(readPort), hosts };
}

function readSubset(subset: Setting): Slice {
  subset.get('notReadyAddresses').ignored('only ready endpoints are asked');
  const hosts = subset
    .get('addresses')
    .items()
    .flatMap((one) => {
      for (const key of one.keys()) if (key !== 'ip') one.get(key).ignored('says where the endpoint is in the cluster');
      return readHost(one.get('ip')) ?? [];
    });
  return { ports: subset.get('ports').items().map(readPort), hosts };
}

function readPort(one: Setting): SlicePort {
  one.get('appProtocol').ignored('the Service says what is spoken');
  return {
    name: one.get('name').string() ?? '',
    protocol: one.get('protocol').string() ?? 'TCP',
    port: one.get('port').number({ min: 1, max: 65_535, integer: true }),
  };
}

function readHost(setting: Setting): string | undefined {
  const text = setting.string() ?? '';
  const version = isIP(text);
  if (version === 6) return `[${text.replace(/%.*/, '')}]`;
  if (version === 4 || /^[a-z\d]([-a-z\d.]*[a-z\d])?$/i.test(text)) return text;
  return setting.problem('DG1203', `${JSON.stringify(text)} is no address of an endpoint`, 'expected an address or a host name');
}
