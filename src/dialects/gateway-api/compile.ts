import type { Route } from '../../model/gateway.ts';
import { resourcesOf } from '../../sources/kubernetes/resources.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { linksOf, parentsOf, type Attachment } from './routes/attachments.ts';
import { readBackendTls } from './backends/backend-tls.ts';
import { withoutCrossServing } from './routes/cross-serving.ts';
import { readEndpoints, sliceGroup } from './backends/endpoints.ts';
import { readGateways } from './listeners/gateways.ts';
import { readGrants } from './objects/grants.ts';
import { core, group, isOfApi } from './objects/kinds.ts';
import type { GatewayListener } from './listeners/listeners.ts';
import { Objects, routeKinds } from './objects/objects.ts';
import { closeGuarded } from './policies/closed.ts';
import { readPolicies } from './policies/read-policies.ts';
import { hasUnknownFilter, noting, settleRoute } from './status/route-status.ts';
import { readRules } from './routes/routes.ts';
import { resolversOf } from './backends/services.ts';
import { sitesOf } from './listeners/sites.ts';
import { nameOf, Statuses } from './status/status.ts';
import { isTrafficPolicy, readTrafficPolicies } from './backends/traffic-policy.ts';
import { isValid } from './objects/valid.ts';

/** Kinds that are read beside routes. What is refused of them is read all the same: nobody else is told that it is missing. */
const beside = ['GatewayClass', 'Gateway', 'ListenerSet', 'ReferenceGrant', 'BackendTLSPolicy'] as const;
const read: ReadonlySet<string> = new Set([...beside, ...routeKinds]);
const endpointKeys: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'addressType', 'endpoints', 'ports', 'subsets']);

/** Every Gateway has an address of its own. */
export function compile({ sources, ledger }: CompileInput): Compiled {
  const objects = new Objects(sources.flatMap((source) => resourcesOf(source, ledger, 'gateway-api')));
  const statuses = new Statuses();
  for (const one of beside.flatMap((kind) => objects.all(kind, group))) isValid(one);
  const grants = readGrants(objects);
  const gateways = readGateways(objects, grants, statuses);
  const parents = parentsOf(gateways);
  const resolver = resolversOf(objects, grants, readBackendTls(objects, statuses), readEndpoints(objects), readTrafficPolicies(objects));
  const valid = routeKinds.flatMap((kind) => objects.all(kind, group)).filter(isValid);
  const links = valid.flatMap((route) => linksOf(route, parents, objects, statuses));
  const guarded = readPolicies(objects, statuses);
  const routes = new Map<GatewayListener, Route[]>();
  const byRoute = Map.groupBy(withoutCrossServing(links), ({ route }) => route);
  for (const route of valid) {
    route.spec.get('useDefaultGateways').ignored('routes name the Gateways that they attach to');
    const problems: string[] = [];
    const mine = byRoute.get(route) ?? [];
    // Two references to parents may mean one listener.
    const places = new Map(mine.flatMap(({ on }) => on.map((one) => [one.listener, one])));
    // Rules are made once for all Gateways that show the same to backends, and read where they attach to none.
    const shown = new Set([...places.values()].map(({ gateway }) => gateway.clientCertificate));
    if (shown.size === 0) shown.add(undefined);
    const rules = new Map(
      [...shown].map((one) => {
        const resolve = noting(problems, resolver(route.kind, one));
        return [one, readRules(route, { kind: route.kind, route: nameOf(route), namespace: route.namespace, resolve })];
      }),
    );
    let unknown: readonly boolean[] = [];
    for (const at of places.values()) {
      const made = (rules.get(at.gateway.clientCertificate) ?? []).map((rule) => rule(at));
      unknown = made.map((one) => one.some(hasUnknownFilter));
      layOn(
        at,
        made.flatMap((one, index) => closeGuarded(one, route, index, at, guarded)),
        routes,
      );
    }
    for (const { status, on } of mine) settleRoute(status, on, problems, unknown);
  }
  settleRest(objects);
  return { sites: gateways.flatMap((gateway) => sitesOf(gateway, routes)), statuses: statuses.reports() };
}

function layOn({ listener }: Attachment, made: readonly Route[], routes: Map<GatewayListener, Route[]>): void {
  const { facts } = listener.status;
  facts['attachedRoutes'] = Number(facts['attachedRoutes']) + 1;
  const there = routes.get(listener) ?? [];
  routes.set(listener, there);
  there.push(...made.map((one) => ({ ...one, label: { ...one.label, parent: listener.status.name } })));
}

/** What is not read: kinds of other purposes, and kinds that are not served yet, which is told. */
function settleRest(objects: Objects): void {
  for (const { group: of, kind, namespace, name, setting, spec } of objects.every) {
    if (isTrafficPolicy(of, kind)) continue;
    if (isOfApi(of) && !(of === group && read.has(kind))) {
      setting.warning('DG1208', `${kind} ${namespace}/${name} is not supported yet`, 'nothing of it is served');
      spec.ignored('not supported yet');
    } else if (of === '' && core.has(kind)) {
      for (const key of setting.keys())
        if (!['apiVersion', 'kind', 'metadata', 'spec'].includes(key)) setting.get(key).leftToOthers('nothing asks for it');
      if (kind !== 'Service') for (const key of spec.keys()) spec.get(key).ignored('concerns the cluster');
    } else if ((of === sliceGroup && kind === 'EndpointSlice') || (of === '' && kind === 'Endpoints')) {
      for (const key of setting.keys()) if (!endpointKeys.has(key)) setting.get(key).ignored('says nothing of endpoints');
    } else if (of !== group) setting.ignored(`objects of the kind ${kind}${of === '' ? '' : ` (${of})`} are no part of the gateway`);
  }
}
