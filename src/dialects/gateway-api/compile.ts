import type { Route } from '../../model/gateway.ts';
import { resourcesOf } from '../../sources/kubernetes/resources.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { linksOf, parentsOf, type Attachment } from './attachments.ts';
import { readBackendTls } from './backend-tls.ts';
import type { ResolveBackend } from './backends/resolve.ts';
import { withoutCrossServing } from './cross-serving.ts';
import { readEndpoints, sliceGroup } from './endpoints.ts';
import { readGateways } from './gateways.ts';
import { readGrants } from './grants.ts';
import { grouped } from './grouped.ts';
import { isServed, type GatewayListener } from './listeners.ts';
import { group, Objects, routeKinds } from './objects.ts';
import { readRules } from './routes.ts';
import { resolversOf } from './services.ts';
import { sitesOf } from './sites.ts';
import { isTrafficPolicy, readTrafficPolicies } from './traffic-policy.ts';
import { nameOf, Statuses, type Status } from './status.ts';
import { isValidRoute } from './valid-route.ts';

const read: ReadonlySet<string> = new Set(['Gateway', 'GatewayClass', ...routeKinds, 'ListenerSet', 'ReferenceGrant', 'BackendTLSPolicy']);
const endpointKeys: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'addressType', 'endpoints', 'ports', 'subsets']);
const core: ReadonlySet<string> = new Set(['Namespace', 'Service', 'Secret', 'ConfigMap']);

/** Every Gateway has an address of its own. */
export function compile({ sources, ledger }: CompileInput): Compiled {
  const objects = new Objects(sources.flatMap((source) => resourcesOf(source, ledger, 'gateway-api')));
  const statuses = new Statuses();
  const grants = readGrants(objects);
  const gateways = readGateways(objects, grants, statuses);
  const parents = parentsOf(gateways);
  const resolver = resolversOf(objects, grants, readBackendTls(objects), readEndpoints(objects), readTrafficPolicies(objects));
  const links = routeKinds.flatMap((kind) => objects.all(kind, group)).flatMap((route) => linksOf(route, parents, objects, statuses));
  const routes = new Map<GatewayListener, Route[]>();
  const byRoute = grouped(withoutCrossServing(links), ({ route }) => route);
  for (const route of routeKinds.flatMap((kind) => objects.all(kind, group))) {
    if (!isValidRoute(route)) continue;
    route.spec.get('useDefaultGateways').ignored('routes name the Gateways that they attach to');
    const problems: string[] = [];
    const mine = byRoute.get(route) ?? [];
    // Rules are made once for all Gateways that show the same to backends, and read where they attach to none.
    const shown = new Set(mine.flatMap(({ on }) => on.map(({ gateway }) => gateway.clientCertificate)));
    if (shown.size === 0) shown.add(undefined);
    const rules = new Map(
      [...shown].map((one) => {
        const resolve = noting(problems, resolver(route.kind, one));
        return [one, readRules(route, { route: nameOf(route), namespace: route.namespace, resolve })];
      }),
    );
    for (const { status, on } of mine) {
      settleRoute(status, on, problems);
      for (const at of on) {
        const made = rules.get(at.gateway.clientCertificate) ?? [];
        layOn(
          at,
          made.flatMap((rule) => rule(at)),
          routes,
        );
      }
    }
  }
  settleRest(objects);
  return { sites: gateways.flatMap((gateway) => sitesOf(gateway, routes)), statuses: statuses.reports() };
}

/** Keeps why references lead nowhere, for the conditions of their route. */
const noting =
  (problems: string[], resolve: ResolveBackend): ResolveBackend =>
  (ref, from) => {
    const found = resolve(ref, from);
    if ('problem' in found) problems.push(found.problem);
    return found;
  };

function layOn({ listener }: Attachment, made: readonly Route[], routes: Map<GatewayListener, Route[]>): void {
  const { facts } = listener.status;
  facts['attachedRoutes'] = Number(facts['attachedRoutes']) + 1;
  const there = routes.get(listener) ?? [];
  routes.set(listener, there);
  there.push(...made.map((one) => ({ ...one, label: { ...one.label, parent: listener.status.name } })));
}

function settleRoute(status: Status, on: readonly Attachment[], problems: readonly string[]): void {
  status.served = on.some(({ listener }) => isServed(listener));
  if (on.length > 0) status.holds('Accepted', 'Accepted', status.served ? '' : 'nothing listens for the listeners that take it');
  for (const problem of problems) status.fails('ResolvedRefs', problem);
  status.holds('ResolvedRefs');
}

/** What is not read: kinds of other purposes, and kinds that are not served yet, which is told. */
function settleRest(objects: Objects): void {
  for (const { group: of, kind, namespace, name, setting, spec } of objects.every) {
    if (isTrafficPolicy(of, kind)) continue;
    if (of === group && !read.has(kind)) {
      setting.warning('DG1208', `${kind} ${namespace}/${name} is not supported yet`, 'nothing of it is served');
      spec.ignored('not supported yet');
    } else if (of === '' && core.has(kind)) {
      for (const key of setting.keys())
        if (!['apiVersion', 'kind', 'metadata', 'spec'].includes(key)) setting.get(key).leftToOthers('nothing asks for it');
      if (kind !== 'Service') for (const key of spec.keys()) spec.get(key).ignored('concerns the cluster');
    } else if ((of === sliceGroup && kind === 'EndpointSlice') || (of === '' && kind === 'Endpoints')) {
      for (const key of setting.keys()) if (!endpointKeys.has(key)) setting.get(key).ignored('says nothing of endpoints');
    } else if (of !== group) setting.ignored(`objects of the kind ${kind} are no part of the gateway`);
  }
}
