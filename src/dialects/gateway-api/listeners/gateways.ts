import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readAllowed, takesNamespace } from './allowed.ts';
import { readClientCertificate, type ClientCertificate } from './client-certificate.ts';
import { group } from '../objects/kinds.ts';
import { oldestFirst, routeKinds, type Objects } from '../objects/objects.ts';
import type { Grants } from '../objects/grants.ts';
import { readFrontend } from './listener-tls.ts';
import { readListeners, settleListeners, type GatewayListener } from './listeners.ts';
import { targetOf } from '../policies/targets.ts';
import type { Status, Statuses } from '../status/status.ts';

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
  /** Of its class; empty where it names none. */
  readonly className: string;
  /** The Gateway itself, then its ListenerSets. */
  readonly parents: readonly Parent[];
  readonly setting: Setting;
  /** What it shows to backends; absent: nothing. */
  readonly clientCertificate?: ClientCertificate;
  /** No manifest has it: routes attach to whatever they name of it. */
  readonly implied?: true;
}
interface ListenerSet {
  readonly one: Resource;
  /** `namespace/name` of its Gateway. */
  readonly parent: string;
  readonly status: Status;
}

/** The Gateways of a load, whatever class they are of: here one controller serves them all. Where no manifest has any, those that routes name. */
export function readGateways(objects: Objects, grants: Grants, statuses: Statuses): GatewayObject[] {
  const there = objects.all('Gateway', group);
  readClasses(objects, statuses);
  const gateways = there.map((one) => ({ one, status: statuses.of('gateway', one) }));
  const sets = oldestFirst(objects.all('ListenerSet', group)).map((one): ListenerSet => ({
    one,
    parent: parentOf(one),
    status: statuses.of('gateway', one),
  }));
  const names = new Set(there.map(({ namespace, name }) => `${namespace}/${name}`));
  for (const { one, parent, status } of sets)
    if (!names.has(parent))
      status.tells('Accepted', `there is no Gateway ${parent} (ParentNotAccepted)`, 'it is not served', { at: one.spec.get('parentRef') });
  const read = gateways.map(({ one, status }) => readGateway(one, status, sets, objects, grants, statuses));
  for (const { one, status } of sets)
    if (!status.served) {
      one.spec.get('listeners').ignored('nothing listens for them');
      settleOwner(status, [], 'ListenersNotValid');
    }
  return there.length === 0 ? impliedGateways(objects, statuses) : read;
}

function readClasses(objects: Objects, statuses: Statuses): void {
  const classes = objects.all('GatewayClass', group);
  for (const one of classes) {
    one.setting.ignored('there is one controller on this machine, which serves every class');
    const status = statuses.of('gateway', one);
    status.served = true;
    status.holds('Accepted');
  }
  const names = new Set(classes.map(({ name }) => name));
  for (const { namespace, name, spec } of objects.all('Gateway', group)) {
    const ref = spec.get('gatewayClassName');
    if (names.size > 0 && !names.has(ref.string() ?? ''))
      ref.warning('DG1205', `there is no GatewayClass ${ref.string() ?? ''} for the Gateway ${namespace}/${name}`, 'it is served all the same');
    ref.ignored('there is one controller on this machine, which serves every class');
  }
}

function parentOf({ namespace, spec }: Resource): string {
  const ref = spec.get('parentRef');
  for (const name of ['group', 'kind']) ref.get(name).ignored('listeners are added to Gateways alone');
  return `${ref.get('namespace').string() ?? namespace}/${ref.get('name').string() ?? ''}`;
}

