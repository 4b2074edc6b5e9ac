import type { Listener, ListenerTls } from '../../../model/gateway.ts';
import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readAllowed, readKinds, type Allowed } from './allowed.ts';
import { conflictsOf, type Claim } from './conflicts.ts';
import type { Grants } from '../objects/grants.ts';
import { intersection } from '../matching/hostnames.ts';
import { readListenerTls, type Frontend } from './listener-tls.ts';
import type { Objects } from '../objects/objects.ts';
import { targetOf, type Target } from '../policies/targets.ts';
import type { Status, Statuses } from '../status/status.ts';

/** A listener of a Gateway as routes attach to it, also where nothing comes in by it. */
export interface GatewayListener {
  readonly name: string;
  /** 0: none that can be used. */
  readonly port: number;
  /** Null: one that is not served. */
  readonly protocol: Listener['protocol'] | null;
  /** Lower-case; empty: every host. */
  readonly hostname: string;
  readonly allowed: Allowed;
  /** Of routes. */
  readonly kinds: readonly string[];
  /** How it shakes hands; null where it does not. */
  readonly tls: ListenerTls | null;
  /** The object that it stands in. */
  readonly owner: Target;
  readonly status: Status;
}
/** A listener that is listened for. */
export type ServedListener = GatewayListener & { readonly protocol: Listener['protocol'] };
export const isServed = (one: GatewayListener): one is ServedListener => one.protocol !== null && one.status.served;

/** What readers of listeners know beside them. */
export interface ListenerFacts {
  readonly frontend: Frontend;
  readonly objects: Objects;
  readonly grants: Grants;
  readonly statuses: Statuses;
}

/** By the protocol of the listener. */
const protocols: Readonly<Record<string, Listener['protocol']>> = { HTTP: 'http', HTTPS: 'https', TLS: 'tls' };

export const readListeners = (owner: Resource, facts: ListenerFacts): GatewayListener[] =>
  owner.spec
    .get('listeners')
    .items()
    .map((one) => readListener(one, owner, facts));

function readListener(listener: Setting, owner: Resource, { frontend, objects, grants, statuses }: ListenerFacts): GatewayListener {
  const name = listener.get('name').string() ?? '';
  const status = statuses.of('listener', owner, `listener ${name}`, listener);
  // A ListenerSet of before 1.5 may leave its port to the implementation, which has none to give.
  const port = listener.get('port').number({ min: owner.kind === 'Gateway' ? 1 : 0, max: 65_535, integer: true }) ?? 0;
  const written = listener.get('protocol').string() ?? '';
  const protocol = protocols[written] ?? null;
  const common = {
    name,
    port,
    protocol,
    hostname: listener.get('hostname').string()?.toLowerCase() ?? '',
    allowed: readAllowed(listener.get('allowedRoutes')),
    kinds: readKinds(listener.get('allowedRoutes').get('kinds'), protocol, status),
    tls: null,
    owner: targetOf(owner.kind, owner.namespace, owner.name),
    status,
  };
  const tls = listener.get('tls');
  const nothing = 'nothing listens for it';
  if (port === 0) status.tells('Accepted', 'it names no port (PortUnavailable)', nothing);
  if (protocol === null) {
    status.tells('Accepted', `the protocol ${written} is not served (UnsupportedProtocol)`, nothing, { code: 'DG1208' });
    tls.ignored(nothing);
    return common;
  }
  if (protocol === 'http') {
    tls.ignored('the protocol HTTP has no TLS');
    return common;
  }
  const read = readListenerTls(tls, { protocol, port }, frontend, { gateway: owner, objects, grants, status });
  if (!('problem' in read)) return { ...common, tls: read };
  status.tells(read.type, read.problem, nothing);
  return common;
}

/** Settles which listeners of a Gateway are listened for; they come object by object, in the order of precedence. */
export function settleListeners(objects: readonly (readonly GatewayListener[])[]): void {
  const all = objects.flatMap((listeners, rank) => listeners.flatMap((one) => (hasClaim(one) ? [{ ...one, rank }] : [])));
  const conflicts = conflictsOf(all satisfies readonly Claim[]);
  for (const [at, one] of all.entries()) {
    const conflict = conflicts[at] ?? null;
    if (conflict === null) continue;
    const what = conflict === 'HostnameConflict' ? 'the host' : 'another protocol than';
    one.status.tells('Conflicted', `it has the port and ${what} of another listener (${conflict})`, 'nothing listens for it', { code: 'DG1206' });
    one.status.fails('Accepted', 'it is in conflict with another listener (Invalid)');
  }
  tellOverlaps(all.filter(({ tls }) => tls !== null));
  for (const one of objects.flat()) settleListener(one);
}

const hasClaim = (one: GatewayListener): one is ServedListener => one.protocol !== null && one.port !== 0;

function settleListener({ protocol, kinds, tls, status }: GatewayListener): void {
  status.holds('Accepted');
  status.holds('Conflicted', 'NoConflicts');
  status.served = !status.isWrong('Accepted') && kinds.length > 0 && (protocol === 'http' || tls !== null);
  status.holds('ResolvedRefs');
  if (status.served) status.holds('Programmed');
  else status.fails('Programmed', `${kinds.length === 0 ? 'there is no kind of routes that it takes' : 'it cannot be listened for'} (Invalid)`);
  status.facts['supportedKinds'] = kinds;
  status.facts['attachedRoutes'] = 0;
}

/** A client may use a connection to one of these for another of them. Source: the API reference, OverlappingTLSConfig. */
function tellOverlaps(listeners: readonly ServedListener[]): void {
  for (const one of listeners) {
    const other = listeners.find((each) => each !== one && each.port === one.port && intersection(one.hostname, [each.hostname]) !== null);
    if (other !== undefined) one.status.holds('OverlappingTLSConfig', 'OverlappingHostnames', `${other.name} has hosts that it has, too`);
  }
}
