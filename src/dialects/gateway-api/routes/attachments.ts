import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import { takes } from '../listeners/allowed.ts';
import type { GatewayObject, Parent } from '../listeners/gateways.ts';
import { givenFor, intersection } from '../matching/hostnames.ts';
import type { GatewayListener } from '../listeners/listeners.ts';
import { group, kindOf } from '../objects/kinds.ts';
import type { Objects } from '../objects/objects.ts';
import { nameOf, type Status, type Statuses } from '../status/status.ts';

/** A route on a listener: what they have in common. */
export interface Attachment {
  readonly gateway: GatewayObject;
  readonly listener: GatewayListener;
  readonly hosts: readonly string[];
  /** What the route itself says of each of them. */
  readonly given: readonly string[];
}
/** A route under one of its parents. */
export interface Link {
  readonly route: Resource;
  /** Of the route as this parent sees it. */
  readonly status: Status;
  /** The listeners that take it; none where `status` says why. */
  readonly on: readonly Attachment[];
}

/** What routes may name as their parents, by kind, namespace and name. */
type Parents = ReadonlyMap<string, { readonly gateway: GatewayObject; readonly parent: Parent }>;

export const parentsOf = (gateways: readonly GatewayObject[]): Parents =>
  new Map(gateways.flatMap((gateway) => gateway.parents.map((parent) => [keyOf(parent.kind, parent.namespace, parent.name), { gateway, parent }])));
const keyOf = (...parts: readonly string[]): string => parts.join('/');

/** A route under each of its parents. What does not attach is told with the reason that its status has. Source: the API reference, ParentReference. */
export function linksOf(route: Resource, parents: Parents, objects: Objects, statuses: Statuses): Link[] {
  const hostnames = route.spec
    .get('hostnames')
    .strings()
    .map((one) => one.toLowerCase());
  const refs = route.spec.get('parentRefs').items();
  if (refs.length === 0) statuses.of('route', route).tells('Accepted', 'it names no parent (NoMatchingParent)', 'it is not served');
  return refs.flatMap((ref) => {
    const read = readRef(ref, route);
    if (read.of === '' && read.kind === 'Service') {
      ref.warning('DG1208', `${nameOf(route)}: routes of Services are the affair of a mesh`, 'it is not served there');
      return [];
    }
    const status = statuses.of('route', route, `under ${read.shown}`, ref);
    const found = attach(read, route, hostnames, parents, objects);
    if (typeof found !== 'string') return [{ route, status, on: found }];
    status.tells('Accepted', found, 'it is not served there');
    return [{ route, status, on: [] }];
  });
}

interface Ref {
  readonly of: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly section: string | undefined;
  readonly port: number | undefined;
  /** For people. */
  readonly shown: string;
}

function readRef(ref: Setting, route: Resource): Ref {
  const { group: of, kind } = kindOf(ref.get('group').string() ?? group, ref.get('kind').string() ?? 'Gateway');
  const [name, namespace] = [ref.get('name').string() ?? '', ref.get('namespace').string() ?? route.namespace];
  const [section, port] = [ref.get('sectionName').string(), ref.get('port').number()];
  const shown = `${nameOf({ kind, namespace, name })}${section === undefined ? '' : `/${section}`}${port === undefined ? '' : `:${port}`}`;
  return { of, kind, namespace, name, section, port, shown };
}

/** Where it attaches, or why nowhere. */
function attach(
  { of, kind, namespace, name, section, port }: Ref,
  route: Resource,
  hostnames: readonly string[],
  parents: Parents,
  objects: Objects,
): Attachment[] | string {
  if (of !== group || (kind !== 'Gateway' && kind !== 'ListenerSet')) return `parents of the kind ${kind} are not known (InvalidKind)`;
  const found = parents.get(keyOf(kind, namespace, name));
  if (found === undefined) return `there is no ${kind} ${namespace}/${name} (NoMatchingParent)`;
  const { gateway, parent } = found;
  const named = parent.listeners.filter(
    (one) => gateway.implied === true || ((section === undefined || one.name === section) && (port === undefined || one.port === port)),
  );
  if (named.length === 0) return `no listener of ${namespace}/${name} is meant (NoMatchingParent)`;
  const allowing = named.filter((one) => takes(one, route, parent.namespace, objects));
  if (allowing.length === 0) return `no listener of ${namespace}/${name} takes it (NotAllowedByListeners)`;
  const attached = allowing.flatMap((listener) => {
    const hosts = intersection(listener.hostname, hostnames);
    return hosts === null ? [] : [{ gateway, listener, hosts, given: hosts.map((host) => givenFor(host, listener.hostname, hostnames)) }];
  });
  return attached.length === 0 ? `it has no host in common with ${namespace}/${name} (NoMatchingListenerHostname)` : attached;
}
