import type { MatcherKind } from '../../../engine/kit.ts';
import { refuse } from '../../../engine/outcome.ts';
import { HostTable } from '../../../matching/host.ts';
import { fault } from '../../../model/fault.ts';
import type { Route } from '../../../model/gateway.ts';
import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { Attachment } from './attachments.ts';
import { chooseAmong, invalid, readWeight, upstreamsOf, type WeightedBackend } from '../backends/read-backends.ts';
import type { RuleFacts } from '../backends/resolve.ts';
import { serviceProxy } from '../backends/service-proxy.ts';
import type { When } from '../match.ts';

/** What decides about a connection: the listener that it belongs to, then the host names of the routes on it. */
export type TlsWhen = Pick<When, 'listener' | 'hosts' | 'order' | 'age' | 'name'>;

/** A TLSRoute has no matches: of its rules the first one counts. Source: the API reference of TLSRouteSpec. */
export function readTlsRules(route: Resource, facts: RuleFacts): ((on: Attachment) => Route[])[] {
  const [first, ...rest] = route.spec.get('rules').items();
  for (const one of rest) one.ignored('the first rule takes every connection');
  if (first === undefined) return [];
  first.get('name').ignored('is a name that policies refer to');
  const backends = first
    .get('backendRefs')
    .items()
    .map((ref) => readTlsBackend(ref, facts));
  const destination = chooseAmong(backends, first);
  const name = `${route.namespace}/${route.name}`;
  const upstream = upstreamsOf(backends).join(', ') || '-';
  return [
    ({ listener, hosts }) => [
      {
        id: `${listener.name} ${name}/0`,
        when: { listener: listener.hostname, hosts, order: [], age: route.createdAt, name } satisfies TlsWhen,
        origin: first.origin,
        label: { match: `TLS ${listener.tls?.passthrough === true ? 'passthrough' : 'terminated'} ${hosts.join(', ')}`.trimEnd(), upstream },
        request: [],
        destination,
        head: [],
        body: [],
        log: [],
      },
    ],
  ];
}

function readTlsBackend(ref: Setting, facts: RuleFacts): WeightedBackend {
  const weight = readWeight(ref);
  const backend = facts.resolve(ref, facts.namespace);
  if (!('problem' in backend)) return { weight, upstream: backend.upstream, destination: serviceProxy(backend, ref.origin, { kind: 'tunnel' }) };
  ref.warning('DG1205', backend.problem, 'its share of the connections is closed');
  return { weight, upstream: null, destination: invalid(backend.problem, ref) };
}

/** By the server name of the handshake. A connection belongs to one listener, as a request does. */
export const tlsMatcher: MatcherKind<{ readonly listeners: readonly string[] }> = {
  kind: 'gateway-api/match-server-name',
  build({ listeners }, routes) {
    const byListener = new HostTable<HostTable<Route>>();
    for (const hostname of listeners) byListener.at(hostname, () => new HostTable());
    // The first one of a host stays: routes come in the order of their age.
    for (const route of routes) {
      const { listener, hosts } = route.when as TlsWhen;
      const there = byListener.at(listener, () => new HostTable());
      for (const host of hosts) there.at(host, () => route);
    }
    return ({ connection, path }) => {
      const name = connection.serverName?.toLowerCase() ?? '';
      const route = byListener.find(name, (hosts) => hosts)?.find(name, (one) => one);
      return route === undefined ? refuse(fault('no-route', { path })) : { route, params: {} };
    };
  },
};
