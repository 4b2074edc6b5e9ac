import { defaultLimits, type Plan, type Route, type Site, type Step } from '../../model/gateway.ts';
import { nowhere } from '../../model/origin.ts';
import type { Api } from './api.ts';
import type { FaultBookOptions } from './faults.ts';
import type { GatewayResponses } from './gateway-responses.ts';
import { deploymentKey, type Base } from './place.ts';

/** An API on a stage, compiled. */
export interface Part {
  readonly api: Api;
  readonly responses: GatewayResponses;
  readonly routes: readonly Route[];
}

const identifiers: Step = { kind: 'aws-rest/identifiers', options: null, origin: nowhere };
/** What surrounds every method, and what was asked for in vain. */
export const plan: Omit<Plan, 'destination'> = { request: [], head: [identifiers], body: [], log: [] };

const keyOf = ({ id, stage, canary }: Api): string => deploymentKey({ api: id, stage, canary });

/** Each API is a site, on which its stages stand side by side. */
export function sitesOf(parts: readonly Part[]): Site[] {
  return [...new Set(parts.map(({ api }) => api.id))].map((id) => {
    const mine = parts.filter(({ api }) => api.id === id);
    const bases = mine.flatMap(({ api }): Base[] => (api.canary ? [] : [baseOf(api, `/${api.stage}`, false)]));
    const alone = mine.every(({ api }) => api.alone);
    return siteOf(alone ? 'aws-rest' : `aws-rest/${id}`, mine, bases, {
      listeners: alone ? [] : [{ name: id, gateway: id, port: 80, protocol: 'http' }],
      hosts: [],
    });
  });
}

const baseOf = ({ id, stage, canaryPercent }: Api, path: string, custom: boolean): Base => ({ path, api: id, stage, canaryPercent, custom });

function siteOf(id: string, parts: readonly Part[], bases: readonly Base[], at: Pick<Site, 'listeners' | 'hosts'>): Site {
  const of = Object.fromEntries(
    parts.map(({ api, responses }) => [keyOf(api), { stage: api.stage, variables: api.variables, responses }]),
  ) satisfies FaultBookOptions['of'];
  const oneApi = parts.every(({ api }) => api.id === parts[0]?.api.id);
  /** Routes of several stages stand side by side: each tells whose it is. */
  const named = (route: Route, api: Api): Route => {
    if (parts.length === 1) return route;
    const name = `${oneApi ? keyOf(api).slice(api.id.length + 1) : keyOf(api)} ${route.id}`;
    return { ...route, id: name, label: { ...route.label, match: name } };
  };
  return {
    id,
    dialect: 'aws-rest',
    faults: { kind: 'aws-rest/faults', options: { of } satisfies FaultBookOptions, origin: parts[0]?.api.document.origin ?? nowhere },
    matcher: { kind: 'aws-rest/match', options: { bases }, origin: nowhere },
    ...at,
    arrival: [],
    routes: parts.flatMap(({ api, routes }) => routes.map((route) => named(route, api))),
    noRoute: { ...plan, destination: null },
    limits: { ...defaultLimits, maxBodyBytes: 10_485_760, maxHeaderBytes: 10_240 },
  };
}
