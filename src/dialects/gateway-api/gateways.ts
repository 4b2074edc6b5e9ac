import type { Listener, ListenerTls } from '../../model/gateway.ts';
import type { Resource } from '../../sources/kubernetes/resources.ts';
import type { Setting } from '../../sources/setting.ts';
import { readAllowed, takesNamespace, type Allowed } from './allowed.ts';
import { readClientCertificate, type ClientCertificate } from './client-certificate.ts';
import type { Grants } from './grants.ts';
import { readFrontend, readListenerTls, type Frontend } from './listener-tls.ts';
import { group, routeKinds, type Objects } from './objects.ts';

/** A listener of a Gateway as routes attach to it. */
export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  readonly protocol: Listener['protocol'];
  /** Lower-case; empty: every host. */
  readonly hostname: string;
  readonly allowed: Allowed;
  /** How it shakes hands; null where it does not. */
  readonly tls: ListenerTls | null;
}
/** What routes name as their parent: a Gateway, or a ListenerSet that adds listeners to one. */
export interface Parent {
  readonly kind: 'Gateway' | 'ListenerSet';
  readonly namespace: string;
  readonly name: string;
  readonly listeners: readonly GatewayListener[];
}
export interface GatewayObject {
  readonly namespace: string;
  readonly name: string;
  /** The Gateway itself, then its ListenerSets. */
  readonly parents: readonly Parent[];
  readonly setting: Setting;
  /** What it shows to backends; absent: nothing. */
  readonly clientCertificate?: ClientCertificate;
  /** No manifest has it: routes attach to whatever they name of it. */
  readonly implied?: true;
}

/** The Gateways of a load, whatever class they are of: here one controller serves them all. Where no manifest has any, those that routes name. */
export function readGateways(objects: Objects, grants: Grants): GatewayObject[] {
  const there = objects.all('Gateway', group);
  for (const { setting } of objects.all('GatewayClass', group)) setting.ignored('there is one controller on this machine, which serves every class');
  const sets = objects.all('ListenerSet', group).map((one) => ({ one, parent: parentOf(one) }));
  const gateways = there.length === 0 ? impliedGateways(objects) : there.map((one) => readGateway(one, sets, objects, grants));
  for (const { one, parent } of sets)
    if (!there.some((gateway) => `${gateway.namespace}/${gateway.name}` === parent))
      one.spec
        .get('parentRef')
        .warning('DG1205', `there is no Gateway ${parent} for the ListenerSet ${one.namespace}/${one.name}`, 'it is not served');
  return gateways;
}

function parentOf({ namespace, spec }: Resource): string {
  const ref = spec.get('parentRef');
  for (const name of ['group', 'kind']) ref.get(name).ignored('listeners are added to Gateways alone');
  return `${ref.get('namespace').string() ?? namespace}/${ref.get('name').string() ?? ''}`;
}

function readGateway(
  one: Resource,
  sets: readonly { readonly one: Resource; readonly parent: string }[],
  objects: Objects,
  grants: Grants,
): GatewayObject {
  const { spec, namespace, name, setting } = one;
  spec.get('gatewayClassName').ignored('there is one controller on this machine, which serves every class');
  for (const key of ['infrastructure', 'addresses', 'defaultScope']) spec.get(key).ignored('says where the Gateway is in the cluster');
  const frontend = readFrontend(spec.get('tls').get('frontend'), one, objects, grants);
  const clientCertificate = readClientCertificate(one, objects, grants);
  const allowed = readAllowed(spec.get('allowedListeners'), 'None');
  const taken = new Set<string>();
  const listenersOf = (resource: Resource): GatewayListener[] =>
    resource.spec
      .get('listeners')
      .items()
      .flatMap((listener) => {
        const read = readListener(listener, resource, frontend, objects, grants);
        if (read === undefined) return [];
        const key = `${read.port} ${read.protocol} ${read.hostname}`;
        if (!taken.has(key)) {
          taken.add(key);
          return [read];
        }
        listener.warning('DG1205', `another listener has the port and the host of ${read.name} (HostnameConflict)`, 'it is not served');
        return [];
      });
  const own: Parent = { kind: 'Gateway', namespace, name, listeners: listenersOf(one) };
  const mine = sets
    .filter(({ parent }) => parent === `${namespace}/${name}`)
    .toSorted((a, b) => (a.one.createdAt < b.one.createdAt ? -1 : 1))
    .flatMap(({ one: set }): Parent[] => {
      if (takesNamespace(allowed, set.namespace, namespace, objects))
        return [{ kind: 'ListenerSet', namespace: set.namespace, name: set.name, listeners: listenersOf(set) }];
      set.spec
        .get('parentRef')
        .warning('DG1205', `the Gateway ${namespace}/${name} takes no ListenerSet of ${set.namespace} (NotAllowed)`, 'it is not served');
      return [];
    });
  return { namespace, name, parents: [own, ...mine], setting, ...(clientCertificate === undefined ? {} : { clientCertificate }) };
}

/** By the protocol of the listener. */
const protocols: Readonly<Record<string, Listener['protocol']>> = { HTTP: 'http', HTTPS: 'https', TLS: 'tls' };

function readListener(listener: Setting, gateway: Resource, frontend: Frontend, objects: Objects, grants: Grants): GatewayListener | undefined {
  const name = listener.get('name').string() ?? '';
  const port = listener.get('port').number({ min: 1, max: 65_535, integer: true });
  const written = listener.get('protocol').string() ?? '';
  const hostname = listener.get('hostname').string()?.toLowerCase() ?? '';
  const allowed = readAllowed(listener.get('allowedRoutes'));
  if (port === undefined) return undefined;
  const protocol = protocols[written];
  const tls = listener.get('tls');
  if (protocol === undefined) {
    listener.warning('DG1208', `the listener ${name} has the protocol ${written} (UnsupportedProtocol)`, 'nothing listens for it');
    tls.ignored('nothing listens for it');
    return undefined;
  }
  const common = { name, port, hostname, allowed, protocol };
  if (protocol === 'http') {
    tls.ignored('the protocol HTTP has no TLS');
    return { ...common, tls: null };
  }
  const read = readListenerTls(tls, { protocol, port }, frontend, gateway, objects, grants);
  if (!('problem' in read)) return { ...common, tls: read };
  listener.warning('DG1205', `the listener ${name} ${read.problem}`, 'nothing listens for it');
  return undefined;
}

/** Routes without their Gateways, as a chart of an application brings them: each Gateway that is named has one HTTP listener for all of them. */
function impliedGateways(objects: Objects): GatewayObject[] {
  const found = new Map<string, GatewayObject>();
  const allowed: Allowed = { from: 'All', selects: () => true, kinds: null };
  const listener = (): GatewayListener => ({ name: 'http', port: 80, protocol: 'http', hostname: '', allowed, tls: null });
  for (const route of routeKinds.flatMap((kind) => objects.all(kind, group)))
    for (const ref of route.spec.get('parentRefs').items()) {
      if ((ref.get('kind').string() ?? 'Gateway') !== 'Gateway') continue;
      const [namespace, name] = [ref.get('namespace').string() ?? route.namespace, ref.get('name').string() ?? ''];
      const key = `${namespace}/${name}`;
      if (found.has(key)) continue;
      ref.warning('DG1205', `there is no Gateway ${key} in these manifests`, 'it is served as if it had one HTTP listener that takes every route');
      found.set(key, { namespace, name, parents: [{ kind: 'Gateway', namespace, name, listeners: [listener()] }], setting: ref, implied: true });
    }
  return [...found.values()];
}