function readGateway(
  one: Resource,
  status: Status,
  sets: readonly ListenerSet[],
  objects: Objects,
  grants: Grants,
  statuses: Statuses,
): GatewayObject {
  const { spec, namespace, name, setting } = one;
  for (const key of ['infrastructure', 'addresses', 'defaultScope']) spec.get(key).ignored('says where the Gateway is in the cluster');
  const around = { gateway: one, objects, grants, status };
  const frontend = readFrontend(spec.get('tls').get('frontend'), around);
  const clientCertificate = readClientCertificate(around);
  const allowed = readAllowed(spec.get('allowedListeners'), 'None');
  const facts = { frontend, objects, grants, statuses };
  const own: Parent = { kind: 'Gateway', namespace, name, listeners: readListeners(one, facts) };
  const mine = sets.filter(({ parent }) => parent === `${namespace}/${name}`);
  const taken = mine.filter((set) => {
    const takes = takesNamespace(allowed, set.one.namespace, namespace, objects);
    const at = set.one.spec.get('parentRef');
    if (!takes)
      set.status.tells('Accepted', `the Gateway ${namespace}/${name} takes no ListenerSet of ${set.one.namespace} (NotAllowed)`, 'it is not served', {
        at,
      });
    return takes;
  });
  const added = taken.map(({ one: set }): Parent => ({ ...setParent(set), listeners: readListeners(set, facts) }));
  // Nothing of the others is served: routes on them have no listener to be on.
  const refused = mine.filter((set) => !taken.includes(set)).map(({ one: set }): Parent => ({ ...setParent(set), listeners: [] }));
  settleListeners([own, ...added].map(({ listeners }) => listeners));
  for (const [at, set] of taken.entries()) settleOwner(set.status, added[at]?.listeners ?? [], 'ListenersNotValid');
  settleOwner(status, own.listeners, 'Invalid');
  if ([own, ...added].some(({ listeners }) => listeners.some((each) => each.status.isWrong('ResolvedRefs'))))
    status.fails('ResolvedRefs', 'a reference of its listeners leads nowhere (ListenersNotResolved)');
  else status.holds('ResolvedRefs');
  status.facts['attachedListenerSets'] = taken.filter((set) => set.status.served).length;
  return {
    namespace,
    name,
    className: spec.get('gatewayClassName').string() ?? '',
    parents: [own, ...added, ...refused],
    setting,
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
  };
}

const setParent = ({ namespace, name }: Resource): Omit<Parent, 'listeners'> => ({ kind: 'ListenerSet', namespace, name });

/** What becomes of the object that listeners stand in, by what becomes of them. */
function settleOwner(status: Status, listeners: readonly GatewayListener[], notProgrammed: string): void {
  const wrong = listeners.filter((one) => !one.status.served).map(({ name }) => name);
  status.served = wrong.length < listeners.length;
  if (status.served) {
    if (wrong.length === 0) status.holds('Accepted');
    else status.holds('Accepted', 'ListenersNotValid', `nothing listens for ${wrong.join(', ')}`);
    status.holds('Programmed');
  } else {
    status.fails('Accepted', 'none of its listeners can be served (ListenersNotValid)');
    status.fails('Programmed', `none of its listeners can be served (${notProgrammed})`);
  }
}

/** Routes without their Gateways, as a chart of an application brings them: each Gateway that is named has one HTTP listener for all of them. */
function impliedGateways(objects: Objects, statuses: Statuses): GatewayObject[] {
  const found = new Map<string, GatewayObject>();
  for (const route of routeKinds.flatMap((kind) => objects.all(kind, group)))
    for (const ref of route.spec.get('parentRefs').items()) {
      if ((ref.get('kind').string() ?? 'Gateway') !== 'Gateway') continue;
      const [namespace, name] = [ref.get('namespace').string() ?? route.namespace, ref.get('name').string() ?? ''];
      const key = `${namespace}/${name}`;
      if (found.has(key)) continue;
      ref.warning('DG1205', `there is no Gateway ${key} in these manifests`, 'it is served as if it had one HTTP listener that takes every route');
      const listeners = [impliedListener({ ...route, kind: 'Gateway', namespace, name }, ref, statuses)];
      found.set(key, { namespace, name, className: '', parents: [{ kind: 'Gateway', namespace, name, listeners }], setting: ref, implied: true });
    }
  return [...found.values()];
}

function impliedListener(gateway: Resource, ref: Setting, statuses: Statuses): GatewayListener {
  const status = statuses.of('listener', gateway, 'listener http', ref);
  const listener: GatewayListener = {
    name: 'http',
    port: 80,
    protocol: 'http',
    hostname: '',
    allowed: { from: 'All', selects: () => true },
    kinds: ['HTTPRoute', 'GRPCRoute'],
    tls: null,
    owner: targetOf('Gateway', gateway.namespace, gateway.name),
    status,
  };
  settleListeners([[listener]]);
  return listener;
}
