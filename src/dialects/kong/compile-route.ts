import { isCidr } from '../../http/cidr.ts';
import { withPort } from './destination.ts';
import type { KongRoute, Peer } from './entities/route.ts';
import type { KongUpstream } from './entities/upstream.ts';
import type { NodeSettings } from './node-settings.ts';
import { checkRoute } from './router/compatible.ts';
import { headerRule, pathRule } from './router/traditional-route.ts';
import type { KongWhen } from './router/when.ts';
import type { UpstreamRequestOptions } from './upstream-request.ts';

/** The attributes, each checked over its own place, as the flavor of the node reads them. */
export function whenOf(route: KongRoute, { flavor }: NodeSettings): KongWhen {
  const { setting, hosts, methods, snis, protocols, regexPriority, createdAt, name, priority } = route;
  const id = route.isDrawn ? '' : route.id.toLowerCase();
  const whole = { hosts, methods, snis, protocols, regexPriority, createdAt, id, name, priority };
  const empty: KongWhen = { ...whole, hosts: [], methods: [], snis: [], sources: [], destinations: [], paths: [], headers: [], expression: '' };
  const check = (key: string, act: () => unknown, expected = expectedRegex): boolean => {
    try {
      act();
      return true;
    } catch (error) {
      setting.get(key).problem('DG1207', (error as Error).message, expected);
      return false;
    }
  };
  const known = (key: 'sources' | 'destinations'): readonly Peer[] =>
    route[key].filter(({ ip }) => {
      const fine = ip === '' || isCidr(ip);
      if (!fine) setting.get(key).problem('DG1203', `${key} has ${JSON.stringify(ip)}`, 'expected an address or a block such as 10.0.0.0/8');
      return fine;
    });
  const traditional = flavor === 'traditional';
  const expression = route.expression;
  const fine =
    expression === '' ||
    traditional ||
    check('expression', () => checkRoute({ ...empty, expression }), 'expected an expression of the router language');
  return {
    ...whole,
    sources: known('sources'),
    destinations: known('destinations'),
    paths: route.paths.filter((path) => check('paths', () => (traditional ? pathRule(path) : checkRoute({ ...empty, paths: [path] })))),
    headers: route.headers.filter((header) =>
      check('headers', () => (traditional ? headerRule(...header) : checkRoute({ ...empty, headers: [header] }))),
    ),
    expression: fine && !traditional ? expression : '',
  };
}
const expectedRegex = 'expected a regular expression that Rust would take, without nested repetition';

/** The attributes in short, for people. */
export function describe(route: KongRoute): string {
  if (route.expression !== '') return route.expression;
  const methods = route.methods.length === 0 ? 'ANY' : route.methods.join('|');
  return `${methods} ${route.hosts.join('|')}${route.paths.length === 0 ? '/' : route.paths.join('|')}`;
}

/** What the step that makes the upstream request is told of a route. */
export function upstreamRequest(route: KongRoute, node: NodeSettings, upstreams: readonly KongUpstream[]): UpstreamRequestOptions {
  const { service } = route;
  const balanced = upstreams.some((one) => one.name === service?.host);
  return {
    matched: { route: route.id, service: service?.id ?? '' },
    protocols: route.protocols,
    redirectStatus: route.redirectStatus,
    base: service?.path ?? '',
    strip: route.stripPath,
    // Only the traditional router knows the older way to join (kong.router.traditional).
    handling: node.flavor === 'traditional' ? route.pathHandling : 'v0',
    preserveHost: route.preserveHost,
    host: service === null || balanced ? '' : withPort(service.host, service.port, service),
    trustedIps: node.trustedIps,
  };
}
