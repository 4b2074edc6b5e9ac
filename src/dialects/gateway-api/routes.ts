import type { Route } from '../../model/gateway.ts';
import type { Resource } from '../../sources/kubernetes/resources.ts';
import type { Setting } from '../../sources/setting.ts';
import { takes } from './allowed.ts';
import { readBackends } from './backends/read-backends.ts';
import type { RuleFacts } from './backends/resolve.ts';
import { readFilters } from './filters/read-filters.ts';
import type { GatewayListener, GatewayObject, Parent } from './gateways.ts';
import { intersection } from './hostnames.ts';
import { kindOf } from './kinds.ts';
import type { When } from './match.ts';
import { group, type Objects } from './objects.ts';
import { readGrpcMatches, readMatches } from './read-matches.ts';
import { readTlsRules } from './tls-routes.ts';

/** A route on a listener: what they have in common. */
export interface Attachment {
  readonly gateway: GatewayObject;
  readonly listener: GatewayListener;
  readonly hosts: readonly string[];
}

/** What routes may name as their parents, by kind, namespace and name. */
type Parents = ReadonlyMap<string, { readonly gateway: GatewayObject; readonly parent: Parent }>;

export const parentsOf = (gateways: readonly GatewayObject[]): Parents =>
  new Map(gateways.flatMap((gateway) => gateway.parents.map((parent) => [keyOf(parent.kind, parent.namespace, parent.name), { gateway, parent }])));
const keyOf = (...parts: readonly string[]): string => parts.join('/');

/** Where a route attaches. What does not is told with the reason that its status would have. Source: the API reference, ParentReference. */
export function attachmentsOf(route: Resource, parents: Parents, objects: Objects): Attachment[] {
  const hostnames = route.spec
    .get('hostnames')
    .strings()
    .map((one) => one.toLowerCase());
  return route.spec
    .get('parentRefs')
    .items()
    .flatMap((ref) => attach(ref, route, hostnames, parents, objects));
}

function attach(ref: Setting, route: Resource, hostnames: readonly string[], parents: Parents, objects: Objects): Attachment[] {
  const { group: of, kind } = kindOf(ref.get('group').string() ?? group, ref.get('kind').string() ?? 'Gateway');
  const [name, namespace] = [ref.get('name').string() ?? '', ref.get('namespace').string() ?? route.namespace];
  const [section, port] = [ref.get('sectionName').string(), ref.get('port').number()];
  const fail = (what: string, reason: string): Attachment[] => {
    ref.warning('DG1205', `${route.kind} ${route.namespace}/${route.name}: ${what} (${reason})`, 'it is not served there');
    return [];
  };
  if (of !== group || (kind !== 'Gateway' && kind !== 'ListenerSet')) return fail(`a parent of the kind ${kind} is not known`, 'not supported');
  const found = parents.get(keyOf(kind, namespace, name));
  if (found === undefined) return fail(`there is no ${kind} ${namespace}/${name}`, 'NoMatchingParent');
  const { gateway, parent } = found;
  const named = parent.listeners.filter(
    (one) => gateway.implied === true || ((section === undefined || one.name === section) && (port === undefined || one.port === port)),
  );
  if (named.length === 0) return fail(`no listener of ${namespace}/${name} is meant`, 'NoMatchingParent');
  const allowing = named.filter((one) => takes(one, route, parent.namespace, objects));
  if (allowing.length === 0) return fail(`no listener of ${namespace}/${name} takes it`, 'NotAllowedByListeners');
  const attached = allowing.flatMap((listener) => {
    const hosts = intersection(listener.hostname, hostnames);
    return hosts === null ? [] : [{ gateway, listener, hosts }];
  });
  return attached.length === 0 ? fail(`it has no host in common with ${namespace}/${name}`, 'NoMatchingListenerHostname') : attached;
}

/** An HTTPRoute that says nothing of rules has one, by default, that matches everything and has no backends. */
function rulesOf({ kind, spec }: Resource): Setting[] {
  const rules = spec.get('rules');
  return kind === 'HTTPRoute' && !rules.exists ? [rules] : rules.items();
}

/** The rules of a route, made once; `on` lays them on a listener. */
export function readRules(route: Resource, facts: RuleFacts): ((on: Attachment) => Route[])[] {
  if (route.kind === 'TLSRoute') return readTlsRules(route, facts);
  return rulesOf(route).map((rule, at) => {
    const filters = readFilters(rule, facts);
    const backends = readBackends(rule, facts);
    const matches = route.kind === 'GRPCRoute' ? readGrpcMatches(rule) : readMatches(rule);
    rule.get('name').ignored('is a name that policies refer to');
    const id = `${route.namespace}/${route.name}/${at}`;
    return ({ listener, hosts }) =>
      matches.map(({ setting, path, method, headers, query, order }, index): Route => {
        const when: When = {
          listener: listener.hostname,
          hosts,
          path,
          method,
          headers,
          query,
          order,
          age: route.createdAt,
          name: `${route.namespace}/${route.name}`,
        };
        const shown = `${method ?? 'ANY'} ${path.value}${path.type === 'Exact' ? '' : path.type === 'PathPrefix' ? ' (prefix)' : ' (regex)'}`;
        return {
          id: `${listener.name} ${id}/${index}`,
          when,
          origin: setting.origin,
          label: { match: `${shown}${hosts[0] === '' ? '' : ` ${hosts.join(', ')}`}`, upstream: backends.upstreams.join(', ') || '-' },
          request: filters.request,
          destination: backends.destination,
          head: [...backends.head, ...filters.head],
          body: [],
          log: [],
        };
      });
  });
}
