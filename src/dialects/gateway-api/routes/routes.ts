import type { Route } from '../../../model/gateway.ts';
import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { Attachment } from './attachments.ts';
import { readBackends } from '../backends/read-backends.ts';
import type { RuleFacts } from '../backends/resolve.ts';
import { readFilters } from '../filters/read-filters.ts';
import type { When } from '../match.ts';
import { readGrpcMatches, readMatches } from '../matching/read-matches.ts';
import { readTlsRules } from './tls-routes.ts';

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
    return ({ listener, hosts, given }) =>
      matches.map(({ setting, path, method, headers, query, order }, index): Route => {
        const when: When = {
          listener: listener.hostname,
          hosts,
          given,
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
