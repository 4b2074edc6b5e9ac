import { defaultLimits, type Listener, type Plan, type Route, type Site } from '../../model/gateway.ts';
import { nowhere } from '../../model/origin.ts';
import { resourcesOf } from '../../sources/kubernetes/resources.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { readBackendTls } from './backend-tls.ts';
import { readGateways, type GatewayListener, type GatewayObject } from './gateways.ts';
import { readGrants } from './grants.ts';
import { isOfApi } from './kinds.ts';
import { group, Objects, routeKinds } from './objects.ts';
import { byPrecedence, type Ordered } from './precedence.ts';
import { attachmentsOf, parentsOf, readRules } from './routes.ts';
import { resolversOf } from './services.ts';
import { isValidRoute } from './valid-route.ts';

const plan: Omit<Plan, 'destination'> = { request: [], head: [], body: [], log: [] };
const read: ReadonlySet<string> = new Set(['Gateway', 'GatewayClass', ...routeKinds, 'ListenerSet', 'ReferenceGrant', 'BackendTLSPolicy']);
const core: ReadonlySet<string> = new Set(['Namespace', 'Service', 'Secret', 'ConfigMap']);

/** Every Gateway has an address of its own; its listeners on one port are one site. */
export function compile({ sources, ledger }: CompileInput): Compiled {
  const objects = new Objects(sources.flatMap((source) => resourcesOf(source, ledger, 'gateway-api')));
  const grants = readGrants(objects);
  const gateways = readGateways(objects, grants);
  const routes = new Map<GatewayListener, Route[]>();
  const parents = parentsOf(gateways);
  const resolver = resolversOf(objects, grants, readBackendTls(objects));
  for (const route of routeKinds.flatMap((kind) => objects.all(kind, group))) {
    if (!isValidRoute(route)) continue;
    const attachments = attachmentsOf(route, parents, objects);
    const rules = readRules(route, { namespace: route.namespace, resolve: resolver(route.kind) });
    route.spec.get('useDefaultGateways').ignored('routes name the Gateways that they attach to');
    for (const on of attachments) {
      const there = routes.get(on.listener) ?? [];
      routes.set(on.listener, there);
      there.push(...rules.flatMap((rule) => rule(on)));
    }
  }
  settleRest(objects);
  return { sites: gateways.flatMap((gateway) => sitesOf(gateway, routes)) };
}

function sitesOf(gateway: GatewayObject, routes: ReadonlyMap<GatewayListener, readonly Route[]>): Site[] {
  const name = `${gateway.namespace}/${gateway.name}`;
  const ports = new Map<string, GatewayListener[]>();
  for (const one of gateway.parents.flatMap(({ listeners }) => listeners)) {
    const key = `${one.port}/${one.protocol}`;
    ports.set(key, [...(ports.get(key) ?? []), one]);
  }
  return [...ports.values()].map((listeners): Site => {
    const [first] = listeners as [GatewayListener, ...GatewayListener[]];
    return {
      id: `gateway-api/${name}:${first.port}${first.protocol === 'tls' ? '/tls' : ''}`,
      dialect: 'gateway-api',
      faults: { kind: 'gateway-api/faults', options: null, origin: gateway.setting.origin },
      matcher: {
        kind: first.protocol === 'tls' ? 'gateway-api/match-server-name' : 'gateway-api/match',
        options: { listeners: listeners.map((one) => one.hostname) },
        origin: nowhere,
      },
      listeners: listeners.map((one) => listenerOf(one, name)),
      hosts: [],
      arrival: first.protocol === 'tls' ? [] : [{ kind: 'gateway-api/normal-path', options: null, origin: nowhere }],
      routes: listeners.flatMap((one) => (routes.get(one) ?? []).toSorted((a, b) => byPrecedence(a.when as Ordered, b.when as Ordered))),
      noRoute: { ...plan, destination: null },
      limits: defaultLimits,
    };
  });
}

const listenerOf = ({ name, port, protocol, hostname, tls }: GatewayListener, gateway: string): Listener => ({
  name,
  gateway,
  port,
  protocol,
  ...(hostname === '' ? {} : { hostname }),
  ...(tls === null ? {} : { tls }),
});

/** What is not read: kinds of other purposes, and kinds that are not served yet, which is told. */
function settleRest(objects: Objects): void {
  for (const { group: of, kind, namespace, name, setting, spec } of objects.every) {
    if (isOfApi(of) && !(of === group && read.has(kind))) {
      setting.warning('DG1208', `${kind} ${namespace}/${name} is not supported yet`, 'nothing of it is served');
      spec.ignored('not supported yet');
    } else if (of === '' && core.has(kind)) {
      for (const key of setting.keys())
        if (!['apiVersion', 'kind', 'metadata', 'spec'].includes(key)) setting.get(key).leftToOthers('nothing asks for it');
      for (const key of spec.keys()) if (key !== 'ports') spec.get(key).ignored('concerns the cluster');
    } else if (of !== group) setting.ignored(`objects of the kind ${kind}${of === '' ? '' : ` (${of})`} are no part of the gateway`);
  }
}
