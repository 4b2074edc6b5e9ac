import { defaultLimits, type Plan, type Route, type Site, type Step } from '../../model/gateway.ts';
import { nowhere } from '../../model/origin.ts';
import type { AccessLogOptions } from './access-log.ts';
import type { Api } from './api.ts';
import type { FaultBookOptions } from './faults.ts';
import type { When } from './match.ts';
import type { GatewayResponses } from './gateway-responses.ts';
import { deploymentKey, type Base } from './place.ts';
import type { Domain } from './read-domains.ts';

/** An API on a stage, compiled. */
export interface Part {
  readonly api: Api;
  readonly responses: GatewayResponses;
  readonly routes: readonly Route[];
  /** From how many bytes on answers are compressed; undefined: never. */
  readonly compressedFrom: number | undefined;
}

const identifiers: Step = { kind: 'aws-rest/identifiers', options: null, origin: nowhere };
/** What surrounds every method, and what was asked for in vain. */
export const plan: Omit<Plan, 'destination'> = { request: [], head: [identifiers], body: [], log: [] };

const keyOf = ({ id, stage, canary }: Api): string => deploymentKey({ api: id, stage, canary });

/** Each API is a site, on which its stages stand side by side; each custom domain one more, on which several APIs may. */
export function sitesOf(parts: readonly Part[], domains: readonly Domain[]): Site[] {
  const own = [...new Set(parts.map(({ api }) => api.id))].map((id) => {
    const mine = parts.filter(({ api }) => api.id === id);
    const bases = mine.flatMap(({ api }): Base[] => (api.canary ? [] : [baseOf(api, `/${api.stage}`, false)]));
    const alone = mine.every(({ api }) => api.alone);
    return siteOf(alone ? 'aws-rest' : `aws-rest/${id}`, mine, bases, {
      listeners: alone ? [] : [{ name: id, gateway: id, port: 80, protocol: 'http' }],
      hosts: [],
      arrival: [],
    });
  });
  return [...domains.map((domain) => siteOfDomain(domain, parts)), ...own];
}

function siteOfDomain({ host, mappings, unsupported, setting }: Domain, parts: readonly Part[]): Site {
  const bases = mappings.flatMap(({ path, api: id, stage }) =>
    parts
      .filter(({ api }) => api.id === id && !api.canary && (stage === null || api.stage === stage))
      .map(({ api }) => baseOf(api, stage === null ? `${path}/${api.stage}` : path, true)),
  );
  bases.sort((one, other) => (one.path < other.path ? -1 : 1));
  const used = parts.filter(({ api }) => bases.some((base) => base.api === api.id && base.stage === api.stage));
  const closed: Step = { kind: 'aws-rest/unsupported', options: { what: unsupported }, origin: setting.origin };
  return siteOf(`aws-rest/${host}`, used, bases, { listeners: [], hosts: [host], arrival: unsupported === '' ? [] : [closed] });
}

const baseOf = ({ id, stage, canaryPercent }: Api, path: string, custom: boolean): Base => ({ path, api: id, stage, canaryPercent, custom });

function siteOf(id: string, parts: readonly Part[], bases: readonly Base[], at: Pick<Site, 'listeners' | 'hosts' | 'arrival'>): Site {
  const of = Object.fromEntries(
    parts.map(({ api, responses }) => [keyOf(api), { stage: api.stage, variables: api.variables, responses }]),
  ) satisfies FaultBookOptions['of'];
  const custom = at.hosts.length > 0;
  const [first] = parts;
  const otherwise = custom || first === undefined ? null : keyOf(first.api);
  const log = logOf(parts);
  const oneApi = parts.every(({ api }) => api.id === first?.api.id);
  /** Routes of several stages stand side by side: each tells whose it is, and where it is asked for. */
  const named = (plain: Route, api: Api): Route => {
    const { resource, method } = plain.when as When;
    const base = bases.find((one) => one.api === api.id && one.stage === api.stage)?.path ?? '';
    const match = `${method} ${resource === '/' ? base || '/' : base + resource}${api.canary ? ' (canary)' : ''}`;
    const route = { ...logged(plain, log), label: { ...plain.label, match } };
    return parts.length === 1 ? route : { ...route, id: `${oneApi ? keyOf(api).slice(api.id.length + 1) : keyOf(api)} ${route.id}` };
  };
  return {
    id,
    dialect: 'aws-rest',
    faults: { kind: 'aws-rest/faults', options: { of, otherwise } satisfies FaultBookOptions, origin: first?.api.document.origin ?? nowhere },
    matcher: { kind: 'aws-rest/match', options: { bases, custom }, origin: nowhere },
    ...at,
    routes: parts.flatMap(({ api, routes, compressedFrom }) => routes.map((route) => named(compressed(route, compressedFrom), api))),
    noRoute: { ...plan, log, destination: null },
    limits: { ...defaultLimits, maxBodyBytes: 10_485_760, maxHeaderBytes: 10_240 },
  };
}

/** One step writes for all stages; nothing where none keeps a log, or nobody wants to read it. */
function logOf(parts: readonly Part[]): Step[] {
  const file = parts[0]?.api.logFile ?? '';
  const of = Object.fromEntries(
    parts.flatMap(({ api }) =>
      api.settings.logFormat === '' ? [] : [[keyOf(api), { stage: api.stage, variables: api.variables, format: api.settings.logFormat }]],
    ),
  );
  if (file === '' || Object.keys(of).length === 0) return [];
  return [{ kind: 'aws-rest/access-log', options: { of, file } satisfies AccessLogOptions, origin: nowhere }];
}

function logged(route: Route, log: readonly Step[]): Route {
  const { destination } = route;
  if (log.length === 0) return route;
  const timed = destination === null ? null : { kind: 'aws-rest/timed', options: null, origin: destination.origin, children: [destination] };
  return { ...route, destination: timed, log };
}

const compressed = (route: Route, minimumBytes: number | undefined): Route =>
  minimumBytes === undefined
    ? route
    : { ...route, body: [...route.body, { kind: 'aws-rest/compression', options: { minimumBytes }, origin: route.origin }] };
