import { defaultLimits, type Listener, type Plan, type Route, type Site } from '../../../model/gateway.ts';
import { nowhere } from '../../../model/origin.ts';
import type { GatewayObject } from './gateways.ts';
import { isServed, type GatewayListener, type ServedListener } from './listeners.ts';
import { byPrecedence, type Ordered } from '../matching/precedence.ts';

const plan: Omit<Plan, 'destination'> = { request: [], head: [], body: [], log: [] };

/** The listeners of a Gateway that share a port and a protocol are one site. */
export function sitesOf(gateway: GatewayObject, routes: ReadonlyMap<GatewayListener, readonly Route[]>): Site[] {
  const name = `${gateway.namespace}/${gateway.name}`;
  const served = gateway.parents.flatMap(({ listeners }) => listeners.filter(isServed));
  return [...Map.groupBy(served, ({ port, protocol }) => `${port}/${protocol}`).values()].map((listeners): Site => {
    const [first] = listeners as [ServedListener, ...ServedListener[]];
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
      arrival:
        first.protocol === 'tls'
          ? []
          : ['gateway-api/normal-path', 'gateway-api/trailers-wanted'].map((kind) => ({ kind, options: null, origin: nowhere })),
      routes: listeners.flatMap((one) => (routes.get(one) ?? []).toSorted((a, b) => byPrecedence(a.when as Ordered, b.when as Ordered))),
      noRoute: { ...plan, destination: null },
      limits: defaultLimits,
    };
  });
}

const listenerOf = ({ name, port, protocol, hostname, tls }: ServedListener, gateway: string): Listener => ({
  name,
  gateway,
  port,
  protocol,
  ...(hostname === '' ? {} : { hostname }),
  ...(tls === null ? {} : { tls }),
});
